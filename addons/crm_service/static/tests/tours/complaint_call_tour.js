import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_complaint_call_tour", {
    steps: () => [
        {
            content: "one customer is to be told",
            trigger: ".o_data_row:contains(Tour leak):contains(+49 30 1004) .o_data_cell[name=title]",
            run: "click",
        },
        {
            content: "see who it is",
            trigger: ".o_form_view .nav-link[name=customer]",
            run: "click",
        },
        {
            trigger: ".o_crm_service_panel [name=order_count]:contains(1)",
        },
        {
            content: "an agent sees no margin",
            trigger: ".o_crm_service_panel:not(:has([name=margin]))",
        },
        {
            content: "what is free, and what was at the decision",
            trigger: ".o_form_view .nav-link[name=stock]",
            run: "click",
        },
        {
            trigger: "table[name=stock]:contains(Available on) tbody tr:contains(Flux):contains(7)",
        },
        {
            content: "call him",
            trigger: "button[name=action_log_call]",
            run: "click",
        },
        {
            trigger: ".modal .alert-info:contains(I am calling about your complaint)",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Thanks for calling",
        },
        {
            content: "one click says what he answered",
            trigger: ".modal button[name=action_told]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(Follow-Up Call)",
        },
        {
            trigger: ".o_form_view .nav-link[name=contact]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=contact_ids] .o_data_row:contains(Thanks for calling)",
        },
    ],
});

import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_remedy_decide_tour", {
    steps: () => [
        {
            content: "open the page of the decision",
            trigger: ".o_notebook .nav-link[name=decision]",
            run: "click",
        },
        {
            content: "policy and like cases are in front of the head of service",
            trigger: ".o_crm_decision_panel td:contains(Replacement)",
        },
        {
            trigger: ".o_crm_decision_panel:contains(First-time Buyer)",
        },
        {
            content: "propose what the customer wishes",
            trigger: "button[name=action_propose]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=remedy_ids] .o_data_row:contains(Can Be Granted)",
        },
        {
            content: "decide",
            trigger: ".o_form_statusbar button[name=action_decide]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=remedy_ids] .o_data_row:contains(Waiting for Finance)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_remedy_approve_tour", {
    steps: () => [
        {
            content: "finance sees what it approves, without the complaint",
            trigger: ".o_field_widget[name=products]:contains(4 Units Pail)",
        },
        {
            trigger: "button[name=action_open_document] .o_field_widget[name=document_name]",
        },
        {
            content: "approve",
            trigger: ".o_form_statusbar button[name=action_done]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=done].o_arrow_button_current",
        },
    ],
});

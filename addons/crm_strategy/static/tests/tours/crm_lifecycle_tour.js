import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_lifecycle_tour", {
    steps: () => [
        {
            content: "look at what other thresholds would bring",
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=lapse_days] input",
            run: "edit 20",
        },
        {
            content: "count again with 20 days",
            trigger: ".modal button[name=action_count]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=moving_count]:contains(1)",
        },
        {
            content: "apply them",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(moved to another state)",
        },
        {
            content: "open who is where",
            trigger: "body:not(:has(.modal)) button[name=action_open_customers]",
            run: "click",
        },
        {
            content: "open the lapsed ones",
            trigger: ".o_list_view .o_group_name:contains(Lapsed)",
            run: "click",
        },
        {
            trigger: ".o_data_row .o_data_cell[name=partner_id]:contains(Tour Customer)",
            run: "click",
        },
        {
            content: "go to the customer",
            trigger: ".o_form_view .o_field_widget[name=partner_id] a",
            run: "click",
        },
        {
            trigger: ".o_notebook .nav-link[name=crm_customer]",
            run: "click",
        },
        {
            content: "unfold his checklist",
            trigger: ".o_notebook .nav-link[name=crm_customer_checklist]",
            run: "click",
        },
        {
            content: "tick the item of his checklist",
            trigger: ".o_field_widget[name=lifecycle_todo_ids] button[name=action_done]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=lifecycle_todo_ids] button[name=action_undo]",
        },
    ],
});

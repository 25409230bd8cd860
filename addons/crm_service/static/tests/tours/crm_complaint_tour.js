import { registry } from "@web/core/registry";

/** An agent takes a complaint, decides, tells the customer and closes it. */
registry.category("web_tour.tours").add("crm_service_complaint", {
    steps: () => [
        {
            content: "open the card on the board",
            trigger: ".o_kanban_record:contains(Torn Bag)",
            run: "click",
        },
        {
            trigger: "button[name=action_take]",
            run: "click",
        },
        {
            content: "two bags of 20 are worth 40",
            trigger: ".o_field_widget[name=amount]:contains(40.00)",
        },
        {
            trigger: "button[name=action_decide]",
            run: "click",
        },
        {
            content: "nothing has to be carried out: tell the customer",
            trigger: "button[name=action_tell]",
            run: "click",
        },
        {
            trigger: "button[name=action_receive]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Confirmed)",
        },
        {
            trigger: ".nav-link:contains(Result)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=result] select, .o_field_widget[name=result] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Partly)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=result_note] textarea",
            run: "edit Explained how to store the bags",
        },
        {
            trigger: "button[name=action_ask_close]",
            run: "click",
        },
        {
            content: "the cause is missing: choose it",
            trigger: ".modal .o_field_widget[name=cause_id] input",
            run: "edit Thin Paper",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item:contains(Thin Paper)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=cause_id] input:value(Thin Paper)",
        },
        {
            trigger: ".modal button[name=action_close]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(Closed)",
        },
    ],
});

/** Finance finds its step in its own menu and sends it back with a reason. */
registry.category("web_tour.tours").add("crm_service_finance_step", {
    steps: () => [
        {
            trigger: ".o_data_cell:contains(Approve the refund)",
            run: "click",
        },
        {
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            trigger: "button[name=action_ask_return]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit The limit of this month is used up",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Returned), .o_statusbar_status:contains(Returned)",
        },
    ],
});

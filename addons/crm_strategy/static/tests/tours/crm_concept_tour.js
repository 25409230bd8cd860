import { registry } from "@web/core/registry";

/** A salesperson opens his customer and records what he wishes. */
registry.category("web_tour.tours").add("crm_strategy_need", {
    steps: () => [
        {
            content: "open the needs of the customer, maybe under More",
            trigger: ".o_button_more, button[name=action_open_needs]",
            run() {
                if (!document.querySelector("button[name=action_open_needs]")) {
                    document.querySelector(".o_button_more").click();
                }
            },
        },
        {
            trigger: "button[name=action_open_needs]",
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "the customer is filled in",
            trigger: ".o_form_view .o_field_widget[name=name] input",
            run: "edit Low-carbon billet",
        },
        {
            trigger: ".o_field_widget[name=kind] select, .o_field_widget[name=kind] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Product Wish)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=strength] input",
            run: "edit 5",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
        {
            content: "an answer is asked for; give it",
            trigger: ".o_field_widget[name=answer] textarea",
            run: "edit From June on",
        },
        {
            trigger: "button[name=action_answer]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Answered)",
        },
    ],
});

/** A manager works on an alert: cause, action, result. */
registry.category("web_tour.tours").add("crm_strategy_alert", {
    steps: () => [
        {
            trigger: ".o_data_cell:contains(Tour alert)",
            run: "click",
        },
        {
            trigger: "button[name=action_acknowledge]",
            run: "click",
        },
        {
            content: "the form is loaded again",
            trigger: ".o_arrow_button_current:contains(Acknowledged)",
        },
        {
            trigger: ".o_field_widget[name=cause_id] input",
            run: "edit Supply",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Supply)",
            run: "click",
        },
        {
            content: "add a corrective action",
            trigger: ".o_field_widget[name=action_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=action_ids] .o_field_widget[name=name] input",
            run: "edit Call the mills",
        },
        {
            trigger: ".o_field_widget[name=result] textarea",
            run: "edit Two mills order again",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
        {
            trigger: "button[name=action_close]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Closed)",
        },
    ],
});

import { registry } from "@web/core/registry";

/** A salesperson says what is done about a late order, then follows a sale. */
registry.category("web_tour.tours").add("crm_service_after_sale", {
    steps: () => [
        {
            content: "an order is five days late",
            trigger: ".o_data_row:contains(Mill) td[name=days_late]:contains(5)",
        },
        {
            trigger: ".o_data_row:contains(Mill) td[name=crm_late_action]",
            run: "click",
        },
        {
            trigger: ".o_selected_row div[name=crm_late_action] input",
            run: "edit Second lorry on Friday",
        },
        {
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            trigger: "td[name=crm_late_action]:contains(Second lorry on Friday)",
        },
        {
            content: "what follows a sale has a menu below Sales",
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_sales']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='crm_service.crm_after_sale_menu']",
            run: "click",
        },
        {
            content: "open the delivered one",
            trigger: ".o_data_row:contains(Installed) .o_data_cell[name=name]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Installed) button[name=action_done]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Installed) td[name=state]:contains(Done)",
        },
        {
            trigger: ".o_data_row:contains(Buy again) button[name=action_propose]",
            run: "click",
        },
        {
            content: "the opportunity is there",
            trigger: ".o_form_view .o_field_widget[name=name]:contains(Repurchase), .o_form_view .o_field_widget[name=name] textarea:value(Repurchase)",
        },
    ],
});

/** The same on a phone: the list of what is due, and one button. */
registry.category("web_tour.tours").add("crm_service_after_sale_phone", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Installed) button[name=action_done]",
            run: "click",
        },
        {
            content: "it leaves the list of what is to be done",
            trigger: ".o_kanban_view:not(:contains(Installed))",
        },
    ],
});

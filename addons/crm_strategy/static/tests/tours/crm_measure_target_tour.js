import { registry } from "@web/core/registry";

/** The manager sets a goal for a measure and finds it on the goal sheet. */
registry.category("web_tour.tours").add("crm_strategy_goal_sheet", {
    url: "/odoo/crm-goals",
    steps: () => [
        { trigger: ".o_list_view .o_list_button_add", run: "click" },
        {
            trigger: ".o_form_view .o_field_widget[name=measure_id] input",
            run: "edit Tour Orders",
        },
        { trigger: ".o-autocomplete--dropdown-item:contains(Tour Orders)", run: "click" },
        { trigger: ".o_field_widget[name=definition] :not(:empty)" },
        { trigger: ".o_field_widget[name=date_from] :is(input, button)", run: "click" },
        {
            trigger: ".o_field_widget[name=date_from] input",
            run: "edit 01/01/2024 && press Enter",
        },
        { trigger: ".o_field_widget[name=value] input:visible", run: "edit 12" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.o_form_button_save:visible))" },
        { trigger: ".breadcrumb-item a:contains(Goal Sheet)", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Tour Orders):contains(12)" },
    ],
});

import { registry } from "@web/core/registry";

/** Add a segment to the open scheme through its form dialogue. */
function addSegment(name, chooseRule) {
    return [
        {
            content: `add segment ${name}`,
            trigger: ".o_field_widget[name=segment_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: `edit ${name}`,
        },
        ...chooseRule,
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) .o_data_cell:contains(${name})`,
        },
    ];
}

registry.category("web_tour.tours").add("crm_segment_tour", {
    steps: () => [
        {
            content: "create a scheme",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] input, .o_form_view .o_field_widget[name=name] textarea",
            run: "edit Tour scheme",
        },
        ...addSegment("Firms", [
            {
                content: "enter the rule as developers may",
                trigger: ".modal .o_domain_selector_debug_container textarea",
                run: 'edit [("is_company", "=", True)] && click body',
            },
        ]),
        ...addSegment("Everyone", []),
        {
            content: "save the scheme",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "look at the preview",
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_cell:contains(Firms)",
        },
        {
            content: "apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(entered)",
        },
        {
            content: "go to the list of segments",
            trigger: "body:not(:has(.modal)) button[name=action_open_customers]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_cell:contains(Tour Firm)",
        },
    ],
});

import { registry } from "@web/core/registry";

/** A rep's touches: report a planned visit, then log a call nobody planned. */

function choose(name, text) {
    const field = `.modal .o_field_widget[name=${name}]`;
    return [
        { trigger: `${field} input`, run: `edit ${text}` },
        {
            trigger: `${field} .o-autocomplete--dropdown-item:contains(${text})`,
            run: "click",
        },
    ];
}

function press(name, text) {
    const badge = `.modal .o_field_widget[name=${name}] .o_selection_badge`;
    return [
        { trigger: `${badge}:contains(${text})`, run: "click" },
        { trigger: `${badge}.active:contains(${text})` },
    ];
}

const REPORT = [
    {
        content: "it stands in the calendar; now it took place",
        trigger: ".o_form_view button[name=action_report]:visible",
        run: "click",
    },
    { trigger: ".modal .o_field_widget[name=partner_id]:contains(Foundry)" },
    {
        trigger: ".modal .o_field_widget[name=findings] textarea",
        run: "edit Wants less dross",
    },
    ...press("outcome_id", "Interested"),
    {
        trigger: ".modal .o_field_widget[name=next_step] input",
        run: "edit Send the offer",
    },
    { trigger: ".modal button[name=action_log]:visible", run: "click" },
    {
        trigger: "body:not(:has(.modal)) .o_notebook .nav-link[name=report]",
        run: "click",
    },
    {
        content: "who did it when is on record",
        trigger: "body:not(:has(.modal)) .o_form_view .o_field_widget[name=date_done]:visible",
    },
];

registry.category("web_tour.tours").add("crm_sales_activity_tour", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Customer Visit) .o_data_cell[name=name]",
            run: "click",
        },
        ...REPORT,
        { trigger: ".o_statusbar_status button[data-value=done].o_arrow_button_current" },
        {
            content: "back to the list",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Done)" },
        {
            content: "a call that nobody planned",
            trigger: ".o_control_panel button:contains(Log Activity)",
            run: "click",
        },
        ...choose("partner_id", "Foundry"),
        ...press("outcome_id", "Not Reached"),
        { trigger: ".modal button[name=action_log]:visible", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_notification:contains(is logged)" },
    ],
});

registry.category("web_tour.tours").add("crm_sales_activity_phone_tour", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Foundry)",
            run: "click",
        },
        ...REPORT,
    ],
});

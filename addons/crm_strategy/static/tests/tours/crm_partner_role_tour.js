import { registry } from "@web/core/registry";

/** Choose ``text`` in the many2one ``name`` within ``scope``. */
function choose(name, text, scope = "") {
    return [
        {
            content: `look for ${text}`,
            trigger: `${scope} .o_field_widget[name=${name}] input`,
            run: `edit ${text}`,
        },
        {
            trigger: `.o-autocomplete--dropdown-item:contains(${text}) a`,
            run: "click",
        },
    ];
}

const save = [
    { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
    { trigger: ".o_form_saved" },
];

registry.category("web_tour.tours").add("crm_partner_role_setup_tour", {
    steps: () => [
        { content: "create a division", trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tour division",
        },
        ...save,
        {
            content: "create the usual roles",
            trigger: "button[name=action_create_usual_roles]",
            run: "click",
        },
        { trigger: ".o_field_widget[name=role_ids] .o_data_cell:contains(Distributor)" },
        {
            content: "put a category into the division",
            trigger: ".o_notebook .nav-link[name=categories]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=category_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_data_cell:contains(Tour category)",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=category_ids] .o_data_cell:contains(Tour category)",
        },
        {
            content: "observe an attribute",
            trigger: ".o_notebook .nav-link[name=attributes]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=attribute_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Tour capacity",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_data_cell:contains(Tour capacity)" },
        ...save,
        {
            content: "open the role kinds",
            trigger: "button[name=action_open_roles]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_cell:contains(Distributor)",
            run: "click",
        },
        {
            content: "add a static attribute to the division",
            trigger: ".o_field_property_add button",
            run: "click",
        },
        {
            trigger: "input.o_field_property_definition_header",
            run: "edit Tour purity",
        },
        {
            content: "close the definition",
            trigger: ".o_form_sheet",
            run: "click",
        },
        ...save,
    ],
});

registry.category("web_tour.tours").add("crm_partner_role_assign_tour", {
    steps: () => [
        { content: "give a role", trigger: ".o_list_button_add", run: "click" },
        ...choose("partner_id", "Tour partner"),
        ...choose("role_id", "Distributor"),
        {
            content: "fill the attribute of the division",
            trigger: ".o_property_field:contains(Tour purity) .o_property_field_value input",
            run: "edit 99.7",
        },
        ...save,
        {
            content: "observe",
            trigger: "button[name=action_open_observations]",
            run: "click",
        },
        { trigger: ".o_list_button_add", run: "click" },
        ...choose("attribute_id", "Tour capacity"),
        {
            trigger: ".o_field_widget[name=value_number] input",
            run: "edit 4200",
        },
        ...save,
        {
            content: "see the value as written",
            trigger: ".o_field_widget[name=value_display]:contains(4,200)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_partner_role_rep_tour", {
    steps: () => [
        {
            content: "the salesperson sees his partner",
            trigger: ".o_list_view .o_data_cell:contains(Tour partner)",
        },
        {
            content: "and not that of a colleague",
            trigger: ".o_list_view:not(:has(.o_data_cell:contains(Foreign partner)))",
        },
        {
            trigger: ".o_data_cell:contains(Tour partner)",
            run: "click",
        },
        {
            content: "with its attribute, but without the right to set terms",
            trigger: ".o_property_field:contains(Tour purity)",
        },
        {
            trigger: ".o_notebook .nav-link[name=terms]",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.o_field_widget[name=payment_term_id] input))",
        },
    ],
});

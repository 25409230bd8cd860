/** Steps of the tours about divisions and roles; none depends on the language. */

/** Choose ``text`` in the many2one ``name`` within ``scope``. */
export function choose(name, text, scope = "") {
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

export const save = [
    { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
    { trigger: ".o_form_saved" },
];

/** Put the product category ``name`` into the open division. */
export function addCategory(name) {
    return [
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
            trigger: `.modal .o_data_cell:contains(${name})`,
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) .o_field_widget[name=category_ids] .o_data_cell:contains(${name})`,
        },
    ];
}

/** From the open division, define the attribute ``label`` on its role ``role``. */
export function addStaticAttribute(role, label) {
    return [
        {
            content: "open the role kinds",
            trigger: "button[name=action_open_roles]",
            run: "click",
        },
        {
            trigger: `.o_list_view .o_data_cell:contains(${role})`,
            run: "click",
        },
        {
            content: "add a static attribute to the division",
            trigger: ".o_field_property_add button",
            run: "click",
        },
        {
            trigger: "input.o_field_property_definition_header",
            run: `edit ${label}`,
        },
        {
            content: "close the definition",
            trigger: ".o_form_sheet",
            run: "click",
        },
        ...save,
    ];
}

/** Write ``value`` into the attribute ``label`` of the open role of a partner. */
export function fillStaticAttribute(label, value) {
    return {
        content: "fill the attribute of the division",
        trigger: `.o_property_field:contains(${label}) .o_property_field_value input`,
        run: `edit ${value}`,
    };
}

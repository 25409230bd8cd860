import { registry } from "@web/core/registry";
import {
    addCategory,
    addStaticAttribute,
    choose,
    fillStaticAttribute,
    save,
} from "./crm_partner_role_steps";

/** Open the menu ``entry`` of the menu ``section`` of the CRM. */
function openMenu(section, entry) {
    return [
        { trigger: `button[data-menu-xmlid='${section}']`, run: "click" },
        { trigger: `.dropdown-item[data-menu-xmlid='${entry}']`, run: "click" },
    ];
}

/** Search the list for `text` in the field that is called one of `labels`. */
function searchFor(text, labels) {
    return [
        { trigger: ".o_searchview_input", run: `edit ${text}` },
        {
            trigger: `.o_searchview_autocomplete .o-dropdown-item:contains(/${labels}/):contains(${text})`,
            run: "click",
        },
        { trigger: `.o_searchview_facet:contains(${text})` },
    ];
}

/** The list shows these customers and none of the others. */
function checkCustomers(shown, hidden) {
    const rows = shown.map((name) => `:has(.o_data_row:contains(${name}))`);
    const others = hidden.map((name) => `:not(:has(.o_data_row:contains(${name})))`);
    return { trigger: `.o_list_view${rows.join("")}${others.join("")}` };
}

registry.category("web_tour.tours").add("crm_customer_base_setup_tour", {
    steps: () => [
        ...openMenu("crm.crm_menu_config", "crm_strategy.crm_division_menu"),
        {
            content: "create a division",
            trigger: "body:has(th[data-name=role_count]) .o_list_button_add",
            run: "click",
        },
        {
            trigger: ".oe_title .o_field_widget[name=name] input",
            run: "edit Alumina Tour",
        },
        {
            content: "with a role kind",
            trigger: ".o_field_widget[name=role_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=name] input",
            run: "edit Smelter role",
        },
        ...addCategory("Calcined Tour"),
        ...save,
        ...addStaticAttribute("Smelter role", "Tour consumption"),
        ...openMenu(
            "crm_strategy.crm_strategy_menu",
            "crm_strategy.crm_partner_role_assignment_menu"
        ),
        {
            content: "give a partner the role",
            trigger: "body:has(th[data-name=role_id]) .o_list_button_add",
            run: "click",
        },
        ...choose("partner_id", "Rhine Smelter"),
        ...choose("role_id", "Smelter role"),
        fillStaticAttribute("Tour consumption", "120 kt"),
        ...save,
    ],
});

registry.category("web_tour.tours").add("crm_customer_base_manager_tour", {
    steps: () => [
        ...openMenu(
            "crm_strategy.crm_strategy_menu",
            "crm_strategy.res_partner_menu_customer"
        ),
        {
            content: "a lapsed customer of the segment, without a role",
            trigger:
                ".o_data_row:contains(Tyne Foundry):not(:has([name=crm_role_ids] .o_tag)) [name=lifecycle_state] .text-bg-danger",
        },
        ...searchFor("Smelter role", "Role|角色"),
        checkCustomers(["Rhine Smelter"], ["Tyne Foundry", "Vistula Works"]),
        { trigger: ".o_facet_remove", run: "click" },
        ...searchFor("Metal buyers", "Segment|细分客户群"),
        checkCustomers(["Rhine Smelter", "Tyne Foundry"], ["Vistula Works"]),
        {
            content: "a loyal one with his role and segment",
            trigger:
                ".o_data_row:contains(Rhine Smelter):has([name=crm_role_ids] .o_tag:contains(Smelter role)):has([name=segment_ids] .o_tag:contains(Metal buyers)):has([name=lifecycle_state] .text-bg-success) [name=complete_name]",
            run: "click",
        },
        {
            content: "and his page says the same",
            trigger: ".o_notebook .nav-link[name=crm_customer]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=crm_role_ids] .o_tag:contains(Smelter role)",
        },
    ],
});

import { registry } from "@web/core/registry";
import {
    addCategory,
    addStaticAttribute,
    choose,
    fillStaticAttribute,
    save,
} from "./crm_partner_role_steps";

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
        ...addCategory("Tour category"),
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
        ...addStaticAttribute("Distributor", "Tour purity"),
    ],
});

registry.category("web_tour.tours").add("crm_partner_role_assign_tour", {
    steps: () => [
        { content: "give a role", trigger: ".o_list_button_add", run: "click" },
        ...choose("partner_id", "Tour partner"),
        ...choose("role_id", "Distributor"),
        fillStaticAttribute("Tour purity", "99.7"),
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

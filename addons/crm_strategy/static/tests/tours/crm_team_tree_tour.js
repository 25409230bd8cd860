import { registry } from "@web/core/registry";

/** Choose a record in a many2one or tags field by its name. */
function choose(field, name) {
    return [
        {
            trigger: `.o_field_widget[name=${field}] input`,
            run: `edit ${name}`,
        },
        {
            trigger: `.ui-autocomplete .ui-menu-item a:contains(${name})`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("crm_team_tree_manager_tour", {
    steps: () => [
        {
            content: "name the new department",
            trigger: ".o_form_view .o_field_widget[name=name] input, .o_form_view .o_field_widget[name=name] textarea",
            run: "edit Tour Department",
        },
        ...choose("parent_id", "North"),
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "its place in the tree is shown",
            trigger: ".o_field_widget[name=crm_tree_path]:contains(Headquarters / North / Tour Department)",
        },
        {
            content: "draw a territory",
            trigger: "button[name=action_open_territories]",
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] input, .o_form_view .o_field_widget[name=name] textarea",
            run: "edit Tour Germany",
        },
        ...choose("country_ids", "Germany"),
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "its customers are counted",
            trigger: "button[name=action_open_customers]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_cell:contains(Tour Firm)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_team_tree_leader_tour", {
    steps: () => [
        {
            content: "the leader finds the lead of a member below",
            trigger: ".o_list_view .o_data_cell:contains(Tour lead below)",
        },
        {
            content: "and none of the sister branch",
            trigger: "body:not(:has(.o_data_cell:contains(Tour lead of the sister)))",
        },
    ],
});

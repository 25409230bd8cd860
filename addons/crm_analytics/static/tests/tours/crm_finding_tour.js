import { registry } from "@web/core/registry";

/** A manager accepts a finding with a conclusion and a next action. */
registry.category("web_tour.tours").add("crm_finding_tour", {
    steps: () => [
        {
            trigger: ".o_data_row .o_data_cell:contains(Tour Waits):contains(usually)",
            run: "click",
        },
        {
            content: "the last periods are drawn",
            trigger: ".o_field_widget[name=sparkline] canvas",
        },
        {
            trigger: ".o_field_widget[name=conclusion] textarea",
            run: "edit The warehouse moved",
        },
        {
            trigger: ".o_field_widget[name=next_action] input",
            run: "edit Ask for a plan",
        },
        {
            trigger: "button[name=action_accept]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Accepted)",
        },
        {
            content: "the activity is planned",
            trigger: ".o-mail-Activity:contains(Ask for a plan)",
        },
    ],
});

import { registry } from "@web/core/registry";

const card = ".o_kanban_record:not(.o_kanban_ghost):contains(Tour Orders)";

/** The manager opens the board, refreshes, opens a measure, and drills down. */
registry.category("web_tour.tours").add("crm_strategy_measure_board", {
    url: "/odoo/crm-measures",
    steps: () => [
        { trigger: `${card}:contains(No value yet)` },
        { trigger: "button[name=action_refresh]", run: "click" },
        { trigger: `${card} .fs-2:contains(1)` },
        { trigger: `${card} .o_dashboard_graph canvas` },
        { trigger: card, run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=name] input" },
        { trigger: ".o_field_widget[name=recent_value_ids] .o_data_row" },
        { trigger: ".o_statusbar_buttons button[name=action_drill]", run: "click" },
        { trigger: ".breadcrumb:contains(Tour Orders), .o_breadcrumb:contains(Tour Orders)" },
        { trigger: ".o_list_view .o_data_row:contains(Tour Customer)" },
    ],
});

import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { openScreen } from "@crm_strategy/../tests/tours/crm_tour_steps";

const GRID = ".o_crm_matrix_action";

function openMenu(content, xmlId) {
    return { content, trigger: `[data-menu-xmlid="${xmlId}"]`, run: "click" };
}

registry.category("web_tour.tours").add("crm_scorecard_tour", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        ...openScreen({
            content: "Open Customer Analytics",
            trigger: '.o_app[data-menu-xmlid="crm_analytics.crm_analytics_menu_root"]',
            run: "click",
        }),
        ...openScreen(
            openMenu("Open the scorecards", "crm_analytics.crm_customer_scorecard_menu")
        ),
        {
            content: "The best customer comes first; open the scorecard",
            trigger: ".o_data_row:first .o_data_cell:contains(Customer 5)",
            run: "click",
        },
        {
            content: "The scores are explained",
            trigger: ".o_field_html:contains(5 orders or more)",
        },
        {
            content: "What the figures come from",
            trigger: "button[name=action_view_orders]",
            run: "click",
        },
        { content: "Five orders", trigger: ".o_list_view .o_data_row:eq(4)" },
        openMenu("Open the RFM grid", "crm_analytics.crm_rfm_grid_menu"),
        {
            content: "Five customers in all; open the best cell",
            trigger: `${GRID} tfoot td:last button:contains(/^5$/)`,
        },
        {
            trigger: `${GRID} tbody button:contains(Champions):last`,
            run: "click",
        },
        {
            content: "The customers of the cell",
            trigger: ".o_data_row:contains(Customer)",
        },
        openMenu("Open the configuration", "crm_analytics.crm_analytics_menu_config"),
        openMenu("Open the cut points", "crm_analytics.crm_rfm_policy_menu"),
        {
            content: "Open the company's cut points, not a customer of the list before",
            trigger:
                ".o_action_manager:has(.o_last_breadcrumb_item:contains(Cut Points)) .o_data_row:first .o_data_cell:first",
            run: "click",
        },
        {
            content: "Score all customers anew",
            trigger: "button[name=action_refresh]",
            run: "click",
        },
        {
            content: "The result is told",
            trigger: ".o_notification:contains(5 customers scored)",
        },
    ],
});

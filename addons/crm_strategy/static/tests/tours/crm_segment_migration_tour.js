import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const { DateTime } = luxon;
const GRID = ".o_crm_matrix_action";

/** Two months ago, as the user's English locale writes it. */
function getFirstDate() {
    return DateTime.now().minus({ months: 2 }).toFormat("MM/dd/yyyy");
}

registry.category("web_tour.tours").add("crm_segment_migration_tour", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the CRM app",
            trigger: '.o_app[data-menu-xmlid="crm.crm_menu_root"]',
            run: "click",
        },
        {
            content: "Open the strategy menu",
            trigger: '[data-menu-xmlid="crm_strategy.crm_strategy_menu"]',
            run: "click",
        },
        {
            content: "Open the segment migration",
            trigger: '[data-menu-xmlid="crm_strategy.crm_segment_migration_menu"]',
            run: "click",
        },
        {
            content: "Three customers moved or stayed since the first day",
            trigger: `${GRID} tfoot td:last button:contains(/^3$/)`,
        },
        {
            content: "A move down is red",
            trigger: `${GRID} tbody td.o_crm_matrix_bad`,
            run: ({ anchor }) => {
                const colour = getComputedStyle(anchor).backgroundColor;
                if (!colour.startsWith("rgba(") || colour.endsWith(", 0)")) {
                    throw new Error(`The style sheet gives no colour: ${colour}`);
                }
            },
        },
        {
            content: "Compare with another day",
            trigger: `${GRID} #o_crm_matrix_filter_date_from`,
            run: () => {
                const input = document.querySelector("#o_crm_matrix_filter_date_from");
                input.value = getFirstDate();
                input.dispatchEvent(new Event("input", { bubbles: true }));
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "The rows say the new day",
            trigger: `${GRID} thead tr:first th:first`,
            run: async ({ anchor }) => {
                const getSearch = () => decodeURIComponent(window.location.search);
                for (let turn = 0; turn < 50 && !getSearch().includes("date_from"); turn++) {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                if (!getSearch().includes("date_from")) {
                    throw new Error(`The URL does not hold the chosen day: ${getSearch()}`);
                }
                if (!anchor.textContent.includes("Segment on")) {
                    throw new Error(`Unexpected heading: ${anchor.textContent}`);
                }
            },
        },
        { content: "The figures are those of the day", trigger: `${GRID} [aria-busy=false]` },
        {
            content: "Show shares",
            trigger: `${GRID} [data-measure=row_share]`,
            run: "click",
        },
        {
            content: "Half of the gold customers became silver",
            trigger: `${GRID} tbody tr:first td:eq(1) button:contains(50%)`,
            run: "click",
        },
        {
            content: "Only the customer behind the cell is listed",
            trigger: ".o_list_view .o_data_cell:contains(cem)",
            run: () => {
                const rows = document.querySelectorAll(".o_list_view .o_data_row");
                if (rows.length !== 1) {
                    throw new Error(`${rows.length} customers are listed instead of one`);
                }
            },
        },
        {
            content: "Go back",
            trigger: ".o_breadcrumb .o_back_button a, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "The measure is as it was",
            trigger: `${GRID} [data-measure=row_share][aria-pressed=true]`,
        },
        {
            content: "The day is as it was",
            trigger: `${GRID} #o_crm_matrix_filter_date_from`,
            run: ({ anchor }) => {
                if (anchor.value !== getFirstDate()) {
                    throw new Error(`The date is ${anchor.value}, not ${getFirstDate()}`);
                }
            },
        },
        {
            content: "And so are the figures",
            trigger: `${GRID} tbody tr:first td:eq(1) button:contains(50%)`,
        },
    ],
});

import { registry } from "@web/core/registry";

const BOARD = ".o_crm_seven_p";

function askTheBoard() {
    return [
        {
            content: "Who are our best customers?",
            trigger: `${BOARD} [data-list=best] tbody tr:first:contains(Stayer)`,
        },
        {
            content: "Who is leaving, and why?",
            trigger: `${BOARD} [data-list=leaving] tbody tr:contains(Leaver)`,
        },
        {
            content: "Open the board of the customer who is leaving",
            trigger: `${BOARD} [data-list=leaving] tbody tr:contains(Leaver) a`,
            run: "click",
        },
        {
            content: "His scores beside those of the company",
            trigger: `${BOARD}:has(a[name=record]:contains(Leaver)) .o_crm_seven_p_scores canvas`,
        },
        {
            content: "Why does he leave?",
            trigger: `${BOARD} [data-part=persistency] .o_crm_seven_p_why`,
            run: "click",
        },
        {
            content: "Factors, points, weights",
            trigger: `${BOARD} .o_crm_seven_p_explanation td:contains(Churn tendency)`,
        },
        {
            content: "What should we offer? What he has not bought yet",
            trigger: `${BOARD} .o_crm_seven_p_card[data-part=product] [data-figure=next_category_id]`,
        },
    ];
}

registry.category("web_tour.tours").add("crm_seven_p_board_tour", {
    steps: () => [
        {
            content: "The board of the company: what its customers are worth",
            trigger: `${BOARD} [data-figure=equity]`,
        },
        ...askTheBoard(),
        {
            content: "Score everybody anew",
            trigger: ".o_crm_seven_p_refresh",
            run: "click",
        },
        {
            content: "The result is told",
            trigger: ".o_notification:contains(customers scored)",
        },
        {
            content: "The orders behind a figure",
            trigger: `${BOARD} button[data-figure=former_revenue]`,
            run: "click",
        },
        { content: "His orders", trigger: ".o_list_view .o_data_row" },
    ],
});

registry.category("web_tour.tours").add("crm_seven_p_board_phone_tour", {
    steps: () => askTheBoard(),
});

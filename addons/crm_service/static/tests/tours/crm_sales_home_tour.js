import { registry } from "@web/core/registry";

const TODAY = ".o_crm_home [data-section=today]";

/** A salesperson's morning: what is on, one call done, back to the day. */
const DAY = [
    {
        content: "two touches are planned",
        trigger: ".o_crm_home_tile[data-tile=today] .o_crm_home_count:contains(2)",
    },
    {
        content: "the contact can be dialled",
        trigger: `${TODAY} .o_crm_home_row:contains(Foundry) a[href="tel:+86 371 1001"]`,
    },
    {
        content: "one is left from before",
        trigger: ".o_crm_home [data-section=overdue] .o_crm_home_row:contains(Left behind)",
    },
    {
        content: "open the call",
        trigger: `${TODAY} .o_crm_home_row:contains(Birthday: Boss) .o_crm_home_open`,
        run: "click",
    },
    {
        content: "the script says what to say",
        trigger: ".o_form_view [name=care_script]:contains(Congratulate)",
    },
    {
        content: "say what came of it",
        trigger: ".o_field_widget[name=outcome_id] input",
        run: "edit Interested",
    },
    {
        trigger: ".o-autocomplete--dropdown-item:contains(Interested)",
        run: "click",
    },
    {
        trigger: "button[name=action_done]",
        run: "click",
    },
    {
        trigger: ".o_arrow_button_current:contains(Done)",
    },
];

registry.category("web_tour.tours").add("crm_sales_home_tour", {
    steps: () => [
        ...DAY,
        {
            content: "back to the day",
            trigger: ".breadcrumb-item:contains(My Day) a, .o_back_button",
            run: "click",
        },
        {
            content: "one is done, one is left",
            trigger: `${TODAY} .o_crm_home_done:contains(Birthday: Boss)`,
        },
        {
            trigger: ".o_crm_home_tile[data-tile=today] .o_crm_home_count:contains(1)",
        },
        {
            content: "customers of a class",
            trigger: ".o_crm_home [data-section=customers] .o_crm_home_open:first",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_searchview_facet:contains(No Next Sales Activity)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sales_home_phone_tour", {
    steps: () => [
        {
            content: "the cards stand one below the other",
            trigger: `${TODAY} .o_crm_home_empty:contains(Nothing is planned)`,
            run: () => {
                const cards = [...document.querySelectorAll(".o_crm_home_card")];
                const lefts = new Set(cards.map((card) => card.getBoundingClientRect().left));
                const widest = Math.max(...cards.map((card) => card.getBoundingClientRect().right));
                if (lefts.size !== 1 || widest > window.innerWidth) {
                    throw new Error("The cards do not fit on the phone");
                }
            },
        },
        {
            content: "the tile leads to its card",
            trigger: ".o_crm_home_tile[data-tile=overdue]",
            run: "click",
        },
        {
            content: "a leader looks at all of his people",
            trigger: ".o_crm_home_who select",
            run: "select team",
        },
        {
            trigger: `${TODAY} .o_crm_home_row:contains(Mill)`,
        },
        {
            content: "log a call on the way",
            trigger: ".o_crm_home_log",
            run: "click",
        },
        {
            trigger: ".modal .o_form_view .o_field_widget[name=partner_id]",
        },
    ],
});

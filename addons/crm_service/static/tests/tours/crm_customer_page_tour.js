import { registry } from "@web/core/registry";

const PAGE = ".o_crm_page";
const TIMELINE = `${PAGE} [data-section=timeline]`;

/** What is the same on a desk and on a phone. */
function readThePage() {
    return [
        {
            content: "the name, and what everybody has to know",
            trigger: `${PAGE} header:contains(Acme) .o_crm_page_instructions:contains(Call before delivery)`,
        },
        {
            content: "what he bought",
            trigger: `${PAGE} [data-figure=orders]:contains(2)`,
        },
        {
            content: "he wants what he does not buy yet",
            trigger: `${PAGE} [data-block=white_space] tr:contains(Coatings):contains(Wants)`,
        },
        {
            content: "all that happened, then only what was sold",
            trigger: `${TIMELINE} [data-kind=need]`,
        },
        {
            trigger: `${TIMELINE} button[data-filter=sales]`,
            run: "click",
        },
        {
            trigger: `${TIMELINE}:not(:has([data-kind=need])) [data-kind=order]`,
        },
    ];
}

registry.category("web_tour.tours").add("crm_customer_page_tour", {
    steps: () => [
        {
            content: "open the page from the contact, maybe under More",
            trigger: ".o_button_more, button[name=action_open_customer_page]",
            run() {
                if (!document.querySelector("button[name=action_open_customer_page]")) {
                    document.querySelector(".o_button_more").click();
                }
            },
        },
        {
            trigger: "button[name=action_open_customer_page]",
            run: "click",
        },
        ...readThePage(),
        {
            content: "look at the orders behind the figure",
            trigger: `${PAGE} button[data-figure=orders]`,
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:nth-child(2)",
        },
        {
            content: "and back",
            trigger: ".o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "begin a quotation",
            trigger: ".o_crm_page_button[data-button=quotation]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=partner_id] input:value(Acme)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_customer_page_phone_tour", {
    steps: () => [
        ...readThePage(),
        {
            content: "nothing is wider than the phone",
            trigger: PAGE,
            run: () => {
                const content = document.querySelector(".o_crm_page_content");
                if (content.scrollWidth > content.clientWidth) {
                    throw new Error(`${content.scrollWidth} of ${content.clientWidth} pixels`);
                }
            },
        },
        {
            content: "open an order of the timeline",
            trigger: `${TIMELINE} [data-kind=order] a`,
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=order_line]",
        },
    ],
});

registry.category("web_tour.tours").add("crm_product_sheet_tour", {
    steps: () => [
        {
            content: "open the sheet from the product",
            trigger: "button[name=action_open_product_sheet]",
            run: "click",
        },
        {
            trigger: `${PAGE} header [name=argument]:contains(Melts at once)`,
        },
        {
            trigger: `${PAGE} [data-block=customers] tr:contains(Acme)`,
        },
        {
            content: "back to the product",
            trigger: `${PAGE} header a[name=product]`,
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=list_price]",
        },
    ],
});

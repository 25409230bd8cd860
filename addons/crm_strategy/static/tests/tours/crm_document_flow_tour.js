import { registry } from "@web/core/registry";

const FLOW = ".o_crm_flow";
const STATES = ".o_crm_flow_column";

registry.category("web_tour.tours").add("crm_document_flow_tour", {
    steps: () => [
        {
            content: "Open the flow from the opportunity",
            trigger: 'button[name="action_open_document_flow"]',
            run: "click",
        },
        {
            content: "The opportunity is marked",
            trigger: `${FLOW} ${STATES}[data-kind=opportunity] [aria-current=true]:contains(Tour Need)`,
        },
        {
            content: "The delivery and its backorder stand in one column",
            trigger: `${FLOW} ${STATES}[data-kind=delivery] li:nth-child(2)`,
        },
        {
            content: "Lines connect the boxes",
            trigger: `${FLOW} svg path`,
            run: () => {
                const lines = document.querySelectorAll(".o_crm_flow svg path");
                if (lines.length !== 5) {
                    throw new Error(`${lines.length} lines are drawn instead of 5`);
                }
            },
        },
        {
            content: "Open the payment",
            trigger: `${FLOW} ${STATES}[data-kind=payment] button.o_crm_flow_node`,
            run: "click",
        },
        {
            content: "From the payment the chain is the same",
            trigger: '.o_form_view:has(.o_field_widget[name="payment_type"]) button[name="action_open_document_flow"]',
            run: "click",
        },
        {
            content: "The payment is marked now",
            trigger: `${FLOW} ${STATES}[data-kind=payment] [aria-current=true]`,
        },
        {
            content: "Refresh",
            trigger: ".o_crm_flow_refresh",
            run: "click",
        },
        {
            content: "Back to the opportunity",
            trigger: `${FLOW} ${STATES}[data-kind=opportunity] button.o_crm_flow_node`,
            run: "click",
        },
        {
            content: "The opportunity is open",
            trigger: ".o_form_view .o_field_widget[name=expected_revenue]",
        },
    ],
});

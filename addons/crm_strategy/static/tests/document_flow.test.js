import { expect, test } from "@odoo/hoot";
import { click, press, queryAll, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { DocumentFlow, getExtent, getLane, getLinkPath } from "@crm_strategy/document_flow/document_flow";
import { mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { currencies } from "@web/core/currency";
import { user } from "@web/core/user";

defineMailModels();

function makeNode(key, patch = {}) {
    return {
        key,
        kind: "order",
        label: "Order",
        is_readable: true,
        is_current: false,
        is_other: false,
        model: "sale.order",
        id: 1,
        name: `Document ${key}`,
        date: false,
        date_type: "date",
        state: "",
        tone: false,
        amount: false,
        currency_id: false,
        ...patch,
    };
}

function makeGrey(key) {
    return {
        key,
        kind: "payment",
        label: "Payment",
        is_readable: false,
        is_current: false,
        is_other: false,
    };
}

function makeColumn(key, label, nodes, patch = {}) {
    return { key, label, icon: "fa-star", count: nodes.length, more: 0, totals: [], nodes, ...patch };
}

function makePayload() {
    return {
        title: "S00001",
        columns: [
            makeColumn("opportunity", "Opportunities", [
                makeNode("n1", { model: "crm.lead", id: 5, name: "Need", label: "Opportunity" }),
            ]),
            makeColumn(
                "order",
                "Orders",
                [
                    makeNode("n2", {
                        id: 7,
                        name: "S00001",
                        is_current: true,
                        date: "2024-03-05 20:00:00",
                        date_type: "datetime",
                        state: "Sales Order",
                        tone: "good",
                        amount: 1000,
                        currency_id: 7,
                    }),
                    makeNode("n3", { name: "S00002", is_other: true, state: "Cancelled", tone: "void" }),
                ],
                { count: 12, more: 10, totals: [{ amount: 1000, currency_id: 7 }] }
            ),
            makeColumn("payment", "Payments", [makeGrey("n4")]),
        ],
        links: [
            ["n1", "n2"],
            ["n2", "n3"],
            ["n2", "n4"],
        ],
        is_complete: true,
        limit: 500,
    };
}

function patchSettings() {
    patchWithCleanup(currencies, { 7: { name: "EUR", symbol: "€", position: "after", digits: [69, 2] } });
    patchWithCleanup(user, {
        get tz() {
            return "Asia/Shanghai";
        },
    });
}

async function mountFlow(payload = makePayload(), props = {}) {
    patchSettings();
    await mountWithCleanup(DocumentFlow, {
        props: { payload, onOpen: (node) => expect.step([node.model, node.id]), ...props },
    });
    await animationFrame();
}

test("columns stand in their order with count, total and the rest", async () => {
    await mountFlow();
    expect(queryAll("section").map((el) => el.dataset.kind)).toEqual([
        "opportunity",
        "order",
        "payment",
    ]);
    expect("section:eq(1) h3").toHaveText("Orders12");
    expect(queryFirst(".o_crm_flow_totals span").textContent.trim()).toBe("1,000.00\u00a0€");
    expect(queryAllTexts(".o_crm_flow_more")).toEqual(["and 10 more"]);
});

test("a column that has more can be shown whole", async () => {
    await mountFlow(makePayload(), { onShowAll: (column) => expect.step(column.key) });
    expect(".o_crm_flow_show_all").toHaveAttribute("aria-label", "Show all 12: Orders");
    await click(".o_crm_flow_show_all");
    expect.verifySteps(["order"]);
});

test("hundreds of boxes are drawn with a line each", async () => {
    const payload = makePayload();
    const orders = [...Array(500).keys()].map((place) => makeNode(`o${place}`, { id: place + 1 }));
    payload.columns[1] = makeColumn("order", "Orders", orders);
    payload.links = orders.map((node) => ["n1", node.key]);
    await mountFlow(payload);
    expect(".o_crm_flow_node").toHaveCount(502);
    expect("svg path").toHaveCount(500);
});

test("a box says name, day in the user's zone, amount and state", async () => {
    await mountFlow();
    expect("[data-node=n2] .o_crm_flow_name").toHaveText("S00001");
    expect("[data-node=n2] .text-muted").toHaveText("Mar 6, 2024");
    expect("[data-node=n2] .o_crm_flow_amount").toHaveText(/1,000\.00/);
    expect("[data-node=n2] .badge").toHaveText("Sales Order");
    expect("[data-node=n2] .badge").toHaveClass("text-bg-success");
    expect("[data-node=n3]").toHaveClass(["o_crm_flow_other", "o_crm_flow_void"]);
});

test("the document one came from is marked", async () => {
    await mountFlow();
    expect("[aria-current=true]").toHaveCount(1);
    expect("[data-node=n2]").toHaveAttribute("aria-current", "true");
});

test("a click or the keyboard opens a document", async () => {
    await mountFlow();
    await click("[data-node=n1]");
    queryFirst("[data-node=n2]").focus();
    await press("Enter");
    expect.verifySteps([
        ["crm.lead", 5],
        ["sale.order", 7],
    ]);
});

test("a grey box is no button and says nothing but its kind", async () => {
    await mountFlow();
    expect("button[data-node=n4]").toHaveCount(0);
    expect("[data-node=n4]").toHaveText("Payment");
    await click("[data-node=n4]");
    expect.verifySteps([]);
    expect("[data-node=n4]").toHaveAttribute(
        "aria-label",
        "Payment · You may not see this document. · Follows from S00001"
    );
});

test("a screen reader hears what a box is and what it follows from", async () => {
    await mountFlow();
    expect("[data-node=n2]").toHaveAttribute(
        "aria-label",
        /^Order · S00001 · Mar 6, 2024 · Sales Order · 1,000\.00.€ · You came from here · Follows from Need$/
    );
});

test("each link is a line that ends at its boxes", async () => {
    await mountFlow();
    const lines = queryAll("path", { displayed: false }).map((el) => el.dataset.line);
    expect(lines).toEqual(["n1-n2", "n2-n3", "n2-n4"]);
    expect("path[data-line=n2-n3]").toHaveClass("o_crm_flow_line_other");
});

test("a line goes to the right, to the left, or beside its column", () => {
    const box = (left, top) => ({ left, right: left + 100, top, bottom: top + 20 });
    expect(getLinkPath(box(0, 0), box(200, 40))).toBe("M 100 10 C 150 10 150 50 200 50");
    expect(getLinkPath(box(200, 0), box(0, 0))).toBe("M 200 10 C 150 10 150 10 100 10");
    expect(getLinkPath(box(50, 0), box(50, 40))).toBe("M 50 10 C 34 10 34 50 50 50");
});

test("a line that skips a column passes below its boxes", () => {
    const box = (left, top) => ({ left, right: left + 100, top, bottom: top + 20 });
    const boxes = [box(0, 0), box(200, 0), box(200, 40), box(400, 0)];
    expect(getLane(boxes[0], boxes[1], boxes)).toBe(null);
    expect(getLane(boxes[0], boxes[3], boxes)).toBe(60);
    expect(getLinkPath(boxes[0], boxes[3], 60)).toBe(
        "M 100 10 C 116 10 116 60 132 60 H 368 C 384 60 384 10 400 10"
    );
});

test("the extent of a column is that of all its boxes", () => {
    const boxes = [
        { left: 10, right: 90, top: 5, bottom: 20 },
        { left: 10, right: 90, top: 30, bottom: 55 },
    ];
    expect(getExtent(boxes)).toEqual({ left: 10, right: 90, top: 5, bottom: 55 });
});

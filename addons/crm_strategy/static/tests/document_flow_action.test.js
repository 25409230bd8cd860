import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { download } from "@web/core/network/download";
import { WebClient } from "@web/webclient/webclient";
import "@crm_strategy/document_flow/document_flow_action";

defineMailModels();

const ACTION = {
    type: "ir.actions.client",
    tag: "crm_strategy.document_flow",
    name: "Document Flow",
    params: { res_model: "sale.order", res_id: 7 },
};

function makePayload(patch = {}) {
    const node = {
        key: "n1",
        kind: "order",
        label: "Order",
        is_readable: true,
        is_current: true,
        is_other: false,
        model: "sale.order",
        id: 7,
        name: "S00007",
        date: "2024-01-31",
        date_type: "date",
        state: "Sales Order",
        tone: "good",
        amount: false,
        currency_id: false,
    };
    const grey = {
        key: "n2",
        kind: "invoice",
        label: "Invoice",
        is_readable: false,
        is_current: false,
        is_other: true,
    };
    const column = { icon: "fa-star", count: 1, more: 0, totals: [] };
    return {
        title: "S00007",
        columns: [
            { ...column, key: "order", label: "Orders", nodes: [node] },
            { ...column, key: "invoice", label: "Invoices", nodes: [grey] },
        ],
        links: [["n1", "n2"]],
        is_complete: true,
        limit: 500,
        ...patch,
    };
}

async function openFlow(action = ACTION) {
    await mountWithCleanup(WebClient);
    await getService("action").doAction(action);
    await animationFrame();
}

test("the flow of the named document is shown, with its notes", async () => {
    onRpc("crm.document.flow", "get_flow", ({ args }) => {
        expect.step(args);
        return makePayload();
    });
    await openFlow();
    expect.verifySteps([["sale.order", 7]]);
    expect(".o_crm_flow_node").toHaveCount(2);
    expect(queryAllTexts(".o_crm_flow_note")).toEqual([
        "Grey boxes are documents that you may not see.",
        "Dashed boxes belong to other chains, which meet this one here.",
    ]);
});

test("while loading it says so", async () => {
    const answer = new Deferred();
    onRpc("crm.document.flow", "get_flow", () => answer);
    await openFlow();
    expect(".o_crm_flow_loading").toHaveCount(1);
    expect("[aria-busy=true]").toHaveCount(1);
    answer.resolve(makePayload());
    await animationFrame();
    await animationFrame();
    expect(".o_crm_flow_loading").toHaveCount(0);
    expect(".o_crm_flow_node").toHaveCount(2);
});

test("refresh asks again", async () => {
    onRpc("crm.document.flow", "get_flow", () => {
        expect.step("get_flow");
        return makePayload();
    });
    await openFlow();
    await click(".o_crm_flow_refresh");
    await animationFrame();
    expect.verifySteps(["get_flow", "get_flow"]);
});

test("a refusal is told in place and can be tried again", async () => {
    let isRefused = true;
    onRpc("crm.document.flow", "get_flow", () => {
        if (isRefused) {
            throw makeServerError({ message: "This document was deleted." });
        }
        return makePayload();
    });
    await openFlow();
    expect("[role=alert] p").toHaveText("This document was deleted.");
    expect(".o_crm_flow_node").toHaveCount(0);
    isRefused = false;
    await click("[role=alert] button");
    await animationFrame();
    expect("[role=alert]").toHaveCount(0);
    expect(".o_crm_flow_node").toHaveCount(2);
});

test("behind a failure of the server the document stays chosen", async () => {
    expect.errors(1);
    onRpc("crm.document.flow", "get_flow", () => {
        throw makeServerError({ type: "ValueError", message: "Traceback" });
    });
    await openFlow();
    await animationFrame();
    expect.verifyErrors(["Traceback"]);
    expect(".o_crm_flow_empty").toHaveCount(0);
    expect(".o_content [role=alert] p").toHaveText("The document flow could not be loaded.");
});

test("without a document it says the next step", async () => {
    onRpc("crm.document.flow", "get_flow", () => expect.step("get_flow"));
    await openFlow({ ...ACTION, params: {} });
    expect(".o_crm_flow_empty h2").toHaveText("No document chosen");
    expect(".o_crm_flow_refresh").toHaveAttribute("disabled");
    expect(".o_crm_flow_export").toHaveAttribute("disabled");
    expect.verifySteps([]);
});

test("a document alone and a chain that was cut are told", async () => {
    const payload = makePayload({ is_complete: false });
    payload.columns.pop();
    payload.links = [];
    onRpc("crm.document.flow", "get_flow", () => payload);
    await openFlow();
    expect(".o_crm_flow_alone").toHaveCount(1);
    expect(queryAllTexts(".o_crm_flow_note")).toEqual([
        "There are more documents: the first 500 are shown.",
    ]);
});

test("the export asks for the flow as it is shown", async () => {
    onRpc("crm.document.flow", "get_flow", () => makePayload());
    patchWithCleanup(download, {
        _download: ({ url, data }) => {
            expect.step([url, data]);
            return Promise.resolve();
        },
    });
    await openFlow();
    await click(".o_crm_flow_export");
    await animationFrame();
    expect.verifySteps([
        ["/crm_strategy/document_flow/xlsx", { model: "sale.order", res_id: 7 }],
    ]);
});

test("a box opens its document", async () => {
    onRpc("crm.document.flow", "get_flow", () => makePayload());
    await openFlow();
    patchWithCleanup(getService("action"), {
        doAction: (action) => expect.step([action.res_model, action.res_id]),
    });
    await click("[data-node=n1]");
    expect.verifySteps([["sale.order", 7]]);
});

test("showing a whole column asks for it, and keeps to it at a refresh", async () => {
    onRpc("crm.document.flow", "get_flow", ({ kwargs }) => {
        expect.step(kwargs.opened);
        const payload = makePayload();
        payload.columns[0].more = kwargs.opened.length ? 0 : 30;
        return payload;
    });
    await openFlow();
    await click(".o_crm_flow_show_all");
    await animationFrame();
    expect(".o_crm_flow_show_all").toHaveCount(0);
    await click(".o_crm_flow_refresh");
    await animationFrame();
    expect.verifySteps([[], ["order"], ["order"]]);
});

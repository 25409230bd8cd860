import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryFirst, select } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    getService,
    makeServerError,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { user } from "@web/core/user";
import { download } from "@web/core/network/download";
import { WebClient } from "@web/webclient/webclient";
import "@crm_strategy/matrix/matrix_action";

defineMailModels();

const ACTION = {
    type: "ir.actions.client",
    tag: "crm_strategy.matrix_action",
    name: "Grid",
    params: { matrix_model: "crm.test.grid" },
};

function makePayload(params, patch = {}) {
    return {
        title: "Grid",
        definition: "What is counted",
        computed_at: "2026-01-31 10:00:00",
        row_title: "Row",
        column_title: "Column",
        rows: [{ key: "1", label: "Gold" }],
        columns: [{ key: "2", label: "Silver" }],
        measures: [
            { key: "count", label: "Customers", type: "integer" },
            { key: "share", label: "Share", type: "percent", share_of: "count" },
        ],
        cells: { "1|2": { count: 4, share: 1 } },
        row_totals: { 1: { count: 4, share: 1 } },
        column_totals: { 2: { count: 4, share: 1 } },
        total: { count: 4, share: 1 },
        legend: [],
        filters: [
            {
                key: "scheme",
                label: "Scheme",
                type: "selection",
                choices: [
                    [1, "Value"],
                    [2, "Industry"],
                ],
                value: params.scheme || 1,
                max: false,
            },
            { key: "since", label: "Since", type: "date", choices: [], value: "2026-01-31", max: false },
            { key: "own", label: "Own", type: "boolean", choices: [], value: !!params.own, max: false },
        ],
        res_model: "res.partner",
        empty: false,
        ...patch,
    };
}

async function openGrid() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction(ACTION);
    await animationFrame();
}

test("the grid shows filters, definition and time stamp of the user's zone", async () => {
    patchWithCleanup(user, {
        get tz() {
            return "Asia/Shanghai";
        },
    });
    onRpc("crm.test.grid", "get_matrix", ({ args }) => makePayload(args[0]));
    await openGrid();
    expect(queryAllTexts(".o_crm_matrix_filter label")).toEqual(["Scheme", "Since", "Own"]);
    expect(".o_crm_matrix_filter input.o_input").toHaveValue("01/31/2026");
    expect(".o_crm_matrix_computed_at").toHaveText(/^As of Jan 31.*6:00/);
    expect(queryAllTexts("tbody td")).toEqual(["4", "4"]);
});

test("a filter reloads the grid, a measure does not", async () => {
    onRpc("crm.test.grid", "get_matrix", ({ args }) => {
        expect.step(args[0]);
        return makePayload(args[0]);
    });
    await openGrid();
    await click(".o_crm_matrix_filter select");
    await select("1");
    await animationFrame();
    await click(".o_crm_matrix_filter input[type=checkbox]");
    await animationFrame();
    await click("[data-measure=share]");
    await animationFrame();
    expect(queryAllTexts("tbody td")).toEqual(["100%", "100%"]);
    expect("[data-measure=share]").toHaveAttribute("aria-pressed", "true");
    expect.verifySteps([{}, { scheme: 2 }, { scheme: 2, own: true }]);
});

test("a cell opens the action that the server returns", async () => {
    onRpc("crm.test.grid", "get_matrix", ({ args }) => makePayload(args[0]));
    onRpc("crm.test.grid", "open_cell", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.client", tag: "crm_strategy.matrix_action", name: "Cell", params: ACTION.params };
    });
    await openGrid();
    await click("tfoot td:eq(0) button");
    await animationFrame();
    expect.verifySteps([[{}, null, "2", "count"]]);
});

test("an error of the user is told in place and can be put right", async () => {
    onRpc("crm.test.grid", "get_matrix", ({ args }) => {
        if (args[0].scheme === 2) {
            throw makeServerError({ message: "Choose another scheme." });
        }
        return makePayload(args[0]);
    });
    await openGrid();
    await click(".o_crm_matrix_filter select");
    await select("1");
    await animationFrame();
    expect(".alert p").toHaveText("Choose another scheme.");
    expect(".o_crm_matrix").toHaveCount(0);
    expect(".o_crm_matrix_filter select").toHaveValue("1");
    await click(".o_crm_matrix_reset");
    await animationFrame();
    expect(".alert").toHaveCount(0);
    expect(".o_crm_matrix").toHaveCount(1);
});

test("an empty grid names the next step", async () => {
    const empty = { title: "No scheme", text: "Create one.", action: "x.y_action", action_label: "Schemes" };
    onRpc("crm.test.grid", "get_matrix", ({ args }) =>
        makePayload(args[0], { empty, rows: [], columns: [], cells: {} })
    );
    await openGrid();
    expect(".o_crm_matrix_empty h2").toHaveText("No scheme");
    expect(".o_crm_matrix").toHaveCount(0);
    expect(queryFirst(".o_crm_matrix_export").disabled).toBe(true);
    mockService("action", {});
    patchWithCleanup(getService("action"), { doAction: (action) => expect.step(action) });
    await click(".o_crm_matrix_empty button");
    expect.verifySteps(["x.y_action"]);
});

test("the export asks for the grid as it is shown", async () => {
    onRpc("crm.test.grid", "get_matrix", ({ args }) => makePayload(args[0]));
    patchWithCleanup(download, {
        _download: ({ url, data }) => {
            expect.step(url);
            expect.step(data);
            return Promise.resolve();
        },
    });
    await openGrid();
    await click(".o_crm_matrix_filter input[type=checkbox]");
    await animationFrame();
    await click(".o_crm_matrix_export");
    await animationFrame();
    expect.verifySteps([
        "/crm_strategy/matrix/xlsx",
        { model: "crm.test.grid", params: '{"own":true}' },
    ]);
});

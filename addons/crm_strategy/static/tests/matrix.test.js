import { expect, test } from "@odoo/hoot";
import { click, press, queryAll, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, useState, xml } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { Matrix } from "@crm_strategy/matrix/matrix";
import { mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { currencies } from "@web/core/currency";

defineMailModels();

function makePayload(patch = {}) {
    return {
        title: "Migration",
        definition: "Customers by segment",
        computed_at: "2026-03-31 10:00:00",
        row_title: "On 1 January",
        column_title: "On 31 March",
        rows: [
            { key: "1", label: "Gold", hint: "Best customers" },
            { key: "none", label: "New", tone: "muted" },
        ],
        columns: [
            { key: "1", label: "Gold" },
            { key: "2", label: "Silver" },
        ],
        measures: [
            { key: "count", label: "Customers", type: "integer" },
            { key: "revenue", label: "Revenue", type: "monetary", currency_id: 7 },
            { key: "share", label: "Share", type: "percent", share_of: "count" },
        ],
        cells: {
            "1|1": { count: 1600, revenue: 2500000.5, share: 0.64 },
            "1|2": { count: 400, revenue: 10, share: 0.16, tone: "bad" },
            "none|2": { count: 500, revenue: 0, share: 0.2, label: "At risk", color: 14 },
        },
        row_totals: {
            1: { count: 2000, revenue: 2500010.5, share: 0.8 },
            none: { count: 500, revenue: 0, share: 0.2 },
        },
        column_totals: {
            1: { count: 1600, revenue: 2500000.5, share: 0.64 },
            2: { count: 900, revenue: 10, share: 0.36 },
        },
        total: { count: 2500, revenue: 2500010.5, share: 1 },
        legend: [{ label: "moved down", tone: "bad" }],
        filters: [],
        res_model: "res.partner",
        empty: false,
        ...patch,
    };
}

async function mountMatrix(payload = makePayload()) {
    class Parent extends Component {
        static components = { Matrix };
        static props = ["*"];
        static template = xml`
            <Matrix payload="payload" measure="state.measure" onCellClick="onCellClick" />`;
        setup() {
            this.payload = payload;
            this.state = useState({ measure: "count" });
            this.onCellClick = (keys) => expect.step(keys);
        }
    }
    return mountWithCleanup(Parent);
}

test("figures and totals stand in rows and columns", async () => {
    await mountMatrix();
    expect(queryAllTexts("thead tr:eq(1) th")).toEqual(["Gold", "Silver"]);
    expect(queryAllTexts("tbody tr:eq(0) td")).toEqual(["1,600", "400", "2,000"]);
    expect(queryAllTexts("tbody tr:eq(1) td")).toEqual(["–", "At risk\n500", "500"]);
    expect(queryAllTexts("tfoot td")).toEqual(["1,600", "900", "2,500"]);
});

test("the active measure decides figures and their format", async () => {
    patchWithCleanup(currencies, { 7: { name: "EUR", symbol: "€", position: "after", digits: [69, 2] } });
    const parent = await mountMatrix();
    parent.state.measure = "revenue";
    await animationFrame();
    expect(queryFirst("tbody td").textContent.trim()).toBe("2,500,000.50\u00a0€");
    parent.state.measure = "share";
    await animationFrame();
    expect(queryAllTexts("tbody tr:eq(0) td")).toEqual(["64%", "16%", "80%"]);
    expect(queryFirst("tfoot td:last").textContent.trim()).toBe("100%");
});

test("a chosen cell or total is told by its keys", async () => {
    await mountMatrix();
    await click("tbody tr:eq(0) td:eq(1) button");
    await click("tbody tr:eq(1) td:last button");
    await click("tfoot td:eq(0) button");
    await click("tfoot td:last button");
    expect.verifySteps([
        { rowKey: "1", columnKey: "2" },
        { rowKey: "none", columnKey: null },
        { rowKey: null, columnKey: "1" },
        { rowKey: null, columnKey: null },
    ]);
});

test("a cell can be chosen by keyboard and says what it is", async () => {
    await mountMatrix();
    const button = queryFirst("tbody tr:eq(0) td:eq(1) button");
    expect(button).toHaveAttribute("aria-label", /^Gold · Silver · moved down · Customers: 400 · /);
    button.focus();
    await press("Enter");
    expect.verifySteps([{ rowKey: "1", columnKey: "2" }]);
});

test("an empty cell is no button", async () => {
    await mountMatrix();
    expect("tbody tr:eq(1) td:eq(0) button").toHaveCount(0);
});

test("the table is marked up for screen readers", async () => {
    await mountMatrix();
    expect("caption").toHaveText("Migration: Customers");
    expect("tbody th[scope=row]").toHaveCount(2);
    expect("thead tr:eq(1) th[scope=col]").toHaveCount(2);
    expect("tbody tr:eq(0) th").toHaveAttribute("data-tooltip", "Best customers");
});

test("shade follows the value, tone and palette colour its hue", async () => {
    await mountMatrix();
    const [top, down] = queryAll("tbody tr:eq(0) td");
    expect(top).toHaveClass("o_crm_matrix_heat");
    expect(top.style.getPropertyValue("--CrmMatrix-shade")).toBe("0.420");
    expect(down).toHaveClass("o_crm_matrix_bad");
    expect(down.style.getPropertyValue("--CrmMatrix-shade")).toBe("0.210");
    expect("tbody tr:eq(1) td:eq(1)").toHaveClass("o_crm_matrix_color_2");
    expect("tfoot .o_crm_matrix_heat").toHaveCount(0);
});

test("negative figures have no shade", async () => {
    const payload = makePayload();
    payload.cells["1|2"].count = -3;
    await mountMatrix(payload);
    const cell = queryFirst("tbody tr:eq(0) td:eq(1)");
    expect(cell).toHaveText("-3");
    expect(cell.style.getPropertyValue("--CrmMatrix-shade")).toBe("0.000");
});

import { useState } from "@odoo/owl";
import { deserializeDate, deserializeDateTime, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { PageAction } from "./page_action";

const MODEL = "crm.customer.page";
const TONES = {
    good: "text-success",
    bad: "text-danger",
    muted: "text-muted text-decoration-line-through",
};

/** Draws the dictionary of `crm.customer.page`: a customer on one page. */
export class CustomerPage extends PageAction {
    static template = "crm_service.CustomerPage";
    static param = "partner_id";
    static urlKey = "customer";

    setup() {
        super.setup();
        this.timeline = useState({ entries: [], next: false, filter: "", isLoading: false });
    }

    async fetch() {
        const page = await this.orm.call(MODEL, "get_page", [this.recordId]);
        Object.assign(this.timeline, page.timeline, { filter: "" });
        return page;
    }

    getTitle(page) {
        return page.customer.name;
    }

    // --- TIMELINE

    async loadTimeline(filter, cursor = false) {
        this.timeline.isLoading = true;
        try {
            const filters = filter ? [filter] : false;
            const found = await this.keepLast.add(
                this.orm.call(MODEL, "get_timeline", [this.recordId, filters, cursor])
            );
            this.timeline.entries = cursor
                ? [...this.timeline.entries, ...found.entries]
                : found.entries;
            this.timeline.next = found.next;
            this.timeline.filter = filter;
        } finally {
            this.timeline.isLoading = false;
        }
    }

    get filters() {
        return [{ key: "", label: _t("All") }, ...this.state.page.timeline_filters];
    }

    getDay(entry) {
        const parse = entry.date_type === "date" ? deserializeDate : deserializeDateTime;
        return toLocaleDateString(parse(entry.date));
    }

    getAmount(entry) {
        return entry.currency_id
            ? formatMonetary(entry.amount, { currencyId: entry.currency_id })
            : "";
    }

    getTone(entry) {
        return TONES[entry.tone] || "text-muted";
    }

    openEntry(entry) {
        return this.openForm(entry.model, entry.id);
    }

    // --- ACTIONS

    openForm(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openCustomer() {
        return this.openForm("res.partner", this.state.page.customer.id);
    }

    async openButton(name) {
        const action = await this.orm.call(MODEL, "open_button", [this.recordId, name]);
        // a dialogue leaves the page where it is: show what it has changed
        return this.action.doAction(action, { onClose: () => this.load() });
    }

    get onDrill() {
        return (name) => this.drill(name);
    }

    async drill(name) {
        const action = await this.orm.call(MODEL, "open_drill", [this.recordId, name]);
        return this.action.doAction(action);
    }

    print() {
        return this.action.doAction("crm_service.crm_customer_page_report_action", {
            additionalContext: { active_ids: [this.recordId], active_id: this.recordId },
        });
    }
}

registry.category("actions").add("crm_service.customer_page", CustomerPage);

import { Component } from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Shows the dictionary of `crm.service.panel`: who is calling. */
export class CustomerPanel extends Component {
    static template = "crm_service.CustomerPanel";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get panel() {
        return this.props.record.data[this.props.name];
    }

    // --- TEXTS

    get tenure() {
        const [years, months] = this.panel.tenure;
        if (!this.panel.first_order) {
            return _t("No orders yet");
        }
        if (!years) {
            return _t("%s months", months);
        }
        return _t("%(years)s years, %(months)s months", { years, months });
    }

    get hours() {
        return _t("Reply within %s hours", formatFloat(this.panel.policy.reply_hours, { digits: [16, 1] }));
    }

    /** The texts around figures of the panel. */
    get texts() {
        const panel = this.panel;
        return {
            since: _t("Since %(date)s", { date: this.getDate(panel.first_order) }),
            last: _t("Last order: %(date)s", { date: this.getDate(panel.last_order) }),
            margin: _t("Margin: %(amount)s", { amount: this.getAmount(panel.margin ?? 0) }),
            overdue: _t("Overdue: %(amount)s", { amount: this.getAmount(panel.overdue ?? 0) }),
            invoices: _t("Open invoices (%(count)s)", { count: panel.invoice_count ?? 0 }),
            orders: _t("Open orders (%(count)s)", { count: panel.open_order_count }),
            complaints: _t("Other complaints (%(count)s)", { count: panel.complaint_count }),
        };
    }

    getAmount(amount) {
        return formatMonetary(amount, { currencyId: this.panel.currency_id });
    }

    getDate(day) {
        return day ? toLocaleDateString(deserializeDate(day)) : "";
    }

    getLateness(row) {
        return row.days_late ? _t("%s days late", row.days_late) : "";
    }

    // --- ACTIONS

    /** Open the records behind a figure, or one of them. */
    async open(kind, id = false) {
        const { customer_id, company_id } = this.panel;
        const action = await this.orm.call("crm.service.panel", "open_records", [
            customer_id,
            company_id,
            kind,
            id,
        ]);
        this.action.doAction(action);
    }
}

registry.category("fields").add("crm_service_customer_panel", {
    component: CustomerPanel,
    displayName: _t("Customer Panel"),
    supportedTypes: ["json"],
});

/** Shows free stock per warehouse, and beside it what was there at the decision. */
export class StockPanel extends Component {
    static template = "crm_service.StockPanel";
    static props = { ...standardFieldProps };

    get panel() {
        return this.props.record.data[this.props.name];
    }

    get rows() {
        return this.panel?.rows || [];
    }

    get availableOn() {
        const date = toLocaleDateTimeString(deserializeDateTime(this.panel.kept_at), {
            showSeconds: false,
        });
        return _t("Available on %(date)s", { date });
    }

    getQuantity(quantity) {
        return formatFloat(quantity, { digits: [16, 2], trailingZeros: false });
    }

    getReceipt(receipt) {
        return `${toLocaleDateString(deserializeDate(receipt.date))}: ${this.getQuantity(receipt.quantity)}`;
    }
}

registry.category("fields").add("crm_service_stock_panel", {
    component: StockPanel,
    displayName: _t("Available Stock"),
    supportedTypes: ["json"],
});

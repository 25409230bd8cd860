import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * Who is calling? One box for a telephone number, an e-mail address, an order number
 * or a name; the arrow keys choose, Enter opens a new complaint of that customer.
 *
 * Everything works without a mouse: an agent holds the receiver.
 */
export class PhoneAction extends Component {
    static template = "crm_service.PhoneAction";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.box = useRef("box");
        this.state = useState({ text: "", searched: "", callers: [], chosen: 0 });
        this.search = useDebounced(() => this.load(), 150);
        onMounted(() => this.box.el.focus());
    }

    get display() {
        return { controlPanel: {} };
    }

    get found() {
        return {
            order: _t("Order"),
            phone: _t("Phone"),
            email: _t("E-mail"),
            name: _t("Name"),
        };
    }

    async load() {
        const text = this.state.text.trim();
        const callers = await this.keepLast.add(
            this.orm.call("res.partner", "service_lookup", [text])
        );
        Object.assign(this.state, { callers, searched: text, chosen: 0 });
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.search();
    }

    async onKeydown(ev) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (step && this.state.callers.length) {
            ev.preventDefault();
            const count = this.state.callers.length;
            this.state.chosen = (this.state.chosen + step + count) % count;
        } else if (ev.key === "Enter" && this.state.text.trim()) {
            ev.preventDefault();
            if (this.state.searched !== this.state.text.trim()) {
                this.search.cancel();
                await this.load();
            }
            const caller = this.state.callers[this.state.chosen];
            if (caller) {
                this.open(caller, caller.order_id);
            }
        }
    }

    /** Open a new complaint of a caller, about one of his orders if one is named. */
    open(caller, orderId = false) {
        this.openForm({
            default_partner_id: caller.id,
            default_order_id: orderId,
            default_phone: caller.phone || false,
        });
    }

    /** Open a new complaint of somebody who is not known yet. */
    openUnknown() {
        const text = this.state.text.trim();
        const isMail = text.includes("@");
        const isPhone = !isMail && /^[+\d\s./()-]{5,}$/.test(text);
        this.openForm({
            default_email_from: isMail ? text : false,
            default_phone: isPhone ? text : false,
            default_partner_name: !isMail && !isPhone ? text : false,
        });
    }

    openForm(context) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("New Complaint"),
            res_model: "crm.complaint",
            views: [[false, "form"]],
            context: { ...context, default_channel: "phone" },
        });
    }

    async openComplaints(caller) {
        const action = await this.orm.call("res.partner", "action_open_complaints", [[caller.id]]);
        return this.action.doAction(action);
    }
}

registry.category("actions").add("crm_service.phone", PhoneAction);

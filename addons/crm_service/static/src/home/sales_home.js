import { isForUser } from "@crm_strategy/user_error";
import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { deserializeDate, deserializeDateTime, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const { DateTime } = luxon;

/**
 * My Day: the sections of `crm.sales.home`, each a card with its first rows.
 *
 * Whose day is shown is kept when the user comes back by the breadcrumb, and in the
 * URL (key `who`), so that a reload shows the same.
 */
export class SalesHome extends Component {
    static template = "crm_service.SalesHome";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.root = useRef("root");
        this.state = useState({
            who: this.props.state?.who || router.current.who || "me",
            home: null,
            error: null,
            isLoading: false,
        });
        useSetupAction({
            rootRef: this.root,
            getLocalState: () => ({ who: this.state.who }),
        });
        onWillStart(() => {
            // drawn at once: the cards come when they are there
            this.load();
        });
    }

    get display() {
        return { controlPanel: {} };
    }

    get sections() {
        return this.state.home.sections;
    }

    get date() {
        return deserializeDate(this.state.home.today).toLocaleString(DateTime.DATE_HUGE);
    }

    // --- STATE

    async load() {
        const { who } = this.state;
        this.state.isLoading = true;
        this.props.updateActionState?.({ who: who === "me" ? undefined : who });
        try {
            const request = this.orm.call("crm.sales.home", "get_home", [who]);
            this.state.home = await this.keepLast.add(request);
            this.state.error = null;
        } catch (error) {
            this.state.home = null;
            this.state.error = this.getErrorMessage(error);
            if (!isForUser(error)) {
                throw error; // what has failed, is told by the host
            }
        } finally {
            this.state.isLoading = false;
        }
    }

    /** What is told in place. */
    getErrorMessage(error) {
        return isForUser(error) ? error.data.message : _t("This page could not be loaded.");
    }

    // --- TEXTS

    getAmount(amount) {
        return formatMonetary(amount, {
            currencyId: this.state.home.currency_id,
            digits: [16, 0],
        });
    }

    getFigure(section) {
        if (section.amount === undefined) {
            return section.count;
        }
        return formatMonetary(section.amount, {
            currencyId: this.state.home.currency_id,
            humanReadable: true,
        });
    }

    /** The hour of what is today, the day of everything else. */
    getDate(row) {
        if (!row.date) {
            return "";
        }
        const isDay = row.date.length === 10;
        const moment = isDay ? deserializeDate(row.date) : deserializeDateTime(row.date, { tz: user.tz });
        if (!isDay && moment.toISODate() === this.state.home.today) {
            return moment.toLocaleString(DateTime.TIME_SIMPLE);
        }
        return toLocaleDateString(moment);
    }

    getLateness(row) {
        return row.days_late === 1 ? _t("1 day late") : _t("%s days late", row.days_late);
    }

    getTone(section) {
        return section.count && section.tone ? `text-${section.tone}` : "";
    }

    getMore(section) {
        return _t("Show All (%s)", section.count);
    }

    hasMore(section) {
        return section.has_more ?? section.rows.length < section.count;
    }

    // --- EVENTS

    setWho(who) {
        this.state.who = who;
        return this.load();
    }

    goTo(section) {
        const card = this.root.el.querySelector(`[data-section="${section.key}"]`);
        card.scrollIntoView({ behavior: "smooth", block: "start" });
        card.querySelector("button, a")?.focus({ preventScroll: true });
    }

    async open(section, row) {
        if (row?.id) {
            return this.action.doAction({
                type: "ir.actions.act_window",
                res_model: row.model,
                res_id: row.id,
                views: [[false, "form"]],
            });
        }
        const action = await this.orm.call("crm.sales.home", "open_section", [
            this.state.home.who,
            section.key,
            row?.key || false,
        ]);
        return this.action.doAction(action);
    }

    logTouch() {
        return this.action.doAction("crm_service.crm_sales_activity_log_action", {
            onClose: () => this.load(),
        });
    }
}

registry.category("actions").add("crm_service.sales_home", SalesHome);

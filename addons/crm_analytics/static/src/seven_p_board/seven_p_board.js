import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { PageBlocks, PageFigures } from "@crm_service/page/page_blocks";
import { router } from "@web/core/browser/router";
import {
    deserializeDate,
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RefreshProgress } from "../refresh_progress/refresh_progress";
import { SevenPRadar } from "./seven_p_radar";

const MODEL = "crm.seven.p.board";
const USER_ERRORS = [
    "odoo.exceptions.UserError",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
];
const REPORTS = {
    customer: "crm_analytics.crm_seven_p_report_customer_action",
    segment: "crm_analytics.crm_seven_p_report_segment_action",
    company: "crm_analytics.crm_seven_p_report_company_action",
};
const MARKS = ["segment", "company", "last_year"];

/**
 * Draws the dictionary of `crm.seven.p.board`: the 7 P of a customer, a segment or the
 * company. What is shown is kept in the URL (`seven_p`), so a link or a reload shows
 * the same board.
 */
export class SevenPBoard extends Component {
    static template = "crm_analytics.SevenPBoard";
    static components = { Layout, PageBlocks, PageFigures, RefreshProgress, SevenPRadar };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        Object.assign(this, this.getInitialScope());
        this.state = useState({
            board: null,
            error: null,
            isLoading: false,
            isRefreshing: false,
            askedCount: 0,
            segmentId: false,
            explanations: {},
        });
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => ({ scope: this.scope, id: this.id }),
        });
        onWillStart(() => {
            this.load();
        });
    }

    get display() {
        return { controlPanel: {} };
    }

    // --- STATE

    getInitialScope() {
        const { params, context } = this.props.action;
        const known = this.props.state || (params?.scope && params) || (context?.scope && context);
        if (known) {
            return { scope: known.scope, id: known.id || false };
        }
        const [scope, id] = String(router.current.seven_p || "company").split("-");
        return { scope: scope in REPORTS ? scope : "company", id: Number(id) || false };
    }

    async load() {
        this.state.isLoading = true;
        this.state.explanations = {};
        this.props.updateActionState?.({
            seven_p: this.id ? `${this.scope}-${this.id}` : this.scope,
        });
        try {
            const request = this.orm.call(MODEL, "get_board", [
                this.scope,
                this.id,
                false,
                this.state.segmentId,
            ]);
            const board = await this.keepLast.add(request);
            this.state.board = board;
            this.state.error = null;
            this.env.config.setDisplayName?.(_t("7 P: %s", board.title));
        } catch (error) {
            this.state.board = null;
            this.state.error = this.getErrorMessage(error);
        } finally {
            this.state.isLoading = false;
        }
    }

    /** What the user can understand is told in place; the rest is the host's. */
    getErrorMessage(error) {
        if (error instanceof RPCError && USER_ERRORS.includes(error.exceptionName)) {
            return error.data.message;
        }
        throw error;
    }

    // --- WHAT IS SHOWN

    get refreshedAt() {
        const { refreshed_at } = this.state.board;
        return (
            refreshed_at &&
            toLocaleDateTimeString(deserializeDateTime(refreshed_at), { showSeconds: false })
        );
    }

    /** Of when the means and totals are, where they are not read now. */
    get keptAt() {
        const { kept_at } = this.state.board;
        return (
            kept_at &&
            toLocaleDateTimeString(deserializeDateTime(kept_at), { showSeconds: false })
        );
    }

    getDay(day) {
        return day ? toLocaleDateString(deserializeDate(day)) : "";
    }

    get radarSummary() {
        return this.state.board.parts
            .map((part) => `${part.label}: ${part.score ?? _t("not known")}`)
            .join(", ");
    }

    /** The lines beside the bar of a part: segment, company, a year ago. */
    getMarks(part) {
        return this.state.board.series
            .filter((line) => MARKS.includes(line.key) && Number.isInteger(part[line.key]))
            .map((line) => ({ ...line, value: part[line.key] }));
    }

    getTone(score) {
        if (score === null || score === undefined) {
            return "";
        }
        return score >= 67 ? "bg-success" : score >= 34 ? "bg-warning" : "bg-danger";
    }

    getChange(change) {
        if (!Number.isInteger(change)) {
            return "";
        }
        return change > 0 ? `+${change}` : String(change);
    }

    // --- EVENTS

    async toggleExplanation(part) {
        const { explanations } = this.state;
        if (explanations[part]) {
            delete explanations[part];
            return;
        }
        explanations[part] = await this.orm.call(MODEL, "get_explanation", [
            this.scope,
            part,
            this.id,
        ]);
    }

    onSegmentChange(ev) {
        this.state.segmentId = Number(ev.target.value) || false;
        return this.load();
    }

    async refresh() {
        this.state.isRefreshing = true;
        try {
            const told = await this.orm.call(MODEL, "refresh", [this.state.board.company.id]);
            // the board reads itself again; nothing else is to be read
            await this.action.doAction({ ...told, params: { ...told.params, next: undefined } });
            this.state.askedCount += 1;
            await this.load();
        } finally {
            this.state.isRefreshing = false;
        }
    }

    get onDrill() {
        return (name) => this.drill(name);
    }

    async drill(name) {
        const action = await this.orm.call(MODEL, "open_drill", [this.scope, name, this.id]);
        return this.action.doAction(action);
    }

    openRecord() {
        const { model, id } = this.state.board;
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    print() {
        const { scope, id } = this.state.board;
        return this.action.doAction(REPORTS[scope], {
            additionalContext: { active_ids: [id], active_id: id },
        });
    }
}

registry.category("actions").add("crm_analytics.seven_p_board", SevenPBoard);

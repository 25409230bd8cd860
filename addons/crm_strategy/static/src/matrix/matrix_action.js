import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import {
    deserializeDate,
    deserializeDateTime,
    serializeDate,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { download } from "@web/core/network/download";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Matrix } from "./matrix";

const USER_ERRORS = [
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.AccessError",
];

/**
 * Shows the grid of one model that inherits `crm.matrix`, named by the action's
 * params (`matrix_model`), with its filters, measures, drill-down and export.
 *
 * What the user chose is kept when he comes back by the breadcrumb, and in the
 * URL (key `grid`), so that a link or a reload shows the same grid.
 */
export class MatrixAction extends Component {
    static template = "crm_strategy.MatrixAction";
    static components = { DateTimeInput, Layout, Matrix };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        const { params, context } = this.props.action;
        this.model = params?.matrix_model || context?.matrix_model;
        this.state = useState({
            payload: null,
            chosen: {},
            measure: null,
            error: null,
            isLoading: false,
            ...this.getInitialState(),
        });
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => ({ chosen: { ...this.state.chosen }, measure: this.state.measure }),
        });
        onWillStart(() => this.load());
    }

    get display() {
        return { controlPanel: {} };
    }

    get measure() {
        const { measures } = this.state.payload;
        return measures.find((m) => m.key === this.state.measure) || measures[0];
    }

    get filters() {
        return (this.state.payload?.filters || []).map((filter) => ({
            ...filter,
            id: `o_crm_matrix_filter_${filter.key}`,
            value: this.state.chosen[filter.key] ?? filter.value,
        }));
    }

    get computedAt() {
        const instant = deserializeDateTime(this.state.payload.computed_at);
        return toLocaleDateTimeString(instant, { tz: user.tz });
    }

    // --- STATE

    getInitialState() {
        if (this.props.state) {
            return this.props.state;
        }
        const { action } = this.props;
        if ([action.path, action.id].includes(router.current.action)) {
            try {
                const kept = JSON.parse(router.current.grid || "{}");
                if (kept.model === this.model) {
                    return { chosen: kept.chosen || {}, measure: kept.measure };
                }
            } catch {
                // a broken link shows the grid with its defaults
            }
        }
        return { chosen: { ...action.context?.matrix_params } };
    }

    keepInUrl() {
        const { chosen, measure } = this.state;
        const isChanged = measure || Object.keys(chosen).length;
        this.props.updateActionState?.({
            grid: isChanged ? JSON.stringify({ model: this.model, chosen, measure }) : undefined,
        });
    }

    async load() {
        this.state.isLoading = true;
        this.keepInUrl();
        try {
            const request = this.orm.call(this.model, "get_matrix", [this.state.chosen]);
            this.state.payload = await this.keepLast.add(request);
            this.state.error = null;
        } catch (error) {
            this.state.error = this.getErrorMessage(error);
        } finally {
            this.state.isLoading = false;
        }
    }

    /** What the user can put right is told in place; the rest is the host's. */
    getErrorMessage(error) {
        if (error instanceof RPCError && USER_ERRORS.includes(error.exceptionName)) {
            return error.data.message;
        }
        throw error;
    }

    // --- EVENTS

    setFilter(filter, value) {
        this.state.chosen = { ...this.state.chosen, [filter.key]: value };
        return this.load();
    }

    onSelectionChange(filter, ev) {
        return this.setFilter(filter, filter.choices[ev.target.value][0]);
    }

    /** An emptied date goes back to its default. */
    onDateChange(filter, date) {
        return this.setFilter(filter, date ? serializeDate(date) : null);
    }

    getDate(value) {
        return value ? deserializeDate(value) : false;
    }

    resetFilters() {
        this.state.chosen = {};
        return this.load();
    }

    setMeasure(measure) {
        this.state.measure = measure.key;
        this.keepInUrl();
    }

    async openCell({ rowKey, columnKey }) {
        const action = await this.orm.call(this.model, "open_cell", [
            this.state.chosen,
            rowKey,
            columnKey,
            this.measure.key,
        ]);
        return this.action.doAction(action);
    }

    openNextStep() {
        return this.action.doAction(this.state.payload.empty.action);
    }

    exportXlsx() {
        return download({
            url: "/crm_strategy/matrix/xlsx",
            data: { model: this.model, params: JSON.stringify(this.state.chosen) },
        });
    }
}

registry.category("actions").add("crm_strategy.matrix_action", MatrixAction);

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import {
    formatFloat,
    formatInteger,
    formatMonetary,
    formatPercentage,
} from "@web/views/fields/formatters";

/**
 * A two-way grid: rows, columns, one measure at a time, totals, heat colours.
 *
 * Purely presentational: it shows the payload of `crm.matrix.get_matrix` and
 * tells its parent which cell was chosen. A key that is null means a total.
 */
export class Matrix extends Component {
    static template = "crm_strategy.Matrix";
    static props = {
        payload: Object,
        measure: { type: String, optional: true },
        onCellClick: { type: Function, optional: true },
    };

    get measure() {
        const { measures } = this.props.payload;
        return measures.find((m) => m.key === this.props.measure) || measures[0];
    }

    getTable() {
        const { payload } = this.props;
        const peak = this.peak;
        const rows = payload.rows.map((row) => ({
            ...row,
            cells: payload.columns.map((column) =>
                this.makeCell(payload.cells[`${row.key}|${column.key}`], row, column, peak)
            ),
            total: this.makeCell(payload.row_totals[row.key], row, null),
        }));
        const totals = payload.columns.map((column) =>
            this.makeCell(payload.column_totals[column.key], null, column)
        );
        return { rows, totals, total: this.makeCell(payload.total, null, null) };
    }

    /** The highest figure of the active measure: the darkest cell. */
    get peak() {
        const cells = Object.values(this.props.payload.cells);
        return Math.max(0, ...cells.map((cell) => cell[this.measure.key] || 0));
    }

    makeCell(data, row, column, peak = 0) {
        const { measures } = this.props.payload;
        const value = data?.[this.measure.key];
        const isEmpty = !data || measures.every((measure) => !data[measure.key]);
        const cell = {
            key: `${row ? row.key : ""}|${column ? column.key : ""}`,
            rowKey: row ? row.key : null,
            columnKey: column ? column.key : null,
            text: isEmpty ? "–" : this.format(value || 0, this.measure),
            isEmpty,
            label: data?.label,
            icon: { good: "fa-caret-up", bad: "fa-caret-down" }[data?.tone],
        };
        if (data && peak) {
            Object.assign(cell, this.getColours(data, value, peak));
        }
        const figures = isEmpty
            ? [_t("none")]
            : measures.map((m) => `${m.label}: ${this.format(data[m.key] || 0, m)}`);
        cell.hint = [
            row ? row.label : _t("Total"),
            column ? column.label : _t("Total"),
            ...[cell.label, data?.hint, this.getToneLabel(data?.tone), ...figures].filter(Boolean),
        ].join(" · ");
        return cell;
    }

    /**
     * Small figures stay visible beside a few large ones: the shade grows with
     * the square root. A colour given by the server keeps a base shade.
     */
    getColours(data, value, peak) {
        const heat = Math.sqrt(Math.max(0, value || 0) / peak);
        if (Number.isInteger(data.color)) {
            return {
                class: `o_crm_matrix_color_${data.color % 12}`,
                style: `--CrmMatrix-shade: ${(0.15 + 0.3 * heat).toFixed(3)}`,
            };
        }
        return {
            class: `o_crm_matrix_${data.tone || "heat"}`,
            style: `--CrmMatrix-shade: ${(0.42 * heat).toFixed(3)}`,
        };
    }

    getToneLabel(tone) {
        return tone && this.props.payload.legend?.find((item) => item.tone === tone)?.label;
    }

    format(value, measure) {
        switch (measure.type) {
            case "monetary":
                return formatMonetary(value, { currencyId: measure.currency_id });
            case "percent":
                return formatPercentage(value, { digits: [16, 1] });
            case "float":
                return formatFloat(value, { digits: [16, 1] });
            default:
                return formatInteger(value);
        }
    }

    onCellClick(cell) {
        this.props.onCellClick?.({ rowKey: cell.rowKey, columnKey: cell.columnKey });
    }
}

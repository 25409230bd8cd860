import { Component } from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";

const TONES = {
    good: "text-success",
    bad: "text-danger",
    warn: "text-warning-emphasis",
    info: "text-info-emphasis",
    muted: "text-muted",
};
const BADGES = {
    good: "text-bg-success",
    bad: "text-bg-danger",
    warn: "text-bg-warning",
    info: "text-bg-info",
};

/** What a cell of `tools/page_blocks.py` says, in the reader's language. */
export function formatCell(cell) {
    const { value, type } = cell;
    if (value === false || value === null || value === undefined) {
        return "";
    }
    switch (type) {
        case "monetary":
            return formatMonetary(value, { currencyId: cell.currency_id });
        case "integer":
            return formatInteger(value);
        case "float":
            return formatFloat(value, { digits: [16, 2], trailingZeros: false });
        case "percent":
            return _t("%s%%", value);
        case "date":
            return toLocaleDateString(deserializeDate(value));
        case "datetime":
            return toLocaleDateTimeString(deserializeDateTime(value), { showSeconds: false });
        default:
            return String(value);
    }
}

/** One value, with a small note below, a link to its record, a colour. */
export class PageCell extends Component {
    static template = "crm_service.PageCell";
    static props = { cell: Object };

    setup() {
        this.action = useService("action");
    }

    get text() {
        return formatCell(this.props.cell);
    }

    get note() {
        const { note } = this.props.cell;
        return note && typeof note === "object" ? formatCell(note) : note || "";
    }

    get tone() {
        return TONES[this.props.cell.tone] || "";
    }

    get badge() {
        return BADGES[this.props.cell.tone] || "text-bg-light border";
    }

    get href() {
        const { type, value } = this.props.cell;
        return type === "phone" ? `tel:${value}` : `mailto:${value}`;
    }

    open() {
        const { res_model, res_id, action } = this.props.cell;
        if (action) {
            return this.action.doAction(action);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model,
            res_id,
            views: [[false, "form"]],
        });
    }
}

/** The blocks of a section: figures, facts, tags, text, table. */
export class PageBlocks extends Component {
    static template = "crm_service.PageBlocks";
    static components = { PageCell };
    static props = {
        blocks: Array,
        onDrill: { type: Function, optional: true },
    };

    getBadge(tag) {
        return BADGES[tag.tone] || "text-bg-light border";
    }

    getMore(block) {
        return block.more ? _t("All %s", formatInteger(block.count)) : _t("Show All");
    }
}

/** Figures beside each other; one with something behind it is a button. */
export class PageFigures extends Component {
    static template = "crm_service.PageFigures";
    static components = { PageCell };
    static props = {
        figures: Array,
        onDrill: { type: Function, optional: true },
    };
}
PageBlocks.components.PageFigures = PageFigures;

import { Component, onMounted, onPatched, onWillUnmount, useRef, useState } from "@odoo/owl";
import { deserializeDate, deserializeDateTime, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { formatMonetary } from "@web/views/fields/formatters";

const GAP = 32; // between two columns, as in the style sheet
const LANE = 8; // between two lines that pass below the same boxes

/** Where a line can pass below the boxes, or columns, that stand between two boxes. */
export function getLane(from, to, boxes) {
    let lane = null;
    for (const box of boxes) {
        if (box.left >= from.right && box.right <= to.left) {
            lane = Math.max(lane ?? box.bottom, box.bottom);
        }
    }
    return lane;
}

/** The room that the boxes of a column take up together. */
export function getExtent(boxes) {
    return boxes.reduce((extent, box) => ({
        left: Math.min(extent.left, box.left),
        right: Math.max(extent.right, box.right),
        top: Math.min(extent.top, box.top),
        bottom: Math.max(extent.bottom, box.bottom),
    }));
}

/**
 * The path of a line between two boxes: to the box on the right or on the left,
 * or by a bracket beside a box of the same column. With a `lane` it passes there,
 * so that it does not seem to come from a box in between.
 */
export function getLinkPath(from, to, lane = null) {
    const y1 = (from.top + from.bottom) / 2;
    const y2 = (to.top + to.bottom) / 2;
    if (lane !== null) {
        const [x1, x2, half] = [from.right, to.left, GAP / 2];
        return (
            `M ${x1} ${y1} C ${x1 + half} ${y1} ${x1 + half} ${lane} ${x1 + GAP} ${lane} ` +
            `H ${x2 - GAP} C ${x2 - half} ${lane} ${x2 - half} ${y2} ${x2} ${y2}`
        );
    }
    let x1, x2, bend;
    if (to.left >= from.right) {
        [x1, x2] = [from.right, to.left];
        bend = (x1 + x2) / 2;
    } else if (to.right <= from.left) {
        [x1, x2] = [from.left, to.right];
        bend = (x1 + x2) / 2;
    } else {
        [x1, x2] = [from.left, to.left];
        bend = Math.min(x1, x2) - 16;
    }
    return `M ${x1} ${y1} C ${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`;
}

/**
 * Draws the payload of `crm.document.flow.get_flow` from left to right and tells
 * its parent which document was chosen. On a phone the columns stand one below
 * the other, without lines.
 */
export class DocumentFlow extends Component {
    static template = "crm_strategy.DocumentFlow";
    static props = {
        payload: Object,
        onOpen: { type: Function, optional: true },
        onShowAll: { type: Function, optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({ lines: [], width: 0, height: 0 });
        this.observer = new ResizeObserver(() => this.draw());
        onMounted(() => {
            this.observer.observe(this.root.el);
            this.draw();
        });
        onPatched(() => this.draw());
        onWillUnmount(() => this.observer.disconnect());
    }

    // --- LINES

    draw() {
        const root = this.root.el;
        if (!root) {
            return;
        }
        const origin = root.getBoundingClientRect();
        const boxes = {};
        for (const el of root.querySelectorAll("[data-node]")) {
            const rect = el.getBoundingClientRect();
            boxes[el.dataset.node] = {
                left: Math.round(rect.left - origin.left),
                right: Math.round(rect.right - origin.left),
                top: Math.round(rect.top - origin.top),
                bottom: Math.round(rect.bottom - origin.top),
            };
        }
        const nodes = this.nodes;
        // with hundreds of boxes: a line looks at the columns, not at every box
        const columns = this.props.payload.columns
            .map((column) => column.nodes.map((node) => boxes[node.key]).filter(Boolean))
            .filter((column) => column.length)
            .map(getExtent);
        let passing = 0;
        const lines = this.props.payload.links
            .filter(([source, target]) => boxes[source] && boxes[target])
            .map(([source, target]) => {
                const [from, to] = [boxes[source], boxes[target]];
                let lane = getLane(from, to, columns);
                if (lane !== null) {
                    passing += 1;
                    lane += LANE * passing;
                }
                return {
                    key: `${source}-${target}`,
                    path: getLinkPath(from, to, lane),
                    isOther: nodes[source].is_other || nodes[target].is_other,
                };
            });
        const drawn = { lines, width: root.scrollWidth, height: root.scrollHeight };
        // assigned only if changed, since a change draws again
        if (JSON.stringify(drawn) !== JSON.stringify(this.drawn)) {
            this.drawn = drawn;
            Object.assign(this.state, drawn);
        }
    }

    /** The nodes by key; worked out once for each payload, as are the sources. */
    get nodes() {
        return this.index.nodes;
    }

    get sources() {
        return this.index.sources;
    }

    get index() {
        const { payload } = this.props;
        if (this.indexed?.payload !== payload) {
            const nodes = payload.columns.flatMap((column) => column.nodes);
            const sources = {};
            for (const [source, target] of payload.links) {
                (sources[target] ||= []).push(source);
            }
            this.indexed = {
                payload,
                nodes: Object.fromEntries(nodes.map((node) => [node.key, node])),
                sources,
            };
        }
        return this.indexed;
    }

    // --- TEXTS

    getAmount(amount, currencyId) {
        return currencyId ? formatMonetary(amount, { currencyId }) : "";
    }

    getDate(node) {
        if (!node.date) {
            return "";
        }
        if (node.date_type === "datetime") {
            return toLocaleDateString(deserializeDateTime(node.date, { tz: user.tz }));
        }
        return toLocaleDateString(deserializeDate(node.date));
    }

    /** What a screen reader says: the box, and what it comes from. */
    getHint(node) {
        const { nodes } = this;
        const sources = (this.sources[node.key] || []).map(
            (source) => nodes[source].name || nodes[source].label
        );
        const texts = node.is_readable
            ? [node.name, this.getDate(node), node.state, this.getAmount(node.amount, node.currency_id)]
            : [_t("You may not see this document.")];
        return [
            node.label,
            ...texts,
            node.is_current && _t("You came from here"),
            node.is_other && _t("Belongs to another chain"),
            sources.length && _t("Follows from %s", sources.join(", ")),
        ]
            .filter(Boolean)
            .join(" · ");
    }

    getShowAllLabel(column) {
        return _t("Show all %(count)s: %(label)s", { count: column.count, label: column.label });
    }

    getColumnLabel(column) {
        return `${column.label} (${column.count})`;
    }
}

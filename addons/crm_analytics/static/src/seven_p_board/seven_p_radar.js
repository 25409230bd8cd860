import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/** As the marks beside the bars, see `seven_p_board.scss`. */
const COLORS = { own: "#714b67", segment: "#6f42c1", company: "#495057", last_year: "#0d6efd" };

/** The scores of the seven P as a radar: one line per series. */
export class SevenPRadar extends Component {
    static template = "crm_analytics.SevenPRadar";
    static props = { parts: Array, series: Array, summary: String };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.draw();
            },
            () => [this.props.parts, this.props.series]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    draw() {
        this.chart?.destroy();
        const { parts, series } = this.props;
        const datasets = series.map((line) => {
            const color = COLORS[line.key];
            const isOwn = line.key === "own";
            return {
                label: line.label,
                data: parts.map((part) => part[isOwn ? "score" : line.key]),
                borderColor: color,
                backgroundColor: isOwn ? `${color}33` : "transparent",
                borderWidth: isOwn ? 3 : 1.5,
                borderDash: isOwn ? [] : [4, 3],
                pointRadius: isOwn ? 3 : 2,
                spanGaps: true,
            };
        });
        // eslint-disable-next-line no-undef
        this.chart = new Chart(this.canvas.el, {
            type: "radar",
            data: { labels: parts.map((part) => part.label), datasets },
            options: {
                animation: false,
                maintainAspectRatio: false,
                scales: { r: { min: 0, max: 100, ticks: { stepSize: 25, showLabelBackdrop: false } } },
                plugins: { legend: { position: "bottom" } },
            },
        });
    }
}

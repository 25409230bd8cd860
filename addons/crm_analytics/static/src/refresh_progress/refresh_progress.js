import { Component, onWillDestroy, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PAUSE = 2000;

/**
 * Shows how far the refresh of a company is that somebody asked for, and calls `onDone`
 * at its end. It looks again when `asked` changes.
 */
export class RefreshProgress extends Component {
    static template = "crm_analytics.RefreshProgress";
    static defaultProps = { model: "crm.rfm.policy" };
    static props = {
        companyId: Number,
        model: { type: String, optional: true },
        asked: { optional: true },
        onDone: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ refresh: null });
        onWillStart(() => {
            this.poll(this.props.companyId);
        });
        onWillUpdateProps((next) => {
            if (next.asked !== this.props.asked || next.companyId !== this.props.companyId) {
                this.poll(next.companyId);
            }
        });
        onWillDestroy(() => browser.clearTimeout(this.timer));
    }

    get isBusy() {
        const { refresh } = this.state;
        return Boolean(refresh && (refresh.asked || refresh.running));
    }

    get text() {
        const { running, percent } = this.state.refresh;
        return running ? _t("Refreshing: %s", `${percent} %`) : _t("The refresh begins soon.");
    }

    async poll(companyId) {
        browser.clearTimeout(this.timer);
        const wasBusy = this.isBusy;
        try {
            const request = this.orm.silent.call(this.props.model, "get_refresh", [companyId]);
            this.state.refresh = await this.keepLast.add(request);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
        if (this.isBusy) {
            browser.clearTimeout(this.timer);
            this.timer = browser.setTimeout(() => this.poll(companyId), PAUSE);
        } else if (wasBusy) {
            await this.props.onDone();
        }
    }
}

/** The same on the form of the rules of a company. */
export class RefreshProgressWidget extends Component {
    static template = "crm_analytics.RefreshProgressWidget";
    static components = { RefreshProgress };
    static props = { ...standardWidgetProps };

    get companyId() {
        return this.props.record.data.company_id.id;
    }

    get model() {
        return this.props.record.resModel;
    }

    get asked() {
        return this.props.record.data.asked_at?.ts || false;
    }

    /** What somebody is typing stays. */
    async reload() {
        const { record } = this.props;
        if (!(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("crm_refresh_progress", {
    component: RefreshProgressWidget,
    fieldDependencies: [
        { name: "company_id", type: "many2one" },
        { name: "asked_at", type: "datetime" },
    ],
});

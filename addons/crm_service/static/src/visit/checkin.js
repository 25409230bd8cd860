import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";

/** Keeps where the visitor is, once he consents and his browser tells it. */
export class VisitCheckin extends Component {
    static template = "crm_service.VisitCheckin";
    static props = { ...standardWidgetProps };

    setup() {
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.orm = useService("orm");
    }

    onClick() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Check In Here?"),
            body: _t(
                "Your current position will be kept with this visit and will be visible to everybody who may see the visit. You can remove it again, and withdraw your consent in your preferences."
            ),
            confirmLabel: _t("I Consent"),
            confirm: () => this.checkIn(),
            cancel: () => {},
        });
    }

    async checkIn() {
        let position;
        try {
            position = await this.getPosition();
        } catch {
            this.notification.add(
                _t("Your browser does not share your location. Allow it to do so, then try again."),
                { type: "warning" }
            );
            return;
        }
        const { latitude, longitude } = position.coords;
        const record = this.props.record;
        if (!(await record.save())) {
            return;
        }
        await this.orm.call("crm.sales.activity", "action_check_in", [
            [record.resId],
            latitude,
            longitude,
            true,
        ]);
        await record.load();
    }

    getPosition() {
        return new Promise((resolve, reject) => {
            if (!navigator.geolocation) {
                reject(new Error("no geolocation"));
                return;
            }
            navigator.geolocation.getCurrentPosition(resolve, reject, {
                enableHighAccuracy: true,
                timeout: 15000,
            });
        });
    }
}

registry.category("view_widgets").add("crm_visit_checkin", { component: VisitCheckin });

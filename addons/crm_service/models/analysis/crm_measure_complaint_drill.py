from odoo import models
from odoo.fields import Domain


class CrmMeasure(models.Model):
    """The complaints behind the measures of complaints."""

    _inherit = "crm.measure"

    def _drill_complaints(self, company, date_from, date_to):
        """The complaints received in these days."""
        return self._open_complaints(self._get_received(company, date_from, date_to))

    def _drill_complaint_rate(self, company, date_from, date_to):
        """The complaints received: the numerator of the rate."""
        return self._drill_complaints(company, date_from, date_to)

    def _drill_complaint_cost(self, company, date_from, date_to):
        """The analysis of the complaints received, with what they cost."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_complaint_report_action"
        )
        domain = self._get_received(company, date_from, date_to)
        return {**action, "domain": list(domain), "context": {"create": False}}

    def _drill_complaint_reply_hours(self, company, date_from, date_to):
        """The complaints that had a first reply."""
        received = self._get_received(company, date_from, date_to)
        return self._open_complaints(received & Domain("date_replied", "!=", False))

    def _drill_complaint_resolution_hours(self, company, date_from, date_to):
        """The complaints whose customer was told."""
        received = self._get_received(company, date_from, date_to)
        return self._open_complaints(received & Domain("date_told", "!=", False))

    def _drill_complaint_promises(self, company, date_from, date_to):
        """The complaints of which a promise was judged."""
        judged = Domain.OR(
            Domain(f"{name}_state", "in", ("kept", "broken", "late"))
            for name in ("reply", "decision", "resolution")
        )
        received = self._get_received(company, date_from, date_to)
        return self._open_complaints(received & judged)

    def _drill_complaint_open_internal(self, company, _date_from, date_to):
        """The complaints that were open with us at the end of these days."""
        after = self._get_end(company, date_to)
        with_us = (
            Domain("date_told", "=", False)
            | Domain("date_told", ">=", after)
            | Domain("date_confirmed", "<", after)
        )
        return self._open_complaints(self._get_open(company, after) & with_us)

    def _drill_complaint_open_customer(self, company, _date_from, date_to):
        """The complaints that the customer had not confirmed at their end."""
        after = self._get_end(company, date_to)
        with_him = Domain("date_told", "<", after) & (
            Domain("date_confirmed", "=", False) | Domain("date_confirmed", ">=", after)
        )
        return self._open_complaints(self._get_open(company, after) & with_him)

    def _drill_complaint_recovery(self, company, date_from, date_to):
        """The kept figures of these months."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_complaint_recovery_action"
        )
        domain = [
            ("company_id", "=", company.id),
            ("date", ">=", date_from),
            ("date", "<=", date_to),
        ]
        return {**action, "domain": domain, "context": {}}

    def _get_end(self, company, date_to):
        return self.env["crm.sale.fact"]._get_utc_bounds(company, date_to, date_to)[1]

    def _get_open(self, company, after):
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "!=", "cancelled")
            & Domain("date_received", "<", after)
            & (Domain("date_closed", "=", False) | Domain("date_closed", ">=", after))
        )

    def _get_received(self, company, date_from, date_to):
        begin, after = self.env["crm.sale.fact"]._get_utc_bounds(
            company, date_from, date_to
        )
        return (
            Domain("company_id", "=", company.id)
            & Domain("type", "=", "complaint")
            & Domain("state", "!=", "cancelled")
            & Domain("date_received", ">=", begin)
            & Domain("date_received", "<", after)
        )

    def _open_complaints(self, domain):
        """Open the complaints; an analyst, who does not read them, gets their rows."""
        can_read = self.env["crm.complaint"].has_access("read")
        name = "crm_complaint_action" if can_read else "crm_complaint_report_action"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(f"crm_service.{name}"),
            "domain": list(domain),
            "context": {"create": False},
        }

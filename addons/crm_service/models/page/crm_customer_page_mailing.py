from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

MODEL = "mailing.trace"
#: Documents through which a mailing reaches a customer, besides his address
DOCUMENTS = ("crm.lead", "sale.order")


class CrmCustomerPage(models.AbstractModel):
    """Mailings on the timeline, with those of campaigns, if the host sends mailings.

    Whoever may read the customer sees what was sent to him, when, and whether it was
    opened; only people who work with mailings can open more.
    """

    _inherit = "crm.customer.page"

    @api.model
    def _get_timeline_filters(self):
        filters = super()._get_timeline_filters()
        if MODEL not in self.env:
            return filters
        return [*filters, {"key": "mailing", "label": self.env._("Mailings")}]

    @api.model
    def _get_timeline_sources(self, scope):
        sources = super()._get_timeline_sources(scope)
        if MODEL not in self.env:
            return sources
        return [*sources, self._get_mailing_source(scope)]

    @api.model
    def _get_mailing_source(self, scope):
        return {
            "key": "mailing",
            "filter": "mailing",
            "label": self.env._("Mailing"),
            "icon": "fa-envelope-o",
            "model": MODEL,
            "is_for_all": True,
            "domain": self._get_mailing_domain(scope),
            "moment": SQL("mailing_trace.sent_datetime"),
            "title": SQL(
                """(SELECT CONCAT_WS(': ', c.name, m.subject)
                      FROM mailing_mailing m
                 LEFT JOIN utm_campaign c ON c.id = m.campaign_id
                     WHERE m.id = mailing_trace.mass_mailing_id)"""
            ),
            "state": SQL("mailing_trace.trace_status"),
            "labels": self._get_state_labels(MODEL, "trace_status"),
            "tones": {
                "open": "good",
                "reply": "good",
                "bounce": "bad",
                "error": "bad",
                "cancel": "muted",
            },
        }

    @api.model
    def _get_mailing_domain(self, scope):
        """Return the domain of what was sent to the customer or to his contacts."""
        partners = self.env["res.partner"].browse(scope.partner_ids)
        partners = partners.sudo()  # style: CRM109 addresses of one customer
        sent = Domain("model", "=", "res.partner")
        sent &= Domain("res_id", "in", partners.ids)
        if emails := [email for email in partners.mapped("email_normalized") if email]:
            sent |= Domain("model", "=", "mailing.contact") & Domain(
                "email", "in", emails
            )
        for model_name in DOCUMENTS:
            documents = self.env[model_name].sudo()  # style: CRM109 ids of one customer
            query = documents.with_context(active_test=False)._search(
                [
                    ("partner_id", "in", partners.ids),
                    ("company_id", "in", [False, scope.company.id]),
                ]
            )
            sent |= Domain("model", "=", model_name) & Domain("res_id", "in", query)
        return sent & Domain("is_test_trace", "=", False)

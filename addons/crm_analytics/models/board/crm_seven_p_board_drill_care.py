from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSevenPBoard(models.AbstractModel):
    """Service, care, leads and outlook behind a figure, by the same conditions."""

    _inherit = "crm.seven.p.board"

    # --- DELIVERIES

    @api.model
    def _get_shipment_domain(self, asked, since, until):
        return (
            self._get_within(asked, "date_done", since, until)
            & Domain("sale_id.partner_id.commercial_partner_id", "=", asked.record.id)
            & Domain("picking_type_id.code", "=", "outgoing")
            & Domain("state", "=", "done")
        )

    @api.model
    def _get_delivery_domain(self, asked, since, until):
        return (
            asked.domain
            & Domain("date_delivered", ">=", since)
            & Domain("date_delivered", "<=", until)
        )

    # --- COMPLAINTS AND OPINIONS: documents or their rows in the analysis

    @api.model
    def _get_voice_domain(self, asked, since, until):
        return (
            self._get_within(asked, "date_received", since, until)
            & Domain("commercial_partner_id", "=", asked.record.id)
            & Domain("state", "!=", "cancelled")
        )

    @api.model
    def _get_complaint_domain(self, asked, since, until):
        voices = self._get_voice_domain(asked, since, until)
        return voices & Domain("type", "=", "complaint")

    @api.model
    def _get_opinion_domain(self, asked, since, until):
        """Return what is an opinion: those received, and answers to questionnaires."""
        return self._get_within(asked, "date", since, until) & Domain(
            "partner_id", "=", asked.record.id
        )

    @api.model
    def _get_open_complaint_domain(self, asked, _since, _until):
        return (
            Domain("company_id", "=", asked.company.id)
            & Domain("commercial_partner_id", "=", asked.record.id)
            & Domain("is_open", "=", True)
            & Domain("type", "=", "complaint")
        )

    @api.model
    def _get_answer_domain(self, asked, since, until):
        return self._get_within(asked, "date", since, until) & Domain(
            "commercial_partner_id", "=", asked.record.id
        )

    # --- SALES ACTIVITIES AND MAILINGS

    @api.model
    def _get_activity_domain(self, asked, since, until):
        return (
            self._get_within(asked, "date_start", since, until)
            & Domain("partner_id", "=", asked.record.id)
            & Domain("state", "=", "done")
        )

    @api.model
    def _get_touch_domain(self, asked, since, until):
        activities = self._get_activity_domain(asked, since, until)
        return activities & Domain("direction", "=", "out")

    @api.model
    def _get_response_domain(self, asked, since, until):
        touches = self._get_touch_domain(asked, since, until)
        return touches & Domain("outcome_id.is_reached", "=", True)

    @api.model
    def _get_outcome_domain(self, asked, since, until):
        touches = self._get_touch_domain(asked, since, until)
        return touches & Domain("outcome_id", "!=", False)

    @api.model
    def _get_sent_mailing_domain(self, asked, since, until):
        sources = self.env["crm.scorecard.source"]
        receivers = SQL(
            """SELECT v.trace_id FROM (%s) v
                 JOIN res_partner p ON p.id = v.partner_id
                WHERE p.commercial_partner_id = %s""",
            sources._receivers_sql(),
            asked.record.id,
        )
        start, end = self.env["crm.sale.fact"]._get_utc_bounds(
            asked.company, since, until
        )
        return (
            self._get_ids(receivers)
            & Domain("trace_status", "in", ["sent", "open", "reply"])
            & Domain("is_test_trace", "=", False)
            & Domain("sent_datetime", ">=", start)
            & Domain("sent_datetime", "<", end)
        )

    @api.model
    def _get_opened_mailing_domain(self, asked, since, until):
        sent = self._get_sent_mailing_domain(asked, since, until)
        return sent & Domain("trace_status", "in", ["open", "reply"])

    @api.model
    def _get_clicked_mailing_domain(self, asked, since, until):
        sent = self._get_sent_mailing_domain(asked, since, until)
        clicked = Domain("links_click_datetime", "!=", False)
        return sent & (clicked | Domain("trace_status", "=", "reply"))

    # --- WHO THE CUSTOMER IS

    @api.model
    def _get_customer_domain(self, asked, _since, _until):
        return Domain("id", "=", asked.record.id)

    @api.model
    def _get_contact_domain(self, asked, _since, _until):
        return (
            Domain("commercial_partner_id", "=", asked.record.id)
            & Domain("id", "!=", asked.record.id)
            & Domain("type", "=", "contact")
            & Domain("active", "=", True)
        )

    @api.model
    def _get_role_domain(self, asked, _since, until):
        return (
            Domain("partner_id.commercial_partner_id", "=", asked.record.id)
            & Domain("company_id", "in", [False, asked.company.id])
            & Domain("state", "=", "active")
            & Domain("date_from", "<=", until)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", until))
        )

    @api.model
    def _get_membership_domain(self, asked, _since, until):
        facts = self.env["crm.sale.fact"]
        _start, end = facts._get_utc_bounds(asked.company, until, until)
        return (
            Domain("partner_id.commercial_partner_id", "=", asked.record.id)
            & Domain("company_id", "in", [False, asked.company.id])
            & Domain("date_start", "<", end)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", end))
        )

    # --- LEADS

    @api.model
    def _get_lead_domain(self, asked):
        """Return the leads of the company, or of none, archived ones among them."""
        return (
            Domain("partner_id.commercial_partner_id", "=", asked.record.id)
            & Domain("company_id", "in", [False, asked.company.id])
            & Domain("active", "in", [True, False])
        )

    @api.model
    def _get_first_lead_domain(self, asked, _since, _until):
        day = self._get_own_row(asked, "profiling").first_contact_date
        if not day:
            return Domain.FALSE
        start, end = self.env["crm.sale.fact"]._get_utc_bounds(asked.company, day, day)
        return (
            self._get_lead_domain(asked)
            & Domain("create_date", ">=", start)
            & Domain("create_date", "<", end)
        )

    @api.model
    def _get_sourced_lead_domain(self, asked, _since, _until):
        source = self._get_own_row(asked, "profiling").source_id
        if not source:
            return Domain.FALSE
        return self._get_lead_domain(asked) & Domain("source_id", "=", source.id)

    @api.model
    def _get_opportunity_domain(self, asked, _since, _until):
        return (
            Domain("partner_id.commercial_partner_id", "=", asked.record.id)
            & Domain("company_id", "in", [False, asked.company.id])
            & Domain("active", "=", True)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending")
        )

    # --- OUTLOOK

    @api.model
    def _get_churn_sign_domain(self, asked, _since, _until):
        return Domain("company_id", "=", asked.company.id) & Domain("active", "=", True)

    @api.model
    def _get_lifetime_model_domain(self, asked, _since, _until):
        return Domain("id", "=", self._get_own_row(asked, "prospecting").model_id.id)

    @api.model
    def _get_supply_share_domain(self, asked, _since, _until):
        return asked.domain

    @api.model
    def _get_benchmark_domain(self, asked, _since, _until):
        """Return what a strong customer of his kind buys; else one of all customers."""
        company = Domain("company_id", "=", asked.company.id)
        scheme = asked.policy.potential_segmentation_id
        name, group = "industry_id", asked.record.industry_id
        if scheme:
            own = asked.record.segment_ids
            name = "segment_id"
            group = own.filtered(lambda s: s.segmentation_id == scheme).sorted("id")[:1]
        found = company & Domain(name, "=", group.id)
        if group and self.env["crm.potential.benchmark"].search_count(found, limit=1):
            return found
        return (
            company
            & Domain("segment_id", "=", False)
            & Domain("industry_id", "=", False)
        )

    @api.model
    def _get_white_space_domain(self, asked, since, until):
        """Return the categories that similar customers buy and this one does not."""
        sources = self.env["crm.scorecard.source"]
        return self._get_ids(
            SQL(
                """SELECT f.categ_id FROM (%(placed)s) m
                     JOIN (%(offers)s) f ON f.segment_id = m.segment_id
                    WHERE f.categ_id NOT IN (%(bought)s)""",
                placed=sources._placed_sql(asked.company, asked.record.ids),
                offers=sources._offers_sql(asked.company),
                bought=self._bought_categories_sql(asked, since, until),
            )
        )

    @api.model
    def _bought_categories_sql(self, asked, since, until) -> SQL:
        """Return the categories of the products of which he bought for an amount."""
        orders = self.env["crm.sale.fact"]._orders_sql(
            asked.company,
            until,
            asked.record.ids,
            since,
            columns=SQL(", COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate"),
        )
        return SQL(
            """SELECT t.categ_id
                 FROM (%s) o
                 JOIN sale_order_line l ON l.order_id = o.order_id
                 JOIN product_product p ON p.id = l.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id
                WHERE l.display_type IS NULL AND t.categ_id IS NOT NULL
             GROUP BY t.id
               HAVING SUM(l.price_subtotal / o.rate) > 0""",
            orders,
        )

    @api.model
    def _get_next_category_domain(self, asked, _since, _until):
        category = self._get_own_row(asked, "product").next_category_id
        return Domain("id", "=", category.id)

    @api.model
    def _get_campaign_lead_domain(self, asked, since, until):
        facts = self.env["crm.sale.fact"]
        start, end = facts._get_utc_bounds(asked.company, since, until)
        return (
            Domain("partner_id.commercial_partner_id", "=", asked.record.id)
            & Domain("company_id", "in", [False, asked.company.id])
            & Domain("create_date", ">=", start)
            & Domain("create_date", "<", end)
            & Domain("campaign_id", "!=", False)
            & Domain("active", "in", [True, False])
        )

    @api.model
    def _get_open_offer_domain(self, asked, _since, _until):
        return self._get_offer_domain(asked.company, asked.record)

from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import Source


class CrmScorecardSource(models.AbstractModel):
    """The churn tendency, from the card and from what happened around it."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            Source(
                key="churn",
                part="persistency",
                label=self.env._("Churn tendency"),
                columns=("churn_score", "churn_reason", "churn_reason_2"),
                method="_churn_sql",
                changed="_churn_changed_sql",
                prepare=("_prepare_bought", "_prepare_delivered"),
            ),
        ]

    @api.model
    def _churn_sql(self, company, window, customers) -> SQL:
        """Return the churn tendency of the customers who are active."""
        engine = self.env["crm.churn.engine"]
        cards = SQL(
            """SELECT customer_id, last_order_date, purchase_day_count,
                      interval_mean, interval_spread
                 FROM (%s) card WHERE active %s""",
            self._cards_sql(company, window),
            self._only_sql(customers, SQL("customer_id")),
        )
        if customers is None and not window.is_past:
            engine._keep_typical(company, window, cards)
        signs = engine._signs_sql(
            company,
            window.as_of,
            cards,
            customers,
            known={"years": self._years_sql(), "late": self._late_sql()},
            is_past=window.is_past,
        )
        return SQL(
            """SELECT customer_id, score AS churn_score, reason AS churn_reason,
                      reason_2 AS churn_reason_2
                 FROM (%s) scored""",
            engine._get_scores_sql(company, signs),
        )

    @api.model
    def _years_sql(self) -> SQL:
        """Return the orders of both years as the churn tendency compares them."""
        return SQL(
            """SELECT customer_id, recent_order_count AS recent_orders,
                      former_order_count AS former_orders,
                      recent AS recent_revenue, former AS former_revenue
                 FROM crm_scorecard_bought"""
        )

    @api.model
    def _late_sql(self) -> SQL:
        """Return the share of late deliveries as the churn tendency takes it."""
        return SQL(
            """SELECT customer_id,
                      100.0 * late_count::float8 / delivery_count AS late_share
                 FROM crm_scorecard_delivered"""
        )

    @api.model
    def _churn_changed_sql(self, company, since) -> SQL:
        """Return the customers of whom a complaint, an answer or a delivery changed."""
        return SQL(
            """SELECT commercial_partner_id AS customer_id FROM crm_complaint
                WHERE company_id = %(company)s AND write_date >= %(since)s
                  AND commercial_partner_id IS NOT NULL
                UNION
               SELECT commercial_partner_id FROM crm_satisfaction_score
                WHERE company_id = %(company)s AND write_date >= %(since)s
                UNION
               SELECT p.commercial_partner_id
                 FROM stock_picking k
                 JOIN sale_order o ON o.id = k.sale_id
                 JOIN res_partner p ON p.id = o.partner_id
                WHERE k.company_id = %(company)s AND k.state = 'done'
                  AND k.write_date >= %(since)s""",
            company=company.id,
            since=since,
        )

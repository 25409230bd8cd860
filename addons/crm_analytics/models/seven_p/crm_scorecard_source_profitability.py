from odoo import api, models
from odoo.tools import SQL, unique

from ...tools.seven_p import Source

#: beside the costs that there are
AMOUNTS = (
    "invoiced_revenue",
    "gross_margin",
    "discount_amount",
    "cost_to_serve",
    "contribution",
)
RATES = (
    "uncosted_share",
    "contribution_share",
    "value_creation_rate",
    "spending_tier",
    "abc_class",
)


class CrmScorecardSource(models.AbstractModel):
    """Profitability: see ``crm_scorecard_source_facts.py`` for the amounts."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        amounts = (*AMOUNTS, *self._get_cost_signs())
        return [
            *super()._get_sources(),
            Source(
                "profit",
                "profitability",
                self.env._("Orders and invoices"),
                (*amounts, *RATES),
                "_source_profit",
                changed="_changed_profit",
                zero=amounts,
                prepare=("_prepare_facts",),
            ),
        ]

    @api.model
    def _get_sources_of(self, part):
        """Profitability also has, or lacks, each kind of cost."""
        had, lacking = super()._get_sources_of(part)
        if part != "profitability":
            return had, lacking
        costs = self._get_costs_by_key().values()
        had += [cost for cost in costs if cost.method and cost.sign > 0]
        keys = {source.key for source in had}
        lacking += [c for c in costs if not c.method and c.key not in keys]
        return had, lacking

    @api.model
    def _source_profit(self, company, window, customers) -> SQL:
        """Every customer with a scorecard has a tier and a class."""
        policy = self.env["crm.profit.policy"]._ensure(company)
        return SQL(
            """SELECT s.customer_id, m.invoiced_revenue, m.gross_margin,
                      m.discount_amount,
                      ROUND(100 * m.uncosted / NULLIF(m.ordered, 0), 1)::float8
                          AS uncosted_share,
                      %(costs)s, m.cost_to_serve, m.contribution,
                      CASE WHEN b.total > 0 THEN ROUND(
                          100 * COALESCE(m.contribution, 0) / b.total, 4)::float8
                      END AS contribution_share,
                      CASE WHEN m.cost_to_serve > 0 THEN ROUND(
                          m.gross_margin / m.cost_to_serve, 2)::float8
                      END AS value_creation_rate,
                      %(tier)s AS spending_tier,
                      %(abc)s AS abc_class
                 FROM (%(cards)s) s
           CROSS JOIN crm_seven_p_bound b
            LEFT JOIN crm_seven_p_money m ON m.customer_id = s.customer_id
                WHERE TRUE %(of)s""",
            costs=SQL(", ").join(
                SQL.identifier("m", name) for name in self._get_cost_signs()
            ),
            tier=policy._tier_sql(SQL("COALESCE(m.invoiced_revenue, 0)")),
            abc=policy._class_sql(SQL("m.invoiced_revenue")),
            cards=self._cards_sql(company, window),
            of=self._only_sql(customers, SQL("s.customer_id")),
        )

    # --- WHO MAY HAVE CHANGED

    @api.model
    def _changed_profit(self, company, since) -> SQL:
        names = [cost.changed for cost in self._get_costs() if cost.changed]
        return SQL(" UNION ").join(
            getattr(self, name)(company, since)
            for name in unique(["_changed_orders", *names])
        )

    @api.model
    def _changed_orders(self, company, since) -> SQL:
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id
                 FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                WHERE o.write_date >= %s AND o.company_id = %s""",
            since,
            company.id,
        )

    @api.model
    def _changed_deliveries(self, company, since) -> SQL:
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id
                 FROM stock_move m
                 JOIN sale_order_line l ON l.id = m.sale_line_id
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN res_partner p ON p.id = o.partner_id
                WHERE m.write_date >= %(since)s AND m.company_id = %(company)s
            UNION
               SELECT p.commercial_partner_id
                 FROM stock_picking k
                 JOIN sale_order o ON o.id = k.sale_id
                 JOIN res_partner p ON p.id = o.partner_id
                WHERE k.write_date >= %(since)s AND k.company_id = %(company)s""",
            since=since,
            company=company.id,
        )

    @api.model
    def _changed_complaints(self, company, since) -> SQL:
        """What remedies and steps cost is noted on complaints without a write date."""
        return SQL(
            """SELECT c.commercial_partner_id AS customer_id
                 FROM crm_complaint c
                WHERE c.write_date >= %(since)s AND c.company_id = %(company)s
            UNION
               SELECT r.partner_id FROM crm_complaint_remedy r
                WHERE r.write_date >= %(since)s AND r.company_id = %(company)s
            UNION
               SELECT c.commercial_partner_id
                 FROM crm_complaint_step s JOIN crm_complaint c ON c.id = s.complaint_id
                WHERE s.write_date >= %(since)s AND c.company_id = %(company)s""",
            since=since,
            company=company.id,
        )

    @api.model
    def _changed_touches(self, company, since) -> SQL:
        return SQL(
            """SELECT a.partner_id AS customer_id FROM crm_sales_activity a
                WHERE a.write_date >= %s AND a.company_id = %s""",
            since,
            company.id,
        )

from odoo import api, models
from odoo.tools import SQL

from ...tools.preview import Figure
from ...tools.profit import CLASSES, TIERS
from .crm_profit_policy import FLOORS


class CrmRulePreviewProfit(models.AbstractModel):
    """What other percentages and amounts would do to classes and tiers."""

    _name = "crm.rule.preview.profit"
    _description = "Preview of Profit Rules"
    _inherit = ["crm.rule.preview.topic"]
    _rules = "crm.profit.policy"

    @api.model
    def _get_rules(self, records):
        names = ("percent_a", "percent_b", *FLOORS.values())
        return [(records, name) for name in names]

    @api.model
    def _get_figures(self):
        fields = self.env["crm.scorecard.profitability"]._fields
        return [
            Figure(
                name,
                fields[name]._description_string(self.env),
                tuple((code, code) for code in codes),
            )
            for name, codes in (("abc_class", CLASSES), ("spending_tier", TIERS))
        ]

    @api.model
    def _figures_sql(self, company) -> SQL:
        """Sort the customers by what they were invoiced, as the refresh does."""
        policy = self.env["crm.profit.policy"]._ensure(company)
        source = self.env["crm.scorecard.source"]
        source._keep(
            "money",
            SQL(
                "SELECT *, NULL::numeric AS contribution FROM (%s) invoiced",
                source._invoiced_sql(company, self._get_window(company), None),
            ),
        )
        source._keep("bound", policy._bounds_sql(source._read_bounds(policy)))
        return SQL(
            """SELECT n.customer_id, %(pairs)s, %(move)s AS move,
                      %(before)s AS before_text, %(after)s AS after_text
                 FROM (SELECT c.partner_id AS customer_id, %(tier)s AS spending_tier,
                              %(class)s AS abc_class
                         FROM crm_customer_scorecard c
                   CROSS JOIN crm_seven_p_bound b
                    LEFT JOIN crm_seven_p_money m ON m.customer_id = c.partner_id
                        WHERE c.company_id = %(company)s) n
                 JOIN crm_scorecard_profitability s
                   ON s.partner_id = n.customer_id AND s.company_id = %(company)s""",
            pairs=self._pairs_sql(self._get_figures(), "s", "n"),
            move=SQL(
                """ASCII(s.abc_class) - ASCII(n.abc_class)
                   + ASCII(s.spending_tier) - ASCII(n.spending_tier)"""
            ),
            before=SQL("s.abc_class || ', ' || s.spending_tier"),
            after=SQL("n.abc_class || ', ' || n.spending_tier"),
            tier=policy._tier_sql(SQL("COALESCE(m.invoiced_revenue, 0)")),
            company=company.id,
            **{"class": policy._class_sql(SQL("m.invoiced_revenue"))},
        )

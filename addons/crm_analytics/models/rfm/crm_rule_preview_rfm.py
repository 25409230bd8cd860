from odoo import Command, api, models
from odoo.tools import SQL

from ...tools import rfm
from ...tools.preview import Figure


class CrmRulePreviewRfm(models.AbstractModel):
    """What other cut points would do to the groups of the customers."""

    _name = "crm.rule.preview.rfm"
    _description = "Preview of Cut Points"
    _inherit = ["crm.rule.preview.topic"]
    _rules = "crm.rfm.policy"

    @api.model
    def _get_rules(self, records):
        """Return the cut points that count by the method of their dimension."""
        return [
            (
                cut,
                "percent" if records[f"{dimension}_method"] == "quantile" else "value",
            )
            for dimension in rfm.DIMENSIONS
            for cut in records.cut_ids.filtered(lambda c, d=dimension: c.dimension == d)
        ]

    @api.model
    def _get_label(self, record, name):
        dimensions = dict(record._fields["dimension"]._description_selection(self.env))
        return self.env._(
            "%(dimension)s, score %(score)s: %(field)s",
            dimension=dimensions[record.dimension],
            score=record.score,
            field=super()._get_label(record, name),
        )

    @api.model
    def _change(self, changes):
        """Through the policy, which checks them all together."""
        [policy] = {cut.policy_id for cut in changes}
        commands = [Command.update(cut.id, vals) for cut, vals in changes.items()]
        policy.write({"cut_ids": commands})

    @api.model
    def _get_figures(self):
        groups = self.env["crm.rfm.group"].search([])
        labels = dict(
            self.env["crm.rfm.cut"]
            ._fields["dimension"]
            ._description_selection(self.env)
        )
        scores = tuple((score, str(score)) for score in range(1, 6))
        return [
            Figure(
                "rfm_group_id",
                self.env._("RFM group"),
                tuple((group.id, group.name) for group in groups),
            ),
            *(
                Figure(f"{dimension}_score", labels[dimension], scores)
                for dimension in rfm.DIMENSIONS
            ),
        ]

    @api.model
    def _figures_sql(self, company) -> SQL:
        policy = self.env["crm.rfm.policy"]._ensure(company)
        engine = self.env["crm.scorecard.engine"]
        as_of = policy.last_as_of or self.env["crm.sale.fact"]._get_today(company)
        engine._make_table(
            "crm_scorecard_facts",
            SQL(
                """SELECT partner_id AS customer_id, last_order_date, order_count,
                          revenue, active
                     FROM crm_customer_scorecard WHERE company_id = %s""",
                company.id,
            ),
        )
        bounds = engine._read_bounds(policy, as_of)
        return SQL(
            """SELECT n.customer_id, %(pairs)s,
                      n.recency_score + n.frequency_score + n.monetary_score
                          - c.recency_score - c.frequency_score - c.monetary_score
                          AS move,
                      c.rfm_code AS before_text, n.rfm_code AS after_text
                 FROM (%(scores)s) n
                 JOIN crm_customer_scorecard c
                   ON c.partner_id = n.customer_id AND c.company_id = %(company)s""",
            pairs=self._pairs_sql(self._get_figures(), "c", "n"),
            scores=engine._scores_sql(policy, as_of, bounds, previous="none"),
            company=company.id,
        )

from odoo import api, models
from odoo.tools import SQL

from ...tools.preview import Figure


class CrmRulePreviewChurn(models.AbstractModel):
    """What other weights and values of the signs would do to the churn tendency."""

    _name = "crm.rule.preview.churn"
    _description = "Preview of Churn Signs"
    _inherit = ["crm.rule.preview.topic"]
    _rules = "crm.churn.factor"

    @api.model
    def _get_rules(self, records):
        names = ("weight", "value_zero", "value_full")
        return [(factor, name) for factor in records for name in names]

    @api.model
    def _get_label(self, record, name):
        signs = dict(record._fields["code"]._description_selection(self.env))
        return self.env._(
            "%(sign)s: %(field)s",
            sign=signs[record.code],
            field=super()._get_label(record, name),
        )

    @api.model
    def _get_figures(self):
        field = self.env["crm.scorecard.persistency"]._fields["churn_score"]
        return [Figure("churn_score", field._description_string(self.env))]

    @api.model
    def _figures_sql(self, company) -> SQL:
        """Score all customers by the signs, as the refresh does."""
        window = self._get_window(company)
        source = self.env["crm.scorecard.source"].sudo()  # style: CRM109 only counted
        source._prepare_bought(company, window, None)
        return SQL(
            """SELECT n.customer_id, %(pairs)s, n.churn_score - s.churn_score AS move,
                      s.churn_score::text AS before_text,
                      n.churn_score::text AS after_text
                 FROM (%(scores)s) n
                 JOIN crm_scorecard_persistency s
                   ON s.partner_id = n.customer_id AND s.company_id = %(company)s""",
            pairs=self._pairs_sql(self._get_figures(), "s", "n"),
            scores=source._churn_sql(company, window, None),
            company=company.id,
        )

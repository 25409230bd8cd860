from odoo import api, models

from ...tools.preview import Figure
from ...tools.seven_p import PARTS


class CrmRulePreviewWeight(models.AbstractModel):
    """What other weights of the parts would do to the total."""

    _name = "crm.rule.preview.weight"
    _description = "Preview of Weights"
    _inherit = ["crm.rule.preview.topic"]
    _rules = "crm.rfm.policy"

    @api.model
    def _get_rules(self, records):
        return [(records, f"{part}_weight") for part in PARTS]

    @api.model
    def _get_label(self, record, name):
        labels = dict(self.env["crm.scorecard.part"]._selection_part())
        return labels[name.removesuffix("_weight")]

    @api.model
    def _get_figures(self):
        return [Figure("total_score", self.env._("Total"))]

    @api.model
    def _figures_sql(self, company):
        scores = self.env["crm.seven.p.score"].sudo()  # style: CRM109 only counted
        return scores._preview_sql(company, ["total_score"])

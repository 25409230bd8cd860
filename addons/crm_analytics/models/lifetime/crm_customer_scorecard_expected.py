from odoo import api, fields, models

from ..churn.crm_churn_factor import SIGNS
from ..seven_p.known_float import KnownFloat, KnownMonetary
from ..seven_p.seven_p_fields import Score

#: part: ``{field of the scorecard: field of the part}``
SHOWN = {
    "prospecting": {
        "expected_orders": "expected_orders",
        "expected_revenue": "expected_revenue",
        "lifetime_value": "lifetime_value",
        "probability_alive": "probability_alive",
        "lifetime_model_id": "model_id",
        "pipeline_amount": "pipeline_amount",
        "pipeline_weighted": "pipeline_weighted",
        "potential_amount": "potential_amount",
        "potential_gap": "potential_gap",
    },
    "persistency": {
        "churn_score": "churn_score",
        "churn_reason": "churn_reason",
        "churn_reason_2": "churn_reason_2",
    },
}


class CrmCustomerScorecard(models.Model):
    """What is expected of the customer, on his scorecard; read from the parts."""

    _inherit = "crm.customer.scorecard"

    expected_orders = KnownFloat(compute="_compute_expected", digits=(16, 2))
    expected_revenue = KnownMonetary(compute="_compute_expected")
    lifetime_value = KnownMonetary(compute="_compute_expected")
    probability_alive = KnownFloat(compute="_compute_expected", digits=(4, 3))
    lifetime_model_id = fields.Many2one(
        "crm.lifetime.model", compute="_compute_expected"
    )
    pipeline_amount = fields.Monetary("Open pipeline", compute="_compute_expected")
    pipeline_weighted = fields.Monetary(
        "Weighted pipeline", compute="_compute_expected"
    )
    potential_amount = KnownMonetary("Potential", compute="_compute_expected")
    potential_gap = KnownMonetary(compute="_compute_expected")
    churn_score = Score("Churn tendency", compute="_compute_expected")
    churn_reason = fields.Selection(SIGNS, "Main Sign", compute="_compute_expected")
    churn_reason_2 = fields.Selection(SIGNS, "And", compute="_compute_expected")

    @api.depends("partner_id", "company_id")
    def _compute_expected(self):
        for part, names in SHOWN.items():
            rows = self._get_part_rows(part)
            by_key = {(row.partner_id, row.company_id): row for row in rows}
            for card in self:
                row = by_key.get((card.partner_id, card.company_id), rows.browse())
                for name, column in names.items():
                    card[name] = row[column]

    def _get_part_rows(self, part):
        """Return the rows that one part has of these customers and companies."""
        domain = [
            ("partner_id", "in", self.partner_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        return self.env[f"crm.scorecard.{part}"].search(domain)

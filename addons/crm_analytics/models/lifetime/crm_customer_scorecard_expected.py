from odoo import api, fields, models


class CrmCustomerScorecard(models.Model):
    """What is expected of the customer, on his scorecard; read from the parts."""

    _inherit = "crm.customer.scorecard"

    prospecting_id = fields.Many2one(
        "crm.scorecard.prospecting", compute="_compute_expected_part_ids"
    )
    persistency_id = fields.Many2one(
        "crm.scorecard.persistency", compute="_compute_expected_part_ids"
    )
    expected_orders = fields.Float(related="prospecting_id.expected_orders")
    expected_revenue = fields.Monetary(related="prospecting_id.expected_revenue")
    lifetime_value = fields.Monetary(related="prospecting_id.lifetime_value")
    probability_alive = fields.Float(related="prospecting_id.probability_alive")
    lifetime_model_id = fields.Many2one(related="prospecting_id.model_id")
    pipeline_amount = fields.Monetary(related="prospecting_id.pipeline_amount")
    pipeline_weighted = fields.Monetary(related="prospecting_id.pipeline_weighted")
    potential_amount = fields.Monetary(related="prospecting_id.potential_amount")
    potential_gap = fields.Monetary(related="prospecting_id.potential_gap")
    churn_score = fields.Integer(related="persistency_id.churn_score")
    churn_reason = fields.Selection(related="persistency_id.churn_reason")
    churn_reason_2 = fields.Selection(related="persistency_id.churn_reason_2")

    @api.depends("partner_id", "company_id")
    def _compute_expected_part_ids(self):
        domain = [
            ("partner_id", "in", self.partner_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        for name in ("prospecting", "persistency"):
            rows = self.env[f"crm.scorecard.{name}"].search(domain)
            by_key = {(row.partner_id, row.company_id): row for row in rows}
            for card in self:
                card[f"{name}_id"] = by_key.get((card.partner_id, card.company_id))

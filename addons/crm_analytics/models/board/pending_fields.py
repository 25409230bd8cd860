from odoo import fields, models


class Persistency(models.Model):
    _inherit = "crm.scorecard.persistency"

    churn_score = fields.Integer(aggregator="avg")
    churn_reason = fields.Char()
    churn_reason_2 = fields.Char()


class Prospecting(models.Model):
    _inherit = "crm.scorecard.prospecting"

    lifetime_value = fields.Monetary()
    expected_orders = fields.Float(aggregator="avg")
    expected_revenue = fields.Monetary()


from odoo import fields, models


class CrmSalesActivityOutcome(models.Model):
    """What came of a touch: reached or not, good or bad."""

    _name = "crm.sales.activity.outcome"
    _description = "Outcome of a Sales Activity"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="A short name for imports and reports, the same in every language.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    tone = fields.Selection(
        [("good", "Good"), ("neutral", "Neutral"), ("bad", "Bad")],
        default="neutral",
        required=True,
    )
    is_reached = fields.Boolean(
        "Customer Reached",
        default=True,
        help="Somebody on the customer's side was spoken to, or replied.",
    )
    kind_ids = fields.Many2many(
        "crm.sales.activity.kind",
        "crm_sales_activity_outcome_kind_rel",
        "outcome_id",
        "kind_id",
        "Kinds",
        help="The kinds of activities that the outcome is offered for. Leave empty to "
        "offer it for all kinds.",
    )

    _code_unique = models.UniqueIndex(
        "(code)", "Another outcome has this code already. Choose another code."
    )

from odoo import api, fields, models

from ...tools import remedy_policy

BUYERS = [("first", "First-time Buyer"), ("repeat", "Repeat Buyer")]
GRANTS = [
    ("agent", "Agent"),
    ("manager", "Head of Service"),
    ("approval", "Only with Approval"),
]


class CrmComplaintPolicy(models.Model):
    """What may be granted on a complaint, and by whom.

    Each line speaks of one remedy. For each remedy the most special line that fits
    decides alone (``tools/remedy_policy.py``). Amounts are in the currency of the
    company that handles the complaint.
    """

    _name = "crm.complaint.policy"
    _description = "Complaint Policy"
    _order = "remedy_type, sequence, id"
    _rec_name = "remedy_type"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty to apply to all companies.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")

    # --- OF WHICH COMPLAINTS
    kind_id = fields.Many2one(
        "crm.complaint.kind",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty to apply to all kinds.",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        "Value Class",
        index="btree_not_null",
        ondelete="cascade",
        help="Limits the line to customers who are currently in this segment. "
        "Leave empty for all customers.",
    )
    lifecycle_state = fields.Selection(
        "_selection_lifecycle_state",
        help="Leave empty to apply to all lifecycle states.",
    )
    buyer = fields.Selection(
        BUYERS,
        help="Whether the order concerned is the customer's first one. Leave empty "
        "for both.",
    )
    amount_min = fields.Monetary("Amount From")
    amount_max = fields.Monetary(
        "Amount Below",
        help="Value of the goods concerned. 0 means no upper limit.",
    )

    # --- WHAT IS ALLOWED
    remedy_type = fields.Selection(
        lambda self: self.env["crm.complaint.remedy"]._get_types(),
        "Remedy",
        required=True,
    )
    is_allowed = fields.Boolean("Allowed", default=True)
    grant = fields.Selection(
        GRANTS, "Can Be Granted By", required=True, default="manager"
    )
    percent_max = fields.Float(
        "Maximum (%)",
        help="Percentage of the value of the complaint. 0 means no limit.",
    )
    amount_limit = fields.Monetary("Maximum Amount", help="0 means no limit.")
    gift_product_id = fields.Many2one(
        "product.product",
        "Gift",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="A gift that may be added to this remedy.",
    )
    note = fields.Char(translate=True, help="Shown to the person who decides.")

    _amounts = models.Constraint(
        "CHECK(amount_min >= 0 AND amount_limit >= 0 AND (COALESCE(amount_max, 0) = 0"
        " OR amount_max > amount_min))",
        "Amounts cannot be negative, and “Amount Below” must be greater than “Amount "
        "From”. Enter 0 for no upper limit.",
    )
    _percent = models.Constraint(
        "CHECK(percent_max >= 0 AND percent_max <= 200)",
        "The percentage must be between 0 and 200. Enter 0 for no limit.",
    )

    # --- COMPUTE

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            company = policy.company_id or self.env.company
            policy.currency_id = company.currency_id

    @api.model
    def _selection_lifecycle_state(self):
        return self.env["crm.lifecycle.transition"]._selection_state()

    # --- BUSINESS

    def _get_rules(self, company):
        """Return the lines that hold in ``company`` as rules to decide by."""
        policies = self.sudo().search(  # style: CRM109 holds for whoever decides
            [("company_id", "in", (False, company.id))]
        )
        return [policy._prepare_rule() for policy in policies]

    def _prepare_rule(self):
        self.ensure_one()
        return remedy_policy.Rule(
            remedy=self.remedy_type,
            record_id=self.id,
            sequence=self.sequence,
            kind=self.kind_id.id or 0,
            segment=self.segment_id.id or 0,
            lifecycle=self.lifecycle_state or "",
            buyer=self.buyer or "",
            amount_min=self.amount_min,
            amount_max=self.amount_max,
            is_allowed=self.is_allowed,
            grant=self.grant,
            percent_max=self.percent_max,
            limit=self.amount_limit,
        )

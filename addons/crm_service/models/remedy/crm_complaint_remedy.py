from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.remedy_policy import PROMISES, VERDICTS

STATES = [
    ("draft", "Proposed"),
    ("granted", "Waiting for Finance"),
    ("released", "In Execution"),
    ("done", "Done"),
    ("refused", "Refused by Finance"),
    ("cancelled", "Cancelled"),
    ("lost", "Lost on the Way"),
]


class CrmComplaintRemedy(models.Model):
    """What a customer gets for a complaint: one remedy, for its lines and quantities.

    The states stand in ``tools/remedy_states.py``, what may be granted in
    ``tools/remedy_policy.py``. Documents (order, credit note, return) are made when
    the complaint is decided; each carries the remedy, and an index of the database
    keeps a second one out (``crm_remedy_document_mixin.py``).

    ``cost`` is what the remedy costs us, in the company's currency, positive; zero
    as long as it is proposed, and again when refused or cancelled, but not when
    what was sent is lost. Its source:
    replacement and gifts: what the goods cost us, by the value of the stock moves
    once they are shipped, by the cost of the products before; refund: the untaxed
    amount of the credit note, at its own rate; discount and coupon: the amount, at
    the rate of the day of the decision; repair: the parts once they are used, the
    amount before; return, apology, reject: nothing.
    """

    _name = "crm.complaint.remedy"
    _description = "Remedy"
    _order = "complaint_id desc, id"
    _rec_name = "remedy_type"
    _check_company_auto = True

    # --- WHOSE
    complaint_id = fields.Many2one(
        "crm.complaint", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)
    team_id = fields.Many2one(
        related="complaint_id.team_id", store=True, index="btree_not_null"
    )
    kind_id = fields.Many2one(
        related="complaint_id.kind_id", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        related="complaint_id.commercial_partner_id",
        string="Customer",
        store=True,
        index="btree_not_null",
    )
    complaint_state = fields.Selection(
        related="complaint_id.state", string="State of the Complaint"
    )
    currency_id = fields.Many2one(related="complaint_id.currency_id", store=True)
    company_currency_id = fields.Many2one(
        "res.currency", "Company Currency", related="company_id.currency_id"
    )

    # --- WHAT
    remedy_type = fields.Selection(
        lambda self: self._get_types(), "Remedy", required=True
    )
    line_ids = fields.One2many(
        "crm.complaint.remedy.line", "remedy_id", string="Covered Products", copy=True
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="The value for the customer, without taxes, in the currency of their "
        "order.",
    )
    gift_product_id = fields.Many2one(
        "product.product", "Gift", ondelete="restrict", index="btree_not_null"
    )
    gift_quantity = fields.Float(default=1.0, digits="Product Unit")
    delivery_partner_id = fields.Many2one(
        "res.partner",
        "Ship-to Address",
        compute="_compute_delivery_partner_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    reason = fields.Text(help="The reason. It is required for a rejection.")

    # --- JUDGED
    policy_id = fields.Many2one(
        "crm.complaint.policy",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The policy line that applied when the remedy was granted.",
    )
    verdict = fields.Selection(
        [
            (VERDICTS[0], "Can Be Granted"),
            (VERDICTS[1], "Decision by Head of Service"),
            (VERDICTS[2], "Needs Approval"),
            (VERDICTS[3], "Not Allowed"),
        ],
        "Policy Check",
        compute="_compute_verdict",
    )
    verdict_note = fields.Char("Explanation", compute="_compute_verdict")

    # --- WHERE IT STANDS
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, index=True
    )
    date_granted = fields.Datetime("Granted On", readonly=True, copy=False)
    day_granted = fields.Date("Decision Date", readonly=True, copy=False)
    granted_by_id = fields.Many2one(
        "res.users", "Decided By", readonly=True, copy=False, ondelete="set null"
    )
    date_released = fields.Datetime("Released On", readonly=True, copy=False)
    released_by_id = fields.Many2one(
        "res.users", "Approved By", readonly=True, copy=False, ondelete="set null"
    )
    date_done = fields.Datetime("Done On", readonly=True, copy=False)
    refuse_reason = fields.Char("Reason for Refusal", readonly=True, copy=False)

    # --- FIGURES, kept as they were on the day of the decision
    percent = fields.Float(
        "Percentage of Complaint Value",
        digits=(16, 1),
        readonly=True,
        copy=False,
        aggregator="avg",
    )
    case_amount = fields.Monetary(
        "Complaint Value",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        aggregator=None,
    )
    amount_company = fields.Monetary(
        "Amount in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
    )
    cost = fields.Monetary(
        currency_field="company_currency_id", readonly=True, copy=False
    )

    # --- DOCUMENTS
    sale_order_id = fields.Many2one(
        "sale.order",
        "Replacement Order",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    move_ids = fields.One2many(
        "account.move", "crm_remedy_id", string="Credit Notes", readonly=True
    )
    return_ids = fields.One2many(
        "stock.picking", "crm_remedy_id", string="Return Transfers", readonly=True
    )
    picking_ids = fields.Many2many(
        "stock.picking", string="Transfers", compute="_compute_picking_ids"
    )
    has_documents = fields.Boolean(
        compute="_compute_has_documents",
        compute_sudo=True,
        exportable=False,
        help="Technical: whether there is anything to open.",
    )
    discount_line_id = fields.Many2one(
        "sale.order.line",
        "Discount Used On",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    discount_order_id = fields.Many2one(
        related="discount_line_id.order_id", string="Quotation with the Discount"
    )
    date_shipped = fields.Datetime("Shipped On", readonly=True, copy=False)
    carrier_name = fields.Char("Carrier", readonly=True, copy=False)
    tracking_ref = fields.Char("Tracking Reference", readonly=True, copy=False)
    step_ids = fields.One2many("crm.complaint.step", "remedy_id", string="Steps")

    _changed_idx = models.Index("(write_date)")
    _like_cases = models.Index(
        "(company_id, kind_id, day_granted) WHERE day_granted IS NOT NULL"
    )
    _open_discounts = models.Index(
        "(partner_id, company_id) WHERE remedy_type = 'discount' AND state = 'done'"
    )
    _amounts = models.Constraint(
        "CHECK(amount >= 0 AND gift_quantity >= 0)",
        "The amounts and quantities of a remedy cannot be negative.",
    )

    # --- COMPUTE

    @api.depends("remedy_type", "complaint_id")
    def _compute_display_name(self):
        labels = dict(self._get_types())
        for remedy in self:
            parts = (remedy.complaint_id.name, labels.get(remedy.remedy_type))
            remedy.display_name = " ".join(filter(None, parts))

    @api.depends("line_ids.amount", "remedy_type")
    def _compute_amount(self):
        """Goods are worth their lines; of money somebody says how much."""
        for remedy in self:
            if remedy.remedy_type in ("replacement", "refund"):
                remedy.amount = sum(remedy.line_ids.mapped("amount"))
            elif PROMISES.get(remedy.remedy_type) in ("pickup", "words"):
                remedy.amount = 0.0

    @api.depends("complaint_id.delivery_partner_id")
    def _compute_delivery_partner_id(self):
        for remedy in self:
            if remedy.state == "draft":
                remedy.delivery_partner_id = remedy.complaint_id.delivery_partner_id

    @api.depends("sale_order_id", "move_ids", "return_ids")
    def _compute_has_documents(self):
        for remedy in self:
            remedy.has_documents = any(remedy._get_documents())

    @api.depends("sale_order_id.picking_ids", "return_ids")
    def _compute_picking_ids(self):
        for remedy in self:
            own = remedy.sudo()  # style: CRM109 which transfers, not what is in them
            pickings = own.sale_order_id.picking_ids | own.return_ids
            remedy.picking_ids = pickings.with_env(remedy.env)

    # --- SELECTION

    @api.model
    def _get_types(self):
        """Return what can be given; bridges add what their app brings."""
        types = {
            "replacement": self.env._("Replacement"),
            "refund": self.env._("Credit Note"),
            "discount": self.env._("Discount on the Next Order"),
            "return": self.env._("Return Pickup"),
            "apology": self.env._("Apology"),
            "reject": self.env._("Rejection with Reason"),
        }
        return list(types.items())

    # --- ACTIONS

    def action_open_document(self):
        """Open the order, credit note or transfer that carries it out."""
        self.ensure_one()
        self.check_access("read")
        own = self.sudo()  # style: CRM109 the document checks its reader
        for documents in own._get_documents():
            if documents:
                return {
                    "type": "ir.actions.act_window",
                    "res_model": documents._name,
                    "name": documents[0].display_name,
                    "views": [(False, "form")],
                    "res_id": documents[0].id,
                }
        raise UserError(self.env._("There is no document for this remedy."))

    def _get_documents(self):
        """Return its documents, one recordset for each kind."""
        return [self.sale_order_id, self.move_ids, self.return_ids]

    def _convert(self, remedy_type):
        """Keep what a bridge brought on record when the bridge goes."""
        for remedy in self:
            label = dict(self._get_types()).get(remedy.remedy_type, remedy.remedy_type)
            remedy.reason = "\n".join(filter(None, (label, remedy.reason)))
            remedy.remedy_type = remedy_type

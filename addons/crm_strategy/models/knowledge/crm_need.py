from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.concept_states import NEED

STATES = [
    ("new", "New"),
    ("answered", "Answered"),
    ("met", "Met"),
    ("declined", "Declined"),
]
OPEN_STATES = ("new", "answered")


class CrmNeed(models.Model):
    """What a customer needs or wishes, who said so, and what became of it.

    A need belongs to the customer, the commercial entity; ``contact_id`` keeps who
    said it. It is open until it is met or declined; an answer alone does not close
    it. What is worth an opportunity becomes one: several needs may lead to the same.
    """

    _name = "crm.need"
    _description = "Need"
    _inherit = [
        "crm.state.mixin",
        "crm.document.ref.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True
    _transitions = NEED

    def _default_date(self):
        return fields.Date.context_today(self)

    # What was said
    name = fields.Char("Need", required=True, tracking=True)
    kind = fields.Selection(
        [
            ("standard", "Standard Need"),
            ("special", "Special Need"),
            ("personal", "Personal Need"),
            ("wish", "Product Wish"),
        ],
        default="standard",
        required=True,
        help="Standard: what customers of this kind need. Special: what only this "
        "customer needs. Personal: what matters to one person. Product wish: a "
        "product or property that we do not offer yet.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        tracking=True,
        help="The company or person as a customer; for a contact, their company.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Said By",
        index="btree_not_null",
        domain="[('id', 'child_of', partner_id)]",
    )
    product_id = fields.Many2one("product.product", index="btree_not_null")
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        compute="_compute_categ_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    strength = fields.Integer(
        default=3,
        required=True,
        aggregator="avg",
        help="From 1, nice to have, to 5: decides whether the customer buys.",
    )
    date = fields.Date(
        "Asked On", default=lambda self: self._default_date(), required=True
    )
    source = fields.Selection(
        [
            ("visit", "Visit"),
            ("call", "Call"),
            ("complaint", "Complaint"),
            ("survey", "Survey"),
            ("web", "Web"),
            ("other", "Other"),
        ],
        default="visit",
        required=True,
    )
    description = fields.Text()
    customer_value = fields.Text(
        "Value for the Customer", help="What the customer gains when it is met."
    )

    # What becomes of it
    state = fields.Selection(
        STATES, default="new", required=True, copy=False, index=True, tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        help="The person who makes sure that the customer gets an answer.",
    )
    date_due = fields.Date("Due", tracking=True)
    answer = fields.Text(help="What the customer was told.")
    result = fields.Text(help="What was done, and what the customer said to it.")
    date_closed = fields.Date("Closed On", readonly=True, copy=False)
    lead_id = fields.Many2one(
        "crm.lead",
        "Opportunity",
        copy=False,
        index="btree_not_null",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id)]",
        groups="crm_strategy.group_user",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        index=True,
    )

    _strength_range = models.Constraint(
        "CHECK(strength BETWEEN 1 AND 5)",
        "The strength of a need is a number from 1 (nice to have) to 5 (decides).",
    )

    @api.depends("product_id")
    def _compute_categ_id(self):
        for need in self:
            need.categ_id = need.product_id.categ_id or need.categ_id

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Let people choose a contact where the customer is asked for."""
        customer = self.partner_id.commercial_partner_id
        if self.partner_id != customer:
            self.contact_id = self.partner_id
            self.partner_id = customer
        elif self.contact_id.commercial_partner_id != customer:
            self.contact_id = False

    # --- CHECKS

    @api.constrains("state", "answer", "result")
    def _check_outcome(self):
        for need in self:
            if need.state in ("answered", "declined") and not need.answer:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: enter under Answer what the customer was told, "
                        "then mark the need as answered or declined.",
                        name=need.name,
                    )
                )
            if need.state == "met" and not need.result:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: enter under Result how the need was met.",
                        name=need.name,
                    )
                )

    @api.constrains("date", "date_due")
    def _check_date_due(self):
        for need in self:
            if need.date_due and need.date_due < need.date:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is due before the day it was asked. Correct one "
                        "of the two days.",
                        name=need.name,
                    )
                )

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        needs = super().create([self._with_customer(vals) for vals in vals_list])
        for need in needs.filtered(lambda n: n.state in ("met", "declined")):
            need.date_closed = need.date_closed or need._default_date()
        return needs

    def write(self, vals):
        return super().write(self._with_customer(vals))

    @api.model
    def _with_customer(self, vals):
        """Return ``vals`` with the customer of a contact in the customer's place."""
        chosen = self.env["res.partner"].browse(vals.get("partner_id"))
        customer = chosen.commercial_partner_id
        if chosen == customer:
            return vals
        return {"contact_id": chosen.id, **vals, "partner_id": customer.id}

    def _follow_customers(self):
        """Move each need to the customer that its contact belongs to."""
        for need in self:
            customer = (need.contact_id or need.partner_id).commercial_partner_id
            if need.partner_id != customer:
                need.write(
                    {
                        "contact_id": (need.contact_id or need.partner_id).id,
                        "partner_id": customer.id,
                    }
                )

    def _after_move(self, old_state):
        closed = self.filtered(lambda n: n.state not in OPEN_STATES)
        closed.date_closed = self._default_date()
        (self - closed).date_closed = False
        return super()._after_move(old_state)

    # --- ACTIONS

    def action_answer(self):
        """The customer got an answer."""
        self._move("answer")

    def action_meet(self):
        """The need is met."""
        self._move("meet")

    def action_decline(self):
        """The need will not be met; the answer says why."""
        self._move("decline")

    def action_reopen(self):
        """Take the need up again."""
        self._move("reopen")

    def action_create_lead(self):
        """Make an opportunity of these needs of one customer and open it."""
        if len(self.partner_id) > 1 or len(self.company_id) > 1:
            raise UserError(
                self.env._(
                    "An opportunity is about one customer. Choose needs of one "
                    "customer and company."
                )
            )
        if linked := self.filtered("lead_id"):
            raise UserError(
                self.env._(
                    "“%(name)s” is part of an opportunity already. Unlink it first, "
                    "or open that opportunity.",
                    name=linked[0].name,
                )
            )
        self.lead_id = self.env["crm.lead"].create(self._prepare_lead_vals())
        return self.action_open_lead()

    def _prepare_lead_vals(self):
        lines = [need.description for need in self if need.description]
        user = self.user_id[:1]
        return {
            "name": self[:1].name,
            "type": "opportunity",
            "partner_id": (self.contact_id[:1] or self.partner_id).id,
            "company_id": self.company_id.id,
            "user_id": user.id,
            "team_id": user.sale_team_id.id,
            "description": "\n".join(lines) or False,
        }

    def action_unlink_lead(self):
        """Part the need from its opportunity; the opportunity stays."""
        self.lead_id = False

    def action_open_lead(self):
        """Open the opportunity."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [[False, "form"]],
        }

    # --- IMPORT

    @api.model
    def get_import_templates(self):
        """Return the file that the import offers as an example."""
        return [
            {
                "label": self.env._("Import Template for Needs"),
                "template": "/crm_strategy/static/csv/crm_need.csv",
            }
        ]

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ...tools.next_best_offer import OFFER, OFFER_SYSTEM, OPEN_STATES

STATES = [
    ("proposed", "Proposed"),
    ("offered", "Offered"),
    ("accepted", "Accepted"),
    ("bought", "Bought"),
    ("rejected", "Dismissed"),
    ("expired", "Expired"),
]
REASONS = [
    ("need", "Open Need"),
    ("cycle", "Due Again"),
    ("affinity", "Bought Together"),
    ("white_space", "Similar Customers Buy It"),
]


class CrmNextBestOffer(models.Model):
    """What to offer a customer next, why, and what came of it.

    Proposed by ``crm.next.best.offer.engine`` only; people offer it, say that the
    customer accepts, or dismiss it. Whether it was bought is found in the orders.
    """

    _name = "crm.next.best.offer"
    _description = "Next Best Offer"
    _inherit = ["crm.state.mixin", "crm.system.fields.mixin"]
    _order = "score desc, id"
    _transitions = OFFER
    _system_actions = OFFER_SYSTEM

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    segment_id = fields.Many2one(
        "crm.segment",
        "Value Class",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The customer's value class when the offer was proposed.",
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        "Product",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty where only the category is known.",
    )
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    score = fields.Float(
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="0 to 100: the points of the reasons, by the weights of the policy.",
    )

    # --- why
    reason = fields.Selection(REASONS, "Main Reason", readonly=True)
    affinity_id = fields.Many2one(
        "crm.product.affinity",
        "Rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    need_id = fields.Many2one(
        "crm.need", readonly=True, index="btree_not_null", ondelete="set null"
    )
    date_due = fields.Date(
        "Due On",
        readonly=True,
        help="Last purchase of the product plus the usual time between purchases.",
    )
    peer_percent = fields.Float(
        "Similar Customers (%)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Customers of the same value class who buy the category.",
    )
    is_in_stock = fields.Boolean("In Stock", readonly=True)
    affinity_points = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    need_points = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    cycle_points = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    white_space_points = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    stock_points = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    explanation = fields.Char("Why", compute="_compute_explanation")

    # --- what becomes of it
    state = fields.Selection(STATES, default="proposed", required=True)
    date_proposed = fields.Date("Proposed On", readonly=True, required=True)
    date_offered = fields.Date("Offered On", readonly=True)
    date_closed = fields.Date("Closed On", readonly=True)
    date_bought = fields.Date("Bought On", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Offered By",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The line of the quotation or order on which it stands.",
    )
    reject_reason_id = fields.Many2one(
        "crm.offer.reason",
        "Reason for Dismissal",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    reject_note = fields.Char("Note", readonly=True)

    _open_uniq = models.UniqueIndex(
        "(partner_id, company_id, COALESCE(product_tmpl_id, 0),"
        " COALESCE(categ_id, 0)) WHERE state IN ('proposed', 'offered', 'accepted')",
        "A product stands once among the open offers of a customer.",
    )
    _partner_idx = models.Index("(partner_id, company_id, state)")
    _score_idx = models.Index("(company_id, state, score DESC, id)")
    _date_idx = models.Index("(company_id, date_proposed)")

    # --- COMPUTE

    @api.depends("partner_id", "product_tmpl_id", "categ_id")
    def _compute_display_name(self):
        for offer in self:
            offer.display_name = offer._get_item_name()

    def _get_item_name(self):
        self.ensure_one()
        item = self.product_tmpl_id or self.categ_id
        return item.sudo().display_name or ""  # style: CRM109 its name only

    @api.depends_context("lang")
    @api.depends("affinity_id", "need_id", "date_due", "peer_percent", "is_in_stock")
    def _compute_explanation(self):
        for offer in self:
            offer.explanation = " ".join(offer._get_reasons())

    def _get_reasons(self):
        """Return a sentence for each reason, the strongest first."""
        self.ensure_one()
        found = [
            (self.need_points, self._get_need_text()),
            (self.cycle_points, self._get_cycle_text()),
            (self.affinity_points, self._get_affinity_text()),
            (self.white_space_points, self._get_white_space_text()),
        ]
        texts = [text for points, text in sorted(found, key=lambda f: -f[0]) if text]
        if self.stock_points:
            texts.append(self.env._("It is in stock."))
        return texts

    def _get_need_text(self):
        need = self.need_id.sudo()  # style: CRM109 what the customer asked for
        return need and self.env._("Asked for: %s.", need.name)

    def _get_cycle_text(self):
        if not self.date_due or not self.cycle_points:
            return ""
        day = format_date(self.env, self.date_due)
        return self.env._("Next purchase due on %s.", day)

    def _get_affinity_text(self):
        return self.affinity_id.sentence or ""

    def _get_white_space_text(self):
        if not self.white_space_points:
            return ""
        return self.env._(
            "%(share)s %% of similar customers buy %(category)s.",
            share=round(self.peer_percent),
            category=self.categ_id.name,
        )

    # --- ACTIONS

    def action_offer(self):
        """The customer was told of it."""
        self._move("offer")

    def action_accept(self):
        """The customer wants it."""
        self._move("accept")

    def action_reopen(self):
        """Propose it again."""
        self._move("reopen")

    def action_reject(self):
        """Ask for the reason, then dismiss."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dismiss"),
            "res_model": "crm.offer.reject",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_offer_ids": [Command.set(self.ids)]},
        }

    def action_add_to_order(self):
        """Put the products on the quotation from which the offers were opened."""
        order = self._get_context_order()
        for offer in self:
            offer._add_to(order)
        return {"type": "ir.actions.act_window_close"}

    def action_open_customer(self):
        """Open the customer's page."""
        self.ensure_one()
        return self.partner_id.action_open_customer_page()

    # --- BUSINESS

    def _reject(self, reason, note=False):
        """Dismiss, with the reason on record."""
        self._move("reject")
        kept = self.sudo()  # style: CRM109 on record with the move that was allowed
        kept.write({"reject_reason_id": reason.id, "reject_note": note})

    def _after_move(self, old_state):
        facts = self.env["crm.sale.fact"]
        for offer in self.sudo():  # style: CRM109 what the move puts on record
            today = facts._get_today(offer.company_id)
            vals = {}
            if offer.state in ("offered", "accepted") and not offer.date_offered:
                vals = {"date_offered": today, "user_id": self.env.uid}
            elif offer.state in ("rejected", "expired"):
                vals = {"date_closed": today}
            elif offer.state == "proposed":
                vals = {
                    "date_proposed": today,
                    "date_closed": False,
                    "reject_reason_id": False,
                    "reject_note": False,
                }
            offer.write(vals)
        return super()._after_move(old_state)

    @api.model
    def _get_context_order(self):
        order = self.env["sale.order"].browse(
            self.env.context.get("crm_analytics_offer_order_id", [])
        )
        if not order.exists():
            raise UserError(
                self.env._(
                    "Open the proposals from a saved quotation to add them to it."
                )
            )
        if order.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "“%s” is no quotation any more. Add the product to a new one.",
                    order.name,
                )
            )
        return order

    def _add_to(self, order):
        """Add one line with the product to the quotation."""
        self.ensure_one()
        if order.partner_id.commercial_partner_id != self.partner_id:
            raise UserError(
                self.env._(
                    "“%(product)s” was proposed to %(customer)s, not to the customer "
                    "of this quotation.",
                    product=self.display_name,
                    customer=self.partner_id.display_name,
                )
            )
        product = self.product_tmpl_id.product_variant_id
        if not product:
            raise UserError(
                self.env._(
                    "“%s” is a category: choose one of its products on the quotation.",
                    self.display_name,
                )
            )
        if self.state == "proposed":
            self._move("offer")
        line = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": product.id,
                "product_uom_qty": 1,
            }
        )
        kept = self.sudo()  # style: CRM109 where it stands, kept by the system
        kept.order_line_id = line

    # --- MERGE

    @api.model
    def _merge_offers(self, src_partners, dst_partner):
        """Let the offers follow the customer who remains; none stands twice."""
        self.flush_model()
        customer = dst_partner.commercial_partner_id
        moved = [*src_partners.ids, dst_partner.id, customer.id]
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_next_best_offer o
                    USING (SELECT id, ROW_NUMBER() OVER (
                                  PARTITION BY company_id, product_tmpl_id, categ_id
                                  ORDER BY (partner_id = %(stays)s) DESC,
                                           state = 'accepted' DESC,
                                           state = 'offered' DESC, id) AS place
                             FROM crm_next_best_offer
                            WHERE partner_id = ANY(%(all)s)
                              AND state = ANY(%(open)s)) d
                    WHERE d.id = o.id AND d.place > 1""",
                stays=customer.id,
                all=moved,
                open=list(OPEN_STATES),
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_next_best_offer SET partner_id = %s
                    WHERE partner_id = ANY(%s)""",
                customer.id,
                moved,
            )
        )
        self.invalidate_model()

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...tools.remedy_states import shares_pieces

LIVE = ("draft", "granted", "released", "done")


class CrmComplaintRemedyLine(models.Model):
    """How many pieces of a complained line a remedy is for.

    No piece gets two remedies of the same sort: what is replaced is not refunded.
    """

    _name = "crm.complaint.remedy.line"
    _description = "Line of a Remedy"
    _order = "remedy_id, id"
    _rec_name = "product_id"

    remedy_id = fields.Many2one(
        "crm.complaint.remedy", required=True, index=True, ondelete="cascade"
    )
    complaint_id = fields.Many2one(related="remedy_id.complaint_id")
    company_id = fields.Many2one(related="remedy_id.company_id", store=True)
    currency_id = fields.Many2one(related="remedy_id.currency_id")
    complaint_line_id = fields.Many2one(
        "crm.complaint.line",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('complaint_id', '=', complaint_id)]",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
        help="The product to send. Choose a substitute if the product is no longer "
        "sold.",
    )
    quantity = fields.Float(required=True, default=1.0, digits="Product Unit")
    uom_id = fields.Many2one(related="complaint_line_id.product_uom_id", string="Unit")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        help="Untaxed price of this quantity on the customer's order.",
    )
    shipped_quantity = fields.Float(
        "Shipped", readonly=True, copy=False, digits="Product Unit"
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a remedy must be greater than zero."
    )
    _once = models.UniqueIndex(
        "(remedy_id, complaint_line_id)",
        "This product is already on the remedy. Change its quantity instead.",
    )

    # --- COMPUTE

    @api.depends("complaint_line_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.complaint_line_id.product_id

    @api.depends("quantity", "complaint_line_id.amount", "complaint_line_id.quantity")
    def _compute_amount(self):
        for line in self:
            origin = line.complaint_line_id
            share = line.quantity / origin.quantity if origin.quantity else 0.0
            amount = origin.amount * share
            currency = line.currency_id
            line.amount = currency.round(amount) if currency else amount

    # --- CHECKS

    @api.constrains("quantity", "complaint_line_id", "remedy_id")
    def _check_quantity(self):
        """What is promised is at most what was complained of, each piece once."""
        for line in self:
            if line.complaint_line_id.complaint_id != line.remedy_id.complaint_id:
                raise ValidationError(
                    self.env._("A remedy can only cover products of its own complaint.")
                )
        for line in self:
            if line.remedy_id.state in LIVE:
                line._check_not_twice()

    def _check_not_twice(self):
        remedy = self.remedy_id
        others = remedy.complaint_id.remedy_ids.filtered(
            lambda r: (
                r.state in LIVE
                and (r == remedy or shares_pieces(remedy.remedy_type, r.remedy_type))
            )
        ).line_ids.filtered(lambda x: x.complaint_line_id == self.complaint_line_id)
        promised = sum(others.mapped("quantity"))
        origin = self.complaint_line_id
        if origin.product_uom_id.compare(promised, origin.quantity) > 0:
            raise ValidationError(
                self.env._(
                    "%(product)s: the remedies cover %(promised)s, but the complaint "
                    "covers only %(quantity)s. Lower the quantities.",
                    promised=f"{promised:g}",
                    quantity=f"{origin.quantity:g}",
                    product=origin.product_id.display_name,
                )
            )

    def _is_made_good(self, others):
        """Return whether this and ``others`` together are more than was bought."""
        bought = self.complaint_line_id.sale_line_id.sudo()  # style: CRM109 quantity
        kind = self.remedy_id.remedy_type
        same = others.filtered(
            lambda x: (
                x.complaint_line_id.sale_line_id.id == bought.id
                and shares_pieces(kind, x.remedy_id.remedy_type)
            )
        )
        unit = bought.product_uom_id
        total = sum(
            line.uom_id._compute_quantity(line.quantity, unit, round=False)
            for line in (self.sudo() | same)  # style: CRM109 holds for every reader
        )
        limit = max(bought.product_uom_qty, bought.qty_delivered)
        return bool(same) and unit.compare(total, limit) > 0

    def _claim_bought(self):
        """Let one decision at a time speak about the same pieces that were bought.

        The order lines are written to as they are: a lock alone would let whoever
        waited go on with what was granted before. So he starts again, and reads what
        the first has granted. In the order of their ids, so that two never wait for
        each other.
        """
        bought = self.complaint_line_id.sale_line_id
        if bought:
            self.env.execute_query(
                SQL(
                    """
                      WITH claimed AS MATERIALIZED (
                           SELECT id FROM sale_order_line
                            WHERE id IN %s
                            ORDER BY id
                              FOR NO KEY UPDATE
                           )
                    UPDATE sale_order_line l
                       SET write_date = l.write_date
                      FROM claimed
                     WHERE l.id = claimed.id
                 RETURNING l.id
                    """,
                    tuple(bought.ids),
                )
            )

    def _check_goods(self):
        """Raise UserError where a line cannot be sent or credited any more."""
        for line in self:
            remedy = line.remedy_id
            order = line.complaint_line_id.sale_line_id.order_id
            if order and order.company_id != remedy.company_id:
                raise UserError(
                    self.env._(
                        "%(order)s belongs to %(company)s. Handle the complaint in "
                        "that company.",
                        order=order.name,
                        company=order.company_id.name,
                    )
                )
            if remedy.remedy_type != "replacement":
                continue
            if not line.product_id:
                raise UserError(self.env._("Choose the product to send."))
            product = line.product_id
            if not product.active or not product.sale_ok:
                raise UserError(
                    self.env._(
                        "%(product)s is no longer sold. Choose a substitute for the "
                        "replacement, or another remedy.",
                        product=product.display_name,
                    )
                )
            if product.company_id and product.company_id != remedy.company_id:
                raise UserError(
                    self.env._(
                        "%(product)s belongs to %(company)s. Choose a product of the "
                        "complaint's company.",
                        product=product.display_name,
                        company=product.company_id.name,
                    )
                )

    # --- CRUD: a line is part of its remedy

    @api.model_create_multi
    def create(self, vals_list):
        remedies = self.env["crm.complaint.remedy"].browse(
            {vals.get("remedy_id") for vals in vals_list} - {None, False}
        )
        names = {name for vals in vals_list for name in vals}
        names |= {name.removeprefix("default_") for name in self.env.context}
        if "shipped_quantity" in names:
            self._check_line_vals({"shipped_quantity": 0.0})
        with remedies.complaint_id._watch_approval():
            lines = super().create(vals_list)
        lines.remedy_id._check_may_change()
        return lines

    def write(self, vals):
        self.remedy_id._check_may_change()
        self._check_line_vals(vals)
        with self.remedy_id.complaint_id._watch_approval():
            return super().write(vals)

    def unlink(self):
        self.remedy_id._check_may_change()
        with self.remedy_id.complaint_id._watch_approval():
            return super().unlink()

    def _check_line_vals(self, vals):
        """What was shipped follows from transfers, and a line stays where it is."""
        if self.env.su:
            return
        if "shipped_quantity" in vals:
            self.remedy_id._check_system_fields({"state"})
        if "remedy_id" in vals and any(
            line.remedy_id.id != vals["remedy_id"] for line in self
        ):
            raise AccessError(
                self.env._(
                    "A line cannot be moved to another remedy. Add a new line there "
                    "instead."
                )
            )

    def _is_shipped(self):
        """Return whether all of it left."""
        self.ensure_one()
        return self.uom_id.compare(self.shipped_quantity, self.quantity) >= 0

    def _is_without_transfer(self):
        """Return whether nothing is moved: a service."""
        return self.product_id.type == "service"

    def _is_returned_by(self, move):
        """Return whether ``move`` brings back pieces of this line."""
        sale_line = self.complaint_line_id.sale_line_id
        origin = move.origin_returned_move_id
        if sale_line and origin.sale_line_id:
            return origin.sale_line_id == sale_line
        return move.product_id == self.complaint_line_id.product_id

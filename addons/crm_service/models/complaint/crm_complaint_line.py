from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare


class CrmComplaintLine(models.Model):
    """A product that is complained of: how many, of which lot, worth what."""

    _name = "crm.complaint.line"
    _description = "Complaint Line"
    _order = "complaint_id, sequence, id"
    _rec_name = "product_id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    complaint_id = fields.Many2one(
        "crm.complaint", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="complaint_id.currency_id")
    sale_line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('order_id', '=', parent.order_id), ('display_type', '=', False)]",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_from_order",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    lot_id = fields.Many2one(
        "stock.lot",
        "Lot/Serial Number",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('product_id', '=', product_id)]",
        check_company=True,
    )
    tracking = fields.Selection(related="product_id.tracking")
    quantity = fields.Float(
        default=1.0,
        required=True,
        digits="Product Unit",
        help="The quantity that the customer complains about.",
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        compute="_compute_from_order",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    price_unit = fields.Float(
        "Price Paid",
        digits="Product Price",
        compute="_compute_from_order",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="Price per unit, after discount and without taxes.",
    )
    amount = fields.Monetary("Value", compute="_compute_amount", store=True)
    note = fields.Char("Problem")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity must be greater than zero."
    )
    _price_not_negative = models.Constraint(
        "CHECK(price_unit >= 0)", "The price paid cannot be negative."
    )

    # --- COMPUTE

    @api.depends("sale_line_id", "product_id")
    def _compute_from_order(self):
        for line in self:
            bought = line.sale_line_id.sudo()  # style: CRM109 any intake reads prices
            if bought:
                line.product_id = bought.product_id
                line.product_uom_id = bought.product_uom_id
                line.price_unit = line._convert_price(bought)
            elif line.product_id:
                line.product_uom_id = line.product_uom_id or line.product_id.uom_id
                line.price_unit = line.price_unit or line.product_id.lst_price
            else:
                line.product_uom_id = line.product_uom_id
                line.price_unit = line.price_unit
                line.product_id = line.product_id

    def _convert_price(self, bought):
        """Return the price paid for one unit in the complaint's currency."""
        complaint = self.complaint_id
        price = max(bought.price_reduce_taxexcl, 0.0)
        if not complaint.currency_id or bought.currency_id == complaint.currency_id:
            return price
        return bought.currency_id._convert(
            price,
            complaint.currency_id,
            complaint.company_id,
            bought.order_id.date_order or fields.Datetime.now(),
            round=False,
        )

    @api.depends("quantity", "price_unit", "currency_id")
    def _compute_amount(self):
        for line in self:
            amount = line.quantity * line.price_unit
            currency = line.currency_id
            line.amount = currency.round(amount) if currency else amount

    # --- CHECKS

    @api.constrains("sale_line_id", "product_id", "complaint_id")
    def _check_sale_line_id(self):
        for line in self.filtered("sale_line_id"):
            bought = line.sale_line_id.sudo()  # style: CRM109 whose order is it
            complaint = line.complaint_id
            customer = complaint.commercial_partner_id
            buyer = bought.order_id.partner_id.commercial_partner_id
            if bought.company_id != complaint.company_id or (
                customer and buyer != customer
            ):
                raise ValidationError(
                    self.env._(
                        "%(product)s was not bought by this customer from this "
                        "company. Choose a line from one of the customer's own orders.",
                        product=bought.product_id.display_name,
                    )
                )
            if bought.product_id != line.product_id:
                raise ValidationError(
                    self.env._(
                        "The order line is for %(bought)s, not for %(product)s. "
                        "Choose the order line of that product.",
                        bought=bought.product_id.display_name,
                        product=line.product_id.display_name,
                    )
                )

    @api.constrains("sale_line_id", "quantity", "product_uom_id", "complaint_id")
    def _check_quantity(self):
        """Nobody complains of more than he has ordered or received."""
        for bought, lines in self.complaint_id.line_ids.grouped("sale_line_id").items():
            if not bought:
                continue
            for own in lines.grouped("complaint_id").values():
                own._check_bought(bought.sudo())  # style: CRM109 quantity only

    def _check_bought(self, bought):
        """Raise ValidationError where these lines exceed order line ``bought``."""
        unit = bought.product_uom_id
        complained = sum(
            line.product_uom_id._compute_quantity(line.quantity, unit, round=False)
            for line in self
        )
        limit = max(bought.product_uom_qty, bought.qty_delivered)
        if float_compare(complained, limit, precision_rounding=unit.rounding) > 0:
            raise ValidationError(
                self.env._(
                    "%(product)s: the complaint covers %(complained)s, but only "
                    "%(limit)s %(unit)s were ordered. Correct the quantity.",
                    product=bought.product_id.display_name,
                    complained=complained,
                    limit=limit,
                    unit=unit.name,
                )
            )

    @api.constrains("price_unit", "sale_line_id")
    def _check_price_unit(self):
        """Policy and budget go by what was paid, not by what somebody enters."""
        for line in self.filtered("sale_line_id"):
            bought = line.sale_line_id.sudo()  # style: CRM109 its price
            paid = line._convert_price(bought)
            digits = self.env["decimal.precision"].precision_get("Product Price")
            currency = line.currency_id
            is_more = float_compare(line.price_unit, paid, precision_digits=digits) > 0
            if currency and is_more:
                raise ValidationError(
                    self.env._(
                        "%(product)s was sold for %(paid)s. Enter this price or a "
                        "lower one.",
                        product=line.product_id.display_name,
                        paid=currency.format(paid),
                    )
                )

    def _check_lots(self):
        """Raise UserError where a tracked product has no lot."""
        for line in self:
            if line.tracking in ("lot", "serial") and not line.lot_id:
                raise UserError(
                    self.env._(
                        "%(product)s is tracked. Enter its lot or serial number "
                        "before you decide.",
                        product=line.product_id.display_name,
                    )
                )

    @api.constrains("lot_id", "product_id")
    def _check_lot_id(self):
        for line in self.filtered("lot_id"):
            if line.lot_id.product_id != line.product_id:
                raise ValidationError(
                    self.env._(
                        "Lot %(lot)s does not belong to %(product)s. Choose another "
                        "lot.",
                        lot=line.lot_id.name,
                        product=line.product_id.display_name,
                    )
                )

    # --- CRUD: what a decision rests on stays

    @api.model_create_multi
    def create(self, vals_list):
        complaints = self.env["crm.complaint"].browse(
            {vals.get("complaint_id") for vals in vals_list} - {None, False}
        )
        with complaints._watch_approval():
            lines = super().create(vals_list)
        lines._check_may_change()
        return lines

    def write(self, vals):
        self._check_may_change()
        target = self.complaint_id.browse(vals.get("complaint_id") or [])
        target.check_access("write")
        with (self.complaint_id | target)._watch_approval():
            result = super().write(vals)
        if target:
            self._check_may_change()
        return result

    def unlink(self):
        self._check_may_change()
        with self.complaint_id._watch_approval():
            return super().unlink()

    def _check_may_change(self):
        """Products are entered while the complaint is open, and fixed after that."""
        if self.env.su:
            return
        for complaint in self.complaint_id:
            if complaint.state not in ("new", "progress"):
                raise UserError(
                    self.env._(
                        "“%(complaint)s” is already decided. Withdraw the decision "
                        "before you change its products.",
                        complaint=complaint.display_name,
                    )
                )

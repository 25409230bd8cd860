from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.supply_share import overlap_days, yearly_quantity

#: What makes a record the same as another, but for its quantity
IDENTITY = ("company_id", "partner_id", "category_id", "supplier_id", "source")
DAYS_OF_YEAR = 365


class CrmSupplyRecord(models.Model):
    """How much of a kind of product a customer got, from whom, in a period.

    Without a supplier it is what the customer needs in all, as somebody said or
    estimated. What we deliver ourselves is never entered: the orders know it.
    """

    _name = "crm.supply.record"
    _description = "Supply Record"
    _order = "date_to desc, id desc"
    _check_company_auto = True

    # --- WHAT
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    category_id = fields.Many2one(
        "product.category",
        "Product Category",
        required=True,
        ondelete="restrict",
        index=True,
        help="Products of the categories below it are meant as well.",
    )
    supplier_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="Empty: the quantity is all that the customer needs, whoever delivers it.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    quantity = fields.Float(required=True, digits="Product Unit")
    yearly_quantity = fields.Float(
        "In 12 Months",
        digits="Product Unit",
        compute="_compute_yearly_quantity",
        help="What the quantity means for a year, if the customer goes on like this.",
    )
    uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.ref(
            "uom.product_uom_unit", raise_if_not_found=False
        ),
    )
    amount = fields.Monetary(help="What the customer paid for it, if known; untaxed.")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )

    # --- WHERE FROM
    source = fields.Selection(
        [
            ("visit", "Visit"),
            ("customer", "Said by the customer"),
            ("import", "Import"),
            ("study", "Market study"),
            ("agency", "Agency or report"),
            ("estimate", "Own estimate"),
        ],
        required=True,
        default="customer",
    )
    source_reference = fields.Char(help="Document, page, person.")
    date = fields.Date("Learned On", required=True, default=fields.Date.context_today)
    confidence = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")],
        required=True,
        default="medium",
        help="Of two sources that disagree the one with more confidence counts, and of"
        " equal ones the later one.",
    )
    user_id = fields.Many2one(
        "res.users", "Recorded By", default=lambda self: self.env.user, index=True
    )
    note = fields.Text()
    active = fields.Boolean(default=True)

    _period_range = models.Constraint(
        "CHECK (date_from <= date_to)", "A period cannot end before it begins."
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity >= 0)", "A quantity cannot be below zero."
    )
    _same_idx = models.Index("(partner_id, category_id, supplier_id)")

    # --- COMPUTE

    @api.depends("quantity", "date_from", "date_to")
    def _compute_yearly_quantity(self):
        for record in self:
            start, end = record.date_from, record.date_to
            days = start and end and overlap_days(start, end, start, end)
            record.yearly_quantity = days and yearly_quantity(
                record.quantity, days, DAYS_OF_YEAR
            )

    @api.depends("partner_id.name", "category_id.name", "supplier_id.name")
    def _compute_display_name(self):
        for record in self:
            supplier = record.supplier_id.name or self.env._("total demand")
            record.display_name = self.env._(
                "%(customer)s: %(category)s, %(supplier)s",
                customer=record.partner_id.name or "",
                category=record.category_id.name or "",
                supplier=supplier,
            )

    # --- CHECKS

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """What a contact says is about its company."""
        self.partner_id = self.partner_id.commercial_partner_id

    @api.constrains("partner_id", "supplier_id")
    def _check_partners(self):
        companies = self.env["res.company"].sudo()  # style: CRM109 ids of ourselves
        own = companies.with_context(active_test=False).search([]).partner_id
        for record in self:
            customer = record.partner_id.commercial_partner_id
            if customer != record.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Enter the supply "
                        "of %(customer)s.",
                        contact=record.partner_id.display_name,
                        customer=customer.display_name,
                    )
                )
            if record.supplier_id.commercial_partner_id in own | customer:
                raise ValidationError(
                    self.env._(
                        "%(supplier)s cannot be the supplier. What we deliver is read "
                        "from the orders; enter only what others deliver.",
                        supplier=record.supplier_id.display_name,
                    )
                )

    @api.constrains("date")
    def _check_date(self):
        today = fields.Date.context_today(self)
        if any(fields.Date.subtract(r.date, days=1) > today for r in self):
            raise ValidationError(
                self.env._(
                    "This cannot have been learned in the future. Correct the day."
                )
            )

    @api.constrains(*IDENTITY, "date_from", "date_to", "active")
    def _check_overlap(self):
        """One source says one thing about one time."""
        held = self.filtered("active")
        rows = self.sudo().search(  # style: CRM109 those of colleagues as well
            [
                ("partner_id", "in", held.partner_id.ids),
                ("category_id", "in", held.category_id.ids),
            ]
        )
        same = rows.grouped(lambda record: record._get_identity())
        for record in held:
            others = same.get(record._get_identity(), rows.browse())
            double = others.filtered(lambda other, r=record: r._is_double(other))[:1]
            if double:
                raise ValidationError(
                    self.env._(
                        "There is a record of the same source for %(record)s from"
                        " %(start)s to %(end)s already. Change that one, or choose"
                        " another period.",
                        record=double.display_name,
                        start=double.date_from,
                        end=double.date_to,
                    )
                )

    def _is_double(self, other):
        """Return whether ``other``, of the same identity, is about the same days."""
        return (
            other != self
            and other.date_from <= self.date_to
            and other.date_to >= self.date_from
        )

    def _get_identity(self):
        return tuple(self[name] for name in IDENTITY)

    # --- IMPORT

    @api.model
    def get_import_templates(self):
        """Offer the template in the import dialogue."""
        return [
            {
                "label": self.env._("Import Template for Supply Records"),
                "template": "/crm_strategy/static/xls/crm_supply_record.xlsx",
            }
        ]

    # --- SHARES

    @api.model
    def _get_window(self, company, as_of=None):
        """Return first and last day of the twelve months that shares are of."""
        last = as_of or self.env["crm.sale.fact"]._get_today(company)
        first = fields.Date.add(fields.Date.subtract(last, years=1), days=1)
        return first, last

    @api.model
    def _merge_of(self, customer, duplicates):
        """Move the records of merged partners; what was double stays once."""
        records = self.sudo().with_context(active_test=False)  # style: CRM109 merge
        everyone = customer | duplicates
        found = records.search(
            Domain("partner_id", "in", everyone.ids)
            | Domain("supplier_id", "in", everyone.ids),
            order="id",
        )
        kept = records.browse()
        doubles = records.browse()
        for record in found.sorted(lambda r: (r.partner_id != customer, r.id)):
            values = record._get_merged_values(customer, duplicates)
            is_self = values["supplier_id"] == values["partner_id"]
            same = kept.filtered(
                lambda k, r=record, v=values: (
                    v == k._get_merged_values(customer, duplicates)
                    and k.active
                    and r.active
                )
            )
            is_double = any(
                k.date_from <= record.date_to and k.date_to >= record.date_from
                for k in same
            )
            if is_self or is_double:
                doubles |= record
            else:
                kept |= record
        doubles.unlink()
        kept.filtered(lambda r: r.partner_id in duplicates).write(
            {"partner_id": customer.id}
        )
        kept.filtered(lambda r: r.supplier_id in duplicates).write(
            {"supplier_id": customer.id}
        )

    def _get_merged_values(self, customer, duplicates):
        """Return the identity that the record has once the partners are one."""
        values = {name: self[name] for name in IDENTITY}
        for name in ("partner_id", "supplier_id"):
            if values[name] in duplicates:
                values[name] = customer
        return values

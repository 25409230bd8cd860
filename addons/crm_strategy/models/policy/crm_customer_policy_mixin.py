from odoo import api, fields, models

from ...tools.policy import CADENCE, with_level

# What a source may say about a customer, in the order in which people ask
POLICY_FIELDS = (
    "service_level_id",
    *CADENCE,
    "pricelist_id",
    "special_instructions",
    "needs",
    "product_tmpl_ids",
    "product_category_ids",
    "value_proposition",
    "value_for_customer",
    "value_for_us",
)
# Read so often that it is worth to know that nobody says anything about them
WATCHED_FIELDS = ("pricelist_id", "special_instructions")


class CrmCustomerPolicyMixin(models.AbstractModel):
    """How customers are treated, said by a segment or by a policy of their own.

    A field left empty says nothing: the next source decides, see tools/policy.py.
    """

    _name = "crm.customer.policy.mixin"
    _description = "Customer Policy Mixin"

    # --- NEEDS AND PRODUCTS
    needs = fields.Text(
        translate=True, help="What these customers need, in their own words."
    )
    product_tmpl_ids = fields.Many2many(
        "product.template",
        string="Liked Products",
        check_company=True,
        help="Products that these customers ask for or should be offered first.",
    )
    product_category_ids = fields.Many2many(
        "product.category", string="Liked Product Categories"
    )
    value_proposition = fields.Text(
        translate=True, help="What these customers get from us and why they stay."
    )

    # --- POLICY
    service_level_id = fields.Many2one(
        "crm.service.level", check_company=True, ondelete="restrict", tracking=True
    )
    visits_per_year = fields.Integer(
        "Visits a Year", tracking=True, help="Zero: as the service level says."
    )
    calls_per_year = fields.Integer(
        "Calls a Year", help="Zero: as the service level says."
    )
    reply_hours = fields.Float(
        "Reply Within (Hours)", help="Working hours. Zero: as the service level says."
    )
    pricelist_id = fields.Many2one(
        "product.pricelist", check_company=True, ondelete="restrict", tracking=True
    )
    is_pricelist_applied = fields.Boolean(
        "Apply to Quotations",
        default=True,
        tracking=True,
        help="New quotations take this pricelist, unless the customer has a pricelist "
        "on the contact form. Off: the pricelist is a note only.",
    )
    special_instructions = fields.Text(
        translate=True,
        help="Shown to everyone who is in contact with the customer: on the contact "
        "form, on opportunities and on quotations.",
    )

    # --- WIN-WIN
    value_for_customer = fields.Text(
        "Value for the Customer",
        translate=True,
        help="What the customer wins by buying from us.",
    )
    value_for_us = fields.Text(
        "Value for Us",
        translate=True,
        help="What we win by serving the customer this way.",
    )
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    cost_per_customer = fields.Monetary(
        "Cost per Customer and Year",
        help="What this treatment costs us for each customer in a year: visits, "
        "discounts, stock kept for them.",
    )
    gain_per_customer = fields.Monetary(
        "Gain per Customer and Year",
        help="Margin that this treatment is expected to bring for each customer in "
        "a year.",
    )
    policy_warning = fields.Char(compute="_compute_policy_warning")

    # --- COMPUTE

    @api.depends(
        "pricelist_id.active",
        "pricelist_id.currency_id",
        "is_pricelist_applied",
        "service_level_id.active",
    )
    def _compute_policy_warning(self):
        """Say what an editor should know about what he chose."""
        for record in self:
            record.policy_warning = " ".join(record._get_policy_warnings()) or False

    def _get_policy_warnings(self):
        """Return sentences about choices that are allowed but surprising."""
        self.ensure_one()
        warnings = []
        if self.is_pricelist_applied and self.pricelist_id:
            company = self.company_id or self.env.company
            if not self.pricelist_id.active:
                warnings.append(
                    self.env._(
                        "The pricelist is archived and so is not applied. Choose "
                        "another one or restore it."
                    )
                )
            elif self.pricelist_id.currency_id != company.currency_id:
                warnings.append(
                    self.env._(
                        "The pricelist is in %(currency)s: new quotations to these "
                        "customers will be in that currency.",
                        currency=self.pricelist_id.currency_id.name,
                    )
                )
        if self.service_level_id and not self.service_level_id.active:
            warnings.append(
                self.env._(
                    "The service level is archived. It still applies here; choose a "
                    "present one."
                )
            )
        return warnings

    # --- ONCHANGE

    @api.onchange("service_level_id")
    def _onchange_service_level_id(self):
        """A newly chosen level decides the cadence; exceptions are entered after."""
        self.update(dict.fromkeys(CADENCE, 0))

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Let prices and screens know at once."""
        records = super().create(vals_list)
        records._tell_policy_users(set().union(*vals_list) if vals_list else set())
        return records

    def write(self, vals):
        """Let prices and screens know at once."""
        result = super().write(vals)
        self._tell_policy_users(set(vals))
        return result

    def _tell_policy_users(self, names):
        """Forget cached pricelists, and that nobody said anything, where it matters."""
        policies = self.env["crm.customer.policy"]
        for name in WATCHED_FIELDS:
            is_said = name in names and any(self.mapped(name))
            if is_said and not policies._is_in_use(name):
                self.env.registry.clear_cache()
        self.env["res.partner"].invalidate_model(
            ["property_product_pricelist"], flush=False
        )

    # --- BUSINESS

    def _get_policy_values(self):
        """Return what this record says by itself, by field of ``POLICY_FIELDS``.

        Records are left as recordsets. A pricelist that is not to be applied, or
        is archived, says nothing.
        """
        self.ensure_one()
        values = {name: self[name] for name in POLICY_FIELDS}
        if not self.is_pricelist_applied or not self.pricelist_id.active:
            values["pricelist_id"] = False
        level = self.service_level_id
        cadence = {name: level[name] for name in CADENCE} if level else None
        return with_level(values, cadence)

    def _get_cadence(self):
        """Return (visits, calls, hours) that hold by this record, level included."""
        values = self._get_policy_values()
        return tuple(values.get(name, 0) for name in CADENCE)

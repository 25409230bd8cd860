from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.seven_p import PARTS

#: Master data that counts for the completeness of a customer, where a company has
#: chosen nothing else
MASTER_DATA = ("street", "zip", "city", "country_id", "phone", "email", "vat")
#: Of these, what a person need not have
COMPANY_DATA = ("vat", "company_registry", "industry_id", "crm_company_size")
MASTER_DATA_TYPES = (
    "char",
    "text",
    "date",
    "datetime",
    "integer",
    "float",
    "many2one",
    "selection",
)


class CrmRfmPolicy(models.Model):
    """How the 7 P of a company are scored, and how far they are up to date."""

    _inherit = "crm.rfm.policy"

    profiling_weight = fields.Float(default=1.0, tracking=True)
    persistency_weight = fields.Float(default=1.0, tracking=True)
    profitability_weight = fields.Float(default=1.0, tracking=True)
    performance_weight = fields.Float(default=1.0, tracking=True)
    prospecting_weight = fields.Float(default=1.0, tracking=True)
    product_weight = fields.Float(default=1.0, tracking=True)
    promotion_weight = fields.Float(default=1.0, tracking=True)
    master_data = fields.Char(
        "Master data that counts",
        required=True,
        tracking=True,
        default=lambda self: ", ".join(MASTER_DATA),
        help="Technical names of the fields of the contact form, with commas between"
        " them. A customer is complete who has all of these filled in. Tax ID, company"
        " ID, industry and company size count for companies only.",
    )

    # --- how far the 7 P are up to date
    part_as_of = fields.Date("7 P as of", readonly=True)
    part_watermark = fields.Datetime(readonly=True)
    is_part_stale = fields.Boolean(
        "7 P Rules Changed",
        readonly=True,
        help="Factors or weights changed after the last full refresh: the scores on"
        " the screen follow the former rules until the next refresh.",
    )
    part_rules = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="What the last full refresh scored the 7 P by, with all bounds.",
    )

    _part_weights = models.Constraint(
        "CHECK (LEAST(profiling_weight, persistency_weight, profitability_weight,"
        " performance_weight, prospecting_weight, product_weight, promotion_weight)"
        " >= 0)",
        "A weight is 0 or more.",
    )

    @api.constrains("master_data")
    def _check_master_data(self):
        partners = self.env["res.partner"]._fields
        for policy in self:
            for name in policy._get_master_data():
                field = partners.get(name)
                usable = field and field.store and field.type in MASTER_DATA_TYPES
                if not usable or field.company_dependent:
                    raise ValidationError(
                        self.env._(
                            "%(field)s cannot tell whether a customer is complete:"
                            " name stored fields of the contact, such as %(known)s.",
                            field=name,
                            known=", ".join(MASTER_DATA),
                        )
                    )

    def _get_master_data(self):
        """Return the names of the fields that count, each once."""
        self.ensure_one()
        names = (name.strip() for name in (self.master_data or "").split(","))
        return list(dict.fromkeys(filter(None, names)))

    def write(self, vals):
        rules = {f"{part}_weight" for part in PARTS} | {"master_data"}
        if rules & set(vals):
            vals = dict(vals, is_part_stale=True)
        return super().write(vals)

    def _get_parameters(self):
        """Add what the 7 P were scored by."""
        return {**super()._get_parameters(), **self._get_part_rules()}

    def _get_part_rules(self):
        """Return all that the 7 P of every customer depend on, as JSON data.

        Weights and factors, and the bounds that are worked out from the customers.
        """
        self.ensure_one()
        company = self.company_id
        factors = self.env["crm.scorecard.factor"]._ensure(company)
        profit = self.env["crm.profit.policy"]._ensure(company)
        return {
            "weights": self._get_part_weights(),
            "factors": [
                [f.part, f.code, f.weight, f.value_zero, f.value_full]
                for f in factors.sorted("id")
            ],
            "classes": [profit.percent_a, profit.percent_b],
            "profit": [float(bound or 0) for bound in profit._get_bounds()],
            "buying": self._read_buying_day(),
        }

    def _has_same_rules(self):
        """Return whether the last full refresh scored by the rules of now."""
        known = self.sudo()  # style: CRM109 whoever may refresh, judges by them
        return known.part_rules == self._get_part_rules()

    def _read_buying_day(self):
        """Return of which day the figures of what similar customers buy are."""
        buying = self.env["crm.segment.buying"].sudo()  # style: CRM109 of the company
        of_company = [("company_id", "=", self.company_id.id)]
        day = buying.search(of_company, order="id", limit=1).date
        return day and fields.Date.to_string(day)

    def _get_part_weights(self):
        """Return ``{part: weight}`` of the parts in the total."""
        self.ensure_one()
        return {part: self[f"{part}_weight"] for part in PARTS}

    def action_preview_weights(self):
        """Open the preview of a change of the weights."""
        return self.env["crm.rule.preview"]._open("weight", self)

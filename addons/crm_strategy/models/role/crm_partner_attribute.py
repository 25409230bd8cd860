from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

VALUE_TYPES = [
    ("number", "Number"),
    ("text", "Text"),
    ("selection", "Choice"),
    ("date", "Date"),
    ("boolean", "Yes or No"),
]


class CrmPartnerAttribute(models.Model):
    """Figure that changes with time and is observed: capacity, output, share."""

    _name = "crm.partner.attribute"
    _description = "Observed Attribute"
    _order = "division_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    division_id = fields.Many2one(
        "crm.division", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="division_id.company_id", store=True, index="btree_not_null"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(
        translate=True, help="What exactly is meant, so that all observe the same."
    )
    value_type = fields.Selection(
        VALUE_TYPES, "Kind of Value", required=True, default="number"
    )
    unit = fields.Char(help="Such as t/a. Values keep the unit they were written in.")
    choice_ids = fields.One2many(
        "crm.partner.attribute.choice", "attribute_id", string="Choices"
    )
    stale_months = fields.Integer(
        "Stale After (Months)",
        default=12,
        help="A value older than this should be observed again; 0: never.",
    )
    observation_ids = fields.One2many(
        "crm.partner.observation", "attribute_id", string="Observations"
    )
    observation_count = fields.Integer(
        "Number of Observations", compute="_compute_observation_count"
    )

    _name_uniq = models.UniqueIndex(
        "(division_id, name)",
        "The division already observes an attribute of this name. Choose another one.",
    )
    _stale_months_positive = models.Constraint(
        "CHECK (stale_months >= 0)", "The months cannot be negative."
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("observation_ids")
    def _compute_observation_count(self):
        counts = dict(
            self.env["crm.partner.observation"]._read_group(
                [("attribute_id", "in", self.ids)], ["attribute_id"], ["__count"]
            )
        )
        for attribute in self:
            attribute.observation_count = counts.get(attribute._origin, 0)

    @api.depends("name", "division_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for attribute in self:
            division = attribute.division_id.name
            attribute.display_name = (
                f"{division} / {attribute.name}" if division else attribute.name
            )

    @api.model
    def _search_display_name(self, operator, value):
        """Find an attribute by its name, its division, or both as displayed."""
        values = [value] if isinstance(value, str) else value
        if not values or not all(isinstance(v, str) for v in values):
            return super()._search_display_name(operator, value)
        if operator == "in":
            operator = "="
        elif operator not in ("ilike", "like", "=ilike", "=like", "="):
            return super()._search_display_name(operator, value)
        get_domain = self.env["crm.partner.role"]._get_name_domain
        return Domain.OR(get_domain(operator, text) for text in values)

    def write(self, vals):
        """Values keep the kind in which they were observed."""
        for name in ("value_type", "division_id"):
            if name in vals:
                changed = self.filtered(
                    lambda a, n=name: a._fields[n].convert_to_write(a[n], a) != vals[n]
                )
                changed._check_no_values()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_values(self):
        self._check_no_values()

    def _check_no_values(self):
        """Raise if something was observed already."""
        observations = self.env["crm.partner.observation"]
        found = observations.sudo().search(  # style: CRM109 history, yes or no
            [("attribute_id", "in", self.ids)], limit=1
        )
        if found:
            raise UserError(
                self.env._(
                    "%(attribute)s has observations already, so its kind of value and "
                    "its division stay as they are, and it cannot be deleted. Archive "
                    "it and create a new attribute.",
                    attribute=found.attribute_id.display_name,
                )
            )

    def action_open_observations(self):
        """Open the observations of this attribute."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_partner_observation_action"
        )
        action["domain"] = [("attribute_id", "=", self.id)]
        action["context"] = {"default_attribute_id": self.id}
        return action

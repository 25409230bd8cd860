from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.observation_value import change_percent
from .crm_partner_attribute import VALUE_TYPES


class CrmPartnerObservation(models.Model):
    """What was seen of a partner on a day: an attribute, its value and its source.

    The value stands twice: typed, for figures and rules, and as it was written,
    with its unit. So it stays readable whatever becomes of the definition.
    """

    _name = "crm.partner.observation"
    _description = "Partner Observation"
    _order = "date desc, id desc"
    _check_company_auto = True

    # --- WHAT AND WHEN
    partner_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    attribute_id = fields.Many2one(
        "crm.partner.attribute",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    division_id = fields.Many2one(
        related="attribute_id.division_id", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        help="Empty: for every company of the group.",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)

    # --- VALUE
    value_type = fields.Selection(
        VALUE_TYPES,
        "Kind of Value",
        compute="_compute_value_type",
        store=True,
        precompute=True,
    )
    unit = fields.Char(compute="_compute_value_type", store=True, precompute=True)
    value_number = fields.Float("Number", digits=0, aggregator="avg")
    value_text = fields.Char("Text")
    value_date = fields.Date("Day")
    value_bool = fields.Boolean("Yes")
    value_choice_id = fields.Many2one(
        "crm.partner.attribute.choice",
        "Choice",
        ondelete="set null",
        index="btree_not_null",
        domain="[('attribute_id', '=', attribute_id)]",
    )
    value_display = fields.Char(
        "Value", help="As it was written; the unit stands beside it."
    )

    # --- WHERE FROM
    source = fields.Selection(
        [
            ("visit", "Visit"),
            ("call", "Call"),
            ("customer", "Said by the customer"),
            ("survey", "Survey"),
            ("web", "Web"),
            ("agency", "Agency or report"),
            ("other", "Other"),
        ],
        required=True,
        default="visit",
    )
    source_reference = fields.Char(help="Document, page, person.")
    confidence = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")],
        required=True,
        default="medium",
    )
    user_id = fields.Many2one(
        "res.users", "Observed By", default=lambda self: self.env.user, index=True
    )
    note = fields.Text()

    # --- HISTORY
    is_latest = fields.Boolean(
        "Latest",
        compute="_compute_history",
        search="_search_is_latest",
        help="The last value known of this attribute of this partner.",
    )
    is_stale = fields.Boolean(
        "Stale",
        compute="_compute_history",
        search="_search_is_stale",
        help="The last value known, older than the attribute allows.",
    )
    previous_id = fields.Many2one(
        "crm.partner.observation", "Before", compute="_compute_history"
    )
    previous_value = fields.Char("Value Before", compute="_compute_history")
    change = fields.Float(compute="_compute_history", digits=0)
    change_percent = fields.Float("Change in %", compute="_compute_history")

    _history = models.Index("(partner_id, attribute_id, date DESC, id DESC)")

    # --- COMPUTE

    @api.depends("partner_id.name", "attribute_id.name", "date")
    def _compute_display_name(self):
        for observation in self:
            observation.display_name = self.env._(
                "%(partner)s: %(attribute)s, %(date)s",
                partner=observation.partner_id.name or "",
                attribute=observation.attribute_id.name or "",
                date=observation.date or "",
            )

    @api.depends("attribute_id.company_id")
    def _compute_company_id(self):
        """What is observed for one company's division belongs to that company."""
        for observation in self:
            observation.company_id = (
                observation.attribute_id.company_id or observation.company_id
            )

    @api.depends("attribute_id")
    def _compute_value_type(self):
        """Written once: a later change of the definition is none of old values."""
        for observation in self:
            observation.value_type = observation.attribute_id.value_type
            observation.unit = observation.attribute_id.unit

    @api.depends("partner_id", "attribute_id", "date", "value_number")
    def _compute_history(self):
        """Compare each value with the one before it, of all at once."""
        neighbours = self._get_neighbours()
        today = fields.Date.context_today(self)
        for observation in self:
            before_id, has_later = neighbours.get(observation._origin.id, (None, False))
            before = self.browse(before_id)
            observation.previous_id = before
            observation.previous_value = before.value_display
            is_figure = before and observation.value_type == before.value_type
            is_figure = is_figure and observation.value_type == "number"
            now, then = observation.value_number, before.value_number
            observation.change = now - then if is_figure else 0.0
            percent = change_percent(then, now) if is_figure else None
            observation.change_percent = percent or 0.0
            observation.is_latest = bool(observation._origin.id) and not has_later
            observation.is_stale = observation.is_latest and observation._is_old(today)

    def _is_old(self, today):
        months = self.attribute_id.stale_months
        return bool(months) and fields.Date.add(self.date, months=months) < today

    def _get_neighbours(self):
        """Return ``{id: (id of the value before, whether a later one exists)}``."""
        if not self.ids:
            return {}
        self.flush_model(["partner_id", "attribute_id", "date", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id,
                          (SELECT b.id FROM crm_partner_observation b
                            WHERE %(same)s AND (b.date, b.id) < (o.date, o.id)
                         ORDER BY b.date DESC, b.id DESC LIMIT 1),
                          EXISTS (SELECT FROM crm_partner_observation b
                            WHERE %(same)s AND (b.date, b.id) > (o.date, o.id))
                     FROM crm_partner_observation o
                    WHERE o.id IN %(ids)s""",
                same=self._same_series_sql(),
                ids=tuple(self.ids),
            )
        )
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _same_series_sql(self) -> SQL:
        """Return the condition that ``b`` tells of the same as ``o``."""
        return SQL(
            """b.partner_id = o.partner_id AND b.attribute_id = o.attribute_id
               AND b.company_id IS NOT DISTINCT FROM o.company_id"""
        )

    @api.model
    def _search_is_latest(self, operator, value):
        return self._search_flag(operator, value, SQL("TRUE"))

    @api.model
    def _search_is_stale(self, operator, value):
        today = fields.Date.context_today(self)
        stale = SQL(
            """t.stale_months > 0
               AND o.date + make_interval(months => t.stale_months) < %s""",
            today,
        )
        return self._search_flag(operator, value, stale)

    @api.model
    def _search_flag(self, operator, value, condition: SQL):
        """Return the domain of the latest values that meet ``condition``."""
        if operator != "in":
            return NotImplemented
        if len(set(value)) > 1:
            return Domain.TRUE
        self.flush_model(["partner_id", "attribute_id", "date", "company_id"])
        self.env["crm.partner.attribute"].flush_model(["stale_months"])
        found = SQL(
            """SELECT o.id
                 FROM crm_partner_observation o
                 JOIN crm_partner_attribute t ON t.id = o.attribute_id
                WHERE %s AND NOT EXISTS (
                      SELECT FROM crm_partner_observation b
                       WHERE %s AND (b.date, b.id) > (o.date, o.id))""",
            condition,
            self._same_series_sql(),
        )
        return Domain("id", "in" if True in value else "not in", found)

    # --- CHECKS

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """An observation on a contact is one on its company."""
        self.partner_id = self.partner_id.commercial_partner_id

    @api.constrains("partner_id")
    def _check_partner_is_customer(self):
        for observation in self:
            customer = observation.partner_id.commercial_partner_id
            if customer != observation.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Enter the "
                        "observation for %(customer)s.",
                        contact=observation.partner_id.display_name,
                        customer=customer.display_name,
                    )
                )

    @api.constrains("date")
    def _check_date(self):
        """What will be is no observation."""
        today = fields.Date.context_today(self)
        if any(fields.Date.subtract(o.date, days=1) > today for o in self):
            raise ValidationError(
                self.env._("An observation cannot lie in the future. Correct its date.")
            )

    # --- BUSINESS

    def _get_identity(self):
        """Return what makes an observation the same as another, but for its partner."""
        return (
            self.attribute_id.id,
            self.company_id.id,
            self.date,
            self.value_display,
            self.source,
            self.source_reference or "",
        )

    # --- ACTIONS

    def action_open_history(self):
        """Open all values of this attribute of this partner, as a line."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_partner_observation_action"
        )
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("attribute_id", "=", self.attribute_id.id),
        ]
        action["name"] = self.display_name
        action["views"] = sorted(action["views"], key=lambda view: view[1] != "graph")
        return action

    @api.model
    def get_import_templates(self):
        """Offer the template in the import dialogue."""
        return [
            {
                "label": self.env._("Import Template for Observations"),
                "template": "/crm_strategy/static/xls/crm_partner_observation.xlsx",
            }
        ]

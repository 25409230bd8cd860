from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...tools import seven_p

NUMBERS = ("integer", "float", "monetary")
USABLE = (*NUMBERS, "boolean", "date")


class CrmScorecardFactor(models.Model):
    """What one column of a part is worth in the score of that part.

    Rows without a company are what is delivered; each company has a copy of its own
    and may add others. The points of a factor stand at the place ``slot`` of the
    points of a score; a place is never given to another factor.
    """

    _name = "crm.scorecard.factor"
    _description = "Scorecard Factor"
    _inherit = ["mail.thread"]
    _order = "company_id, part, sequence, id"

    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    template_id = fields.Many2one(
        "crm.scorecard.factor", readonly=True, ondelete="set null", copy=False
    )
    part = fields.Selection(
        selection=lambda self: self.env["crm.scorecard.part"]._selection_part(),
        required=True,
        tracking=True,
    )
    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Names the factor for imports; once per part and company."
    )
    column = fields.Char(
        required=True,
        tracking=True,
        help="The figure of the part that counts, by its technical name. A date counts"
        " by the days that have passed since.",
    )
    is_known = fields.Boolean(
        "Figure known",
        compute="_compute_is_known",
        help="Not set while nothing in this database fills this figure: the factor"
        " does not count then.",
    )
    weight = fields.Float(
        default=1.0, tracking=True, help="How much the factor counts in its part."
    )
    value_zero = fields.Float(
        "0 points at", digits=(16, 2), aggregator=None, tracking=True
    )
    value_full = fields.Float(
        "100 points at",
        digits=(16, 2),
        default=100.0,
        aggregator=None,
        tracking=True,
        help="Linear in between. Lower than the value for 0 points: less is better.",
    )
    is_relative = fields.Boolean(
        "By the company's customers",
        help="The first full refresh proposes the values: what a tenth of the customers"
        " stays below, and what a tenth exceeds. Propose them again by the button.",
    )
    bounds_date = fields.Date("Values proposed on", readonly=True, copy=False)
    unit = fields.Char(translate=True)
    description = fields.Char(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    slot = fields.Integer(readonly=True, copy=False)

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), part, code)",
        "A part has one factor with this code: choose another code.",
    )
    _bounds_differ = models.Constraint(
        "CHECK (value_zero != value_full)",
        "The values for 0 and for 100 points must differ.",
    )
    _weight_range = models.Constraint("CHECK (weight >= 0)", "A weight is 0 or more.")

    @api.depends("part", "column")
    def _compute_is_known(self):
        for factor in self:
            factor.is_known = bool(factor._get_field())

    @api.constrains("column", "part")
    def _check_column(self):
        """Refuse a figure that the part does not have; delivered ones may wait."""
        for factor in self.filtered(lambda f: f.company_id and not f.template_id):
            if not factor._get_field():
                raise ValidationError(
                    self.env._(
                        "%(part)s has no figure %(column)s: choose one of %(known)s.",
                        part=dict(
                            self._fields["part"]._description_selection(self.env)
                        )[factor.part],
                        column=factor.column,
                        known=", ".join(factor._get_columns()),
                    )
                )

    # --- ORM

    @api.model_create_multi
    def create(self, vals_list):
        factors = super().create(vals_list)
        for factor in factors.filtered("company_id"):
            factor.slot = factor._get_free_slot()
        factors._mark_stale()
        return factors

    def write(self, vals):
        result = super().write(vals)
        rules = {"weight", "value_zero", "value_full", "column", "part", "active"}
        if rules & set(vals):
            self._mark_stale()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_delivered(self):
        if self.filtered("template_id"):
            raise UserError(
                self.env._(
                    "A delivered factor would come back: archive it, or give it the"
                    " weight 0."
                )
            )
        self._mark_stale()

    def _get_free_slot(self):
        """Return the place after all that were ever given in the company."""
        self.ensure_one()
        others = self.with_context(active_test=False)
        [[highest]] = others._read_group(
            [("company_id", "=", self.company_id.id)], aggregates=["slot:max"]
        )
        return (highest or 0) + 1

    def _mark_stale(self):
        """Note that the scores on the screen follow former rules."""
        policies = self.env["crm.rfm.policy"]._ensure(self.company_id)
        policies.filtered(lambda p: not p.is_part_stale).is_part_stale = True

    # --- FIGURES

    @api.model
    def _get_columns(self, part=None):
        """Return the names of the figures of a part that can count."""
        model = self.env["crm.scorecard.part"]._get_part_model(part or self.part)
        base = self.env["crm.scorecard.part"]._fields
        return [
            name
            for name, field in model._fields.items()
            if field.store
            and field.type in USABLE
            and name not in base
            and not field.groups  # the explanation would show it to everybody
        ]

    def _get_field(self):
        """Return the field of the part that counts, or None if there is none yet."""
        self.ensure_one()
        if not self.part or self.column not in self._get_columns():
            return None
        model = self.env["crm.scorecard.part"]._get_part_model(self.part)
        return model._fields[self.column]

    def _get_usable(self, relations=None):
        """Return the factors whose figure is there.

        :param relations: ``{part: (table, columns)}`` in place of the parts' tables
        """
        return self.filtered(
            lambda factor: (
                factor._get_field()
                and (not relations or factor.column in relations[factor.part][1])
            )
        )

    # --- SQL

    def _value_sql(self, window, table) -> SQL:
        """Return the figure as a number; a date as the days since."""
        self.ensure_one()
        column = SQL("%s.%s", table, SQL.identifier(self.column))
        kind = self._get_field().type
        if kind == "date":
            return SQL("(%s::date - %s)::float8", window.as_of, column)
        if kind == "boolean":
            return SQL("%s::int::float8", column)
        return SQL("%s::float8", column)

    def _points_sql(self, window, table) -> SQL:
        """Return the points of the factor, as :func:`points_of` has it.

        LEAST and GREATEST pass over what is not known, so it is asked for first.
        """
        self.ensure_one()
        return SQL(
            """CASE WHEN %(value)s IS NOT NULL THEN
                    FLOOR(100 * LEAST(1, GREATEST(0,
                        (%(value)s - %(zero)s::float8) / %(range)s::float8))
                    + 0.5)::int2 END""",
            value=self._value_sql(window, table),
            zero=self.value_zero,
            range=self.value_full - self.value_zero,
        )

    # --- COMPANIES AND BOUNDS

    @api.model
    def _ensure(self, company):
        """Return the active factors of ``company``; new delivered ones are copied."""
        everyone = self.sudo().with_context(active_test=False)  # style: CRM109 defaults
        known = everyone.search([("company_id", "in", [company.id, False])])
        own = known.filtered("company_id")
        keys = {(factor.part, factor.code) for factor in own}
        for template in (known - own).filtered("active"):
            if (template.part, template.code) not in keys:
                own |= template.copy(
                    {"company_id": company.id, "template_id": template.id}
                )
        return own.filtered("active").sorted(
            lambda factor: (factor.part, factor.sequence, factor.id)
        )

    def _propose_first(self, window):
        """Propose the bounds of relative factors that never had any proposed.

        :return: the factors that have some now
        """
        lacking = self.filtered(lambda f: f.is_relative and not f.bounds_date)
        return lacking._propose(window)

    def _propose(self, window):
        """Set the bounds by what the active customers have; return whose were set."""
        proposed = self.browse()
        for factor in self._get_usable():
            spread = factor._read_spread(window)
            bounds = seven_p.propose_bounds(
                spread, less_is_better=factor.value_full < factor.value_zero
            )
            if bounds:
                factor.write(
                    {
                        "value_zero": bounds[0],
                        "value_full": bounds[1],
                        "bounds_date": window.as_of,
                    }
                )
                proposed |= factor
        return proposed

    def _read_spread(self, window):
        """Return lowest value, 10th and 90th percentile and highest value, or None."""
        self.ensure_one()
        part = self.env["crm.scorecard.part"]._get_part_model(self.part)
        [[spread]] = self.env.execute_query(
            SQL(
                """SELECT PERCENTILE_CONT(ARRAY[0, 0.1, 0.9, 1])
                          WITHIN GROUP (ORDER BY %s)
                     FROM %s t
                     JOIN crm_customer_scorecard c
                       ON c.partner_id = t.partner_id AND c.company_id = t.company_id
                    WHERE t.company_id = %s AND c.active""",
                self._value_sql(window, SQL("t")),
                SQL.identifier(part._table),
                self.company_id.id,
            )
        )
        return spread and [float(value) for value in spread]

    # --- ACTIONS

    def action_propose(self):
        """Propose the bounds anew from the customers of today."""
        self.check_access("write")
        engine = self.env["crm.scorecard.part.engine"]
        for company in self.company_id:
            policy = self.env["crm.rfm.policy"]._ensure(company)
            as_of = policy.part_as_of or self.env["crm.sale.fact"]._get_today(company)
            own = self.filtered(lambda factor, c=company: factor.company_id == c)
            own._propose(engine._get_window(company, as_of))

    def action_preview(self):
        """Open the preview of a change of these factors."""
        return self.env["crm.seven.p.preview"]._open(self)

import json
import re
from datetime import timedelta

from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, get_lang
from odoo.tools.misc import babel_locale_parse

from ...tools.measure_period import UNITS, periods_until
from ...tools.measure_trend import compare

#: Periods drawn on the board, the newest among them.
SPARKLINE_PERIODS = 13

METHOD_NAME = re.compile(r"_measure_[a-z0-9_]+")
CODE = re.compile(r"[a-z][a-z0-9_]*")

LABEL_SKELETONS = {"month": "yMMM", "quarter": "yQQQ", "year": "y"}


class CrmMeasure(models.Model):
    """A named figure: what it means, how it is computed, and how it develops.

    This is the register of every figure of the suite: boards, alerts, workbook
    and reports read it. To add a measure, an add-on ships one record and, in an
    ``_inherit`` of this model, one method:

    ``_measure_<code>(company, periods) -> {period start: MeasureResult}``
        One SQL statement for all ``periods`` (:class:`Period` tuples, the running
        one cut off at today), never a loop over records. A period that is left
        out keeps the value it has (a state of the past cannot be computed
        afterwards); ``MeasureResult(None)`` says that there is no figure.
    ``_drill_<code>(company, date_from, date_to) -> action`` (optional)
        The window on exactly the records that make up the figure.
    ``_records_<code>(company, date_from, date_to) -> SQL`` (optional)
        The ids of those records, where a plain domain cannot say it: see
        ``crm.measure.drill.mixin``.

    Both run as the system when values are computed, and as the user when he
    drills down, so that he sees of the records what the host lets him see.
    """

    _name = "crm.measure"
    _description = "Measure"
    _inherit = ["crm.due.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    # Definition
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="Technical name, unique.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="An archived measure keeps its values but gets no new ones."
    )
    definition = fields.Text(
        required=True,
        translate=True,
        help="What counts and what does not, and where the data come from.",
    )
    formula = fields.Char(translate=True)
    unit = fields.Selection(
        [
            ("number", "Number"),
            ("money", "Money"),
            ("percent", "Percent"),
            ("days", "Days"),
            ("ratio", "Ratio"),
        ],
        default="number",
        required=True,
    )
    direction = fields.Selection(
        [
            ("more", "More is better"),
            ("less", "Less is better"),
            ("neutral", "Neutral"),
        ],
        default="more",
        required=True,
    )
    kind = fields.Selection(
        [
            ("flow", "What happened in the period"),
            ("state", "State at the end of the period"),
        ],
        default="flow",
        required=True,
        help="A running period is compared only where the measure is a state: "
        "half a month says nothing against a whole one.",
    )
    period = fields.Selection(
        selection="_selection_period",
        default="month",
        required=True,
        help="Values are kept per period. Values of the former period stay kept "
        "when this is changed.",
    )
    method = fields.Char(required=True, help="Name of the method that computes it.")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        domain=[("share", "=", False)],
        help="Gets an activity when the measure cannot be computed.",
    )
    refresh_count = fields.Integer(
        string="Past Periods to Recompute",
        default=3,
        required=True,
        help="Each refresh recomputes the running period and this many before it; "
        "older values stay as they were kept.",
    )

    # State of the computation
    refreshed_at = fields.Datetime(string="Computed On", readonly=True, copy=False)
    refresh_due = fields.Datetime(readonly=True, copy=False)
    error = fields.Text(string="Failure", readonly=True, copy=False)

    # Figures of the current company
    value_ids = fields.One2many("crm.measure.value", "measure_id", string="Values")
    recent_value_ids = fields.One2many(
        "crm.measure.value", compute="_compute_trend", string="Recent Values"
    )
    current_value_id = fields.Many2one(
        "crm.measure.value", compute="_compute_trend", string="Current Row"
    )
    value_current = fields.Float(
        compute="_compute_trend", digits=0, string="Current Figure"
    )
    value_previous = fields.Float(
        compute="_compute_trend", digits=0, string="Previous Figure"
    )
    change = fields.Float(compute="_compute_trend", digits=0, string="Absolute Change")
    change_percent = fields.Float(
        compute="_compute_trend", digits=0, help="A fraction: 0.25 stands for 25 %."
    )
    has_change = fields.Boolean(compute="_compute_trend")
    tone = fields.Selection(
        [("good", "Good"), ("bad", "Bad"), ("neutral", "Neutral")],
        compute="_compute_trend",
    )
    current_display = fields.Char(compute="_compute_trend", string="Current Value")
    previous_display = fields.Char(compute="_compute_trend", string="Previous Value")
    change_display = fields.Char(compute="_compute_trend", string="Change")
    period_display = fields.Char(compute="_compute_trend", string="Current Period")
    running_display = fields.Char(
        compute="_compute_trend",
        string="Period so Far",
        help="The running period up to now, where it is not comparable yet.",
    )
    sparkline = fields.Text(compute="_compute_trend", string="Trend")
    is_drillable = fields.Boolean(compute="_compute_is_drillable")

    _code_unique = models.Constraint(
        "UNIQUE(code)", "A measure with this technical name exists already."
    )
    _refresh_count_positive = models.Constraint(
        "CHECK(refresh_count BETWEEN 0 AND 1000)",
        "Recompute between 0 and 1000 past periods.",
    )

    # --- TREND

    @api.depends(
        "name", "unit", "direction", "kind", "period", "value_ids", "value_ids.value"
    )
    @api.depends_context("company", "lang")
    def _compute_trend(self):
        """Compare the newest kept values of the current company; one query."""
        today = self.env["crm.sale.fact"]._get_today(self.env.company)
        recent = self._get_recent_values(today)
        for measure in self:
            measure.update(measure._prepare_trend_vals(recent[measure], today))

    def _get_recent_values(self, today):
        """Return {measure: its values of the last periods, newest first}."""
        spans = Domain.OR(
            Domain("period", "=", unit)
            & Domain(
                "date_from",
                ">=",
                periods_until(unit, today, SPARKLINE_PERIODS + 1)[0].date_from,
            )
            for unit in set(self.mapped("period"))
        )
        values = self.env["crm.measure.value"].search(
            spans
            & Domain("measure_id", "in", self._origin.ids)
            & Domain("company_id", "=", self.env.company.id)
            & Domain("dimension_model", "=", False),
            order="date_from desc",
        )
        by_measure = values.grouped("measure_id")
        return {
            measure: by_measure.get(measure._origin, values.browse()).filtered(
                lambda value, unit=measure.period: value.period == unit
            )
            for measure in self
        }

    def _get_headline(self, values, today):
        """Return the value to show, the one to compare it with, the running one.

        :param values: newest first
        """
        none = values.browse()
        current = values[:1]
        running = none
        if self.kind == "flow" and len(values) > 1 and current.date_to >= today:
            running, current = current, values[1]
        day_before = current.date_from and current.date_from - timedelta(days=1)
        previous = values.filtered(lambda value: value.date_to == day_before)
        if self.kind == "flow" and current.date_to and current.date_to >= today:
            previous = none
        return current, previous, running

    def _prepare_trend_vals(self, values, today):
        """Return the values of all fields that :meth:`_compute_trend` sets."""
        current, previous, running = self._get_headline(values, today)
        change = compare(current.value, previous.value, self.direction)
        return {
            "recent_value_ids": values[:SPARKLINE_PERIODS],
            "current_value_id": current,
            "value_current": current.value,
            "value_previous": previous.value,
            "change": change.absolute if previous else 0.0,
            "change_percent": (change.percent or 0.0) if previous else 0.0,
            "has_change": bool(previous),
            "tone": change.tone if previous else "neutral",
            "current_display": current.value_display,
            "previous_display": previous.value_display,
            "change_display": self._format_change(change, current) if previous else "",
            "period_display": self._format_period(current) if current else "",
            "running_display": running.value_display,
            "sparkline": self._prepare_sparkline(values[:SPARKLINE_PERIODS]),
        }

    def _prepare_sparkline(self, values):
        """Return the JSON that the host's dashboard graph draws as a line."""
        factor = 100 if self.unit == "percent" else 1
        points = [
            {"x": self._format_period(value), "y": value.value * factor}
            for value in values.sorted("date_from")
        ]
        return json.dumps([{"values": points, "key": self.name or "", "area": True}])

    @api.depends("method")
    def _compute_is_drillable(self):
        for measure in self:
            measure.is_drillable = hasattr(self, measure._get_hook_name("_drill_"))

    # --- FORMATS

    def _format_period(self, value):
        """Return how people call the period of ``value``."""
        skeleton = LABEL_SKELETONS.get(value.period)
        if not skeleton:
            return format_date(self.env, value.date_from)
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_skeleton(skeleton, value.date_from, locale=locale)

    def _format_change(self, change, value):
        """Return the change with its sign: in percent, else in the unit."""
        values = self.env["crm.measure.value"]
        if self.unit != "percent" and change.percent is not None:
            text = values._format_figure(abs(change.percent), "percent")
        elif self.unit == "percent":
            points = values._format_number(abs(change.absolute) * 100, 1)
            text = self.env._("%(points)s points", points=points)
        else:
            text = values._format_figure(
                abs(change.absolute), self.unit, value.currency_id
            )
        sign = "+" if change.absolute > 0 else "-" if change.absolute < 0 else ""
        return f"{sign}{text}"

    # --- RULES

    def _selection_period(self):
        labels = {
            "day": self.env._("Day"),
            "week": self.env._("Week"),
            "month": self.env._("Month"),
            "quarter": self.env._("Quarter"),
            "year": self.env._("Year"),
        }
        return [(unit, labels[unit]) for unit in UNITS]

    @api.constrains("code")
    def _check_code(self):
        for measure in self:
            if not CODE.fullmatch(measure.code or ""):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is no technical name: use small letters, digits "
                        "and underscores, and begin with a letter.",
                        code=measure.code,
                    )
                )

    @api.constrains("method")
    def _check_method(self):
        """Only a method made for it can be named: no other code is ever called."""
        for measure in self:
            method = measure.method or ""
            if not METHOD_NAME.fullmatch(method):
                raise ValidationError(
                    self.env._(
                        "The method “%(method)s” must begin with “_measure_”.",
                        method=method,
                    )
                )
            if not callable(getattr(type(self), method, None)):
                raise ValidationError(
                    self.env._(
                        "There is no method “%(method)s”. Install the add-on that "
                        "brings it, or name a method that exists.",
                        method=method,
                    )
                )

    def write(self, vals):
        """Let the next nightly run fill a period that was changed."""
        if "period" in vals:
            vals = {**vals, "refresh_due": False}
        return super().write(vals)

    # --- DRILL-DOWN

    def _get_hook_name(self, prefix):
        """Return the name of the method beside the computing one: ``_drill_x``."""
        self.ensure_one()
        return prefix + (self.method or "").removeprefix("_measure_")

    def action_drill(self):
        """Open the records behind the current figure."""
        self.ensure_one()
        if not self.current_value_id:
            raise UserError(
                self.env._(
                    "“%(name)s” has no value yet in %(company)s. Refresh it first.",
                    name=self.name,
                    company=self.env.company.name,
                )
            )
        return self.current_value_id.action_drill()

    def _get_drill_action(self, company, date_from, date_to):
        """Return the window on the records behind the figure of these days."""
        self.check_access("read")
        if company not in self.env.companies:
            raise UserError(
                self.env._(
                    "Select %(company)s among your companies to see its records.",
                    company=company.name,
                )
            )
        drill = getattr(self, self._get_hook_name("_drill_"), None)
        if not drill:
            raise UserError(
                self.env._("“%(name)s” has no records to list.", name=self.name)
            )
        today = self.env["crm.sale.fact"]._get_today(company)
        action = drill(company, date_from, min(date_to, today))
        first, last = format_date(self.env, date_from), format_date(self.env, date_to)
        return {**action, "name": f"{self.name} ({first} - {last})"}

    def action_open_values(self):
        """Open the kept values of this measure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_measure_value_action"
        )
        return {
            **action,
            "name": self.name,
            "domain": [("measure_id", "=", self.id)],
            "context": {"search_default_my_company": 1},
        }

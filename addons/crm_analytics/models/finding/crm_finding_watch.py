import logging

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.tools.measure_period import periods_until
from odoo.addons.crm_strategy.tools.measure_trend import differs
from odoo.addons.crm_strategy.tools.notification import RELOAD, notification

from ...tools.finding import GOAL_KINDS, SEASONS, goal_strength, judge

_logger = logging.getLogger(__name__)

#: Newest periods that may bring something new: as many as a refresh computes again
NEW_PERIODS = 3
#: Newest periods of which what was proposed follows its figure
FOLLOWED_PERIODS = 12


class CrmFinding(models.Model):
    """How findings come about.

    Every night each measure is looked at in each company: its kept, final values of
    its own period, split by parts where it has some, and its goals. It only reads kept
    values and may run as often as it likes: a unique index allows one finding per
    measure, company, part, period and kind. What was accepted or dismissed is not
    touched; what is proposed follows its figure, is withdrawn with a note where nothing
    out of the usual is left of it, and comes back if there is again.

    Per measure one search for its values and one for its findings, per company one for
    its goals.
    """

    _inherit = "crm.finding"

    # --- ACTIONS

    @api.model
    def action_look(self):
        """Look for findings in the selected companies now."""
        self.check_access("read")
        return self._look_now(self.env.companies)

    @api.model
    def _look_now(self, companies):
        """Look at every measure; tell which could not be looked at."""
        failed = self.env["crm.measure"]
        for measure in failed.search([]):
            if not self._look_safely(measure, companies):
                failed |= measure
        if failed:
            return notification(
                self.env._(
                    "Could not be looked at: %(measures)s. The others were; tell your "
                    "administrator.",
                    measures=", ".join(failed.mapped("name")),
                ),
                "danger",
            )
        return RELOAD

    @api.model
    def _look_safely(self, measure, companies):
        """Look at one measure in a savepoint; return whether that worked."""
        try:
            with self.env.cr.savepoint():
                self._look(measure, companies)
        except Exception:  # the others shall have their turn
            _logger.warning("Findings of %s failed", measure.code, exc_info=True)
            return False
        return True

    # --- LOOKING

    @api.model
    def _look(self, measure, companies):
        """Look at the values of one measure in ``companies``."""
        system = self.sudo()  # style: CRM109 figures are the company's
        measure = measure.sudo()  # style: CRM109 to hold it against another job
        if not measure.try_lock_for_update(allow_referencing=True):
            return
        found = {}
        series = system._get_series(measure, companies)
        for company in companies:
            rules = self.env["crm.finding.policy"]._ensure(company)._get_rules()
            periods = system._get_periods(measure, company, rules)
            for key, figures in series.items():
                if key[1] == company.id:
                    found |= system._judge_series(measure, key, figures, periods, rules)
            own = series.get(system._get_own_key(measure, company), {})
            found |= system._judge_goals(measure, company, own, periods, rules)
        system._take_over(measure, companies, found)

    def _get_own_key(self, measure, company):
        return (measure.id, company.id, measure.period, False, 0)

    def _get_periods(self, measure, company, rules):
        """Return the periods that are over, oldest first."""
        today = self.env["crm.sale.fact"]._get_today(company)
        in_a_row = max(rules.level_count, rules.trend_count)
        count = rules.period_count + in_a_row + FOLLOWED_PERIODS + 1
        return periods_until(measure.period, today, count + 1)[:-1]

    def _get_series(self, measure, companies):
        """Return ``{series key: {first day: value}}`` of final values."""
        values = self.env["crm.measure.value"].search(
            Domain("measure_id", "=", measure.id)
            & Domain("company_id", "in", companies.ids)
            & Domain("period", "=", measure.period)
            & Domain("is_final", "=", True)
        )
        return {
            key: {value.date_from: value for value in of_key}
            for key, of_key in values.grouped(lambda v: v._get_series_key()).items()
        }

    def _judge_series(self, measure, key, figures, periods, rules):
        """Return ``{finding key: vals}`` of what is out of the usual in one series."""
        series = [
            figures[period.date_from].value if period.date_from in figures else None
            for period in periods
        ]
        found = {}
        first_new = len(periods) - NEW_PERIODS
        for at in range(len(periods) - FOLLOWED_PERIODS, len(periods)):
            for one in judge(
                series,
                at,
                SEASONS.get(measure.period, 0),
                rules,
                1.0 if measure.unit == "percent" else None,
            ):
                row = figures[periods[at].date_from]
                vals = self._prepare_series_vals(row, one, rules)
                vals["is_new"] = one.is_news and at >= first_new
                found[(*key, row.date_from, one.kind)] = vals
        return found

    def _prepare_series_vals(self, row, one, rules):
        """Return the vals of what a rule says of a kept value."""
        return {
            "date_to": row.date_to,
            "dimension_label": row.dimension_label,
            "value": row.value,
            "side": "above" if one.side > 0 else "below",
            "expected_low": one.low,
            "expected_high": one.high,
            "strength": round(one.strength, 1),
            "is_seasonal": one.is_seasonal,
            "count": {"level": rules.level_count, "trend": rules.trend_count}.get(
                one.kind, 1
            ),
        }

    def _judge_goals(self, measure, company, figures, periods, rules):
        """Return ``{finding key: vals}`` of goals whose periods are over."""
        goals = self.env["crm.measure.target"].search(
            Domain("measure_id", "=", measure.id)
            & Domain("company_id", "=", company.id)
            & Domain("date_to", "<", self.env["crm.sale.fact"]._get_today(company))
        )
        starts = [period.date_from for period in periods]
        series = [figures[day].value if day in figures else None for day in starts]
        found = {}
        for goal in goals:
            if goal.state not in ("met", "missed") or not goal.value_id.is_final:
                continue
            is_own = goal.period == measure.period and goal.date_from in starts
            held = series if is_own else []
            at = starts.index(goal.date_from) if is_own else 0
            kind = GOAL_KINDS[goal.state == "met"]
            key = (measure.id, company.id, goal.period, False, 0, goal.date_from, kind)
            found[key] = {
                "date_to": goal.date_to,
                "value": goal.actual,
                "side": "above" if goal.actual >= goal.value else "below",
                "goal": goal.value,
                "strength": round(
                    goal_strength(goal.actual, goal.value, held, at, rules), 1
                ),
                "user_id": goal.user_id.id,
                "is_new": self._is_new_goal(goal),
            }
        return found

    def _is_new_goal(self, goal):
        """Tell whether the period of ``goal`` is among the last of its length."""
        today = self.env["crm.sale.fact"]._get_today(goal.company_id)
        newest = periods_until(goal.period, today, NEW_PERIODS + 1)
        return goal.date_from >= newest[0].date_from

    # --- WHAT BECOMES OF IT

    def _get_finding_key(self):
        return (*self._get_series_key(), self.date_from, self.kind)

    def _take_over(self, measure, companies, found):
        """Propose what is new, let what is known follow its figure."""
        known = self.search(
            Domain("measure_id", "=", measure.id)
            & Domain("company_id", "in", companies.ids)
        )
        by_key = {finding._get_finding_key(): finding for finding in known}
        new = [
            self._prepare_finding_vals(measure, key, vals)
            for key, vals in found.items()
            if vals["is_new"] and key not in by_key
        ]
        for key, finding in by_key.items():
            if finding.state in ("proposed", "withdrawn"):
                finding._follow(found.get(key))
        # nobody gets a mail for what is only proposed
        self.with_context(mail_auto_subscribe_no_notify=True).create(new)

    def _prepare_finding_vals(self, measure, key, vals):
        """Return the vals of a new finding; ``key``: see :meth:`_get_finding_key`."""
        names = (
            "measure_id",
            "company_id",
            "period",
            "dimension_model",
            "dimension_res_id",
            "date_from",
            "kind",
        )
        figures = {name: value for name, value in vals.items() if name != "is_new"}
        company = self.env["res.company"].browse(key[1])
        people = self.env["res.users"].browse(figures.pop("user_id", ()))
        fit = [
            user
            for user in (people, measure.user_id)
            if user and self._is_reader(user, company)
        ]
        return {
            **dict(zip(names, key, strict=True)),
            **figures,
            "user_id": fit[0].id if fit else False,
            "date_proposed": self.env["crm.sale.fact"]._get_today(company),
        }

    def _follow(self, vals):
        """Take over a figure that was computed again since; None: nothing is left."""
        self.ensure_one()
        if vals is None:
            if self.state == "proposed" and self._is_followed():
                self._withdraw()
            return
        figures = {
            name: value
            for name, value in vals.items()
            if name not in ("is_new", "user_id")
        }
        if any(self._is_other(name, value) for name, value in figures.items()):
            self.write(figures)
        if self.state == "withdrawn":
            self._move("revive")
            self.message_post(
                body=self.env._("Proposed again: the figure is %s.", self.value_display)
            )

    def _is_other(self, name, value):
        """Tell whether field ``name`` says something else than ``value``."""
        if self._fields[name].type == "float":
            return differs(self[name], value)
        return (self[name] or False) != (value or False)

    def _is_followed(self):
        """Tell whether the period is among those that are judged again."""
        if self._is_about_goal():
            return True
        today = self.env["crm.sale.fact"]._get_today(self.company_id)
        oldest = periods_until(self.period, today, FOLLOWED_PERIODS + 1)[0]
        is_recent = self.date_from >= oldest.date_from
        return is_recent and self.period == self.measure_id.period

    def _withdraw(self):
        """Take back what was corrected away, and say how."""
        row = self._get_value()
        self._move("withdraw")
        self.message_post(
            body=self.env._(
                "Withdrawn: the figure was %(old)s and is %(new)s now; by the present "
                "figures, goals and rules there is nothing left to look at.",
                old=self.value_display,
                new=self._format(row.value) if row else self.env._("not known"),
            )
        )

    def _get_value(self):
        """Return the kept value that the finding is about, if there still is one."""
        values = self.env["crm.measure.value"].search(
            Domain("measure_id", "=", self.measure_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("period", "=", self.period)
            & Domain("date_from", "=", self.date_from)
        )
        key = self._get_series_key()
        return values.filtered(lambda value: value._get_series_key() == key)

    # --- CRON

    @api.model
    def _cron_look(self):
        """Look at every measure in every company, one after the other."""
        measures = self.env["crm.measure"].search([])
        companies = self.env["res.company"].search([])
        self.env["crm.finding.policy"]._ensure(companies)
        self.env["crm.job.pass"]._cron_work_off(
            self._name,
            measures.ids,
            lambda measure_id: self._look(measures.browse(measure_id), companies),
        )

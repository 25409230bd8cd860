import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.measure_period import cut_off, periods_until
from ...tools.measure_trend import without_leading_empty
from ...tools.notification import RELOAD, notification

_logger = logging.getLogger(__name__)

#: Periods that the first computation of a measure looks back.
FIRST_PERIODS = 24

#: A nightly run that was interrupted goes on with what it has not done within
#: this time; it is the shortest interval at which the job can usefully run.
RETRY_AFTER = timedelta(hours=1)


class CrmMeasure(models.Model):
    """How values come about, and what happens when one cannot be computed.

    Per measure and company one statement computes all requested periods, one
    query reads what is kept, and only what differs is written. On two million
    orders each statement of the sales measures is one pass over the orders (two
    at most); seven measures over 24 months are seven statements.

    Each measure is computed in a savepoint of its own: one that fails loses
    nothing but its own refresh, is marked, and its owner gets an activity.
    """

    _inherit = "crm.measure"

    # --- ACTIONS

    def action_refresh(self):
        """Recompute these measures (all, if none is chosen) for every company."""
        measures = self or self.search([])
        measures._refresh_now()
        return measures._get_reload_action()

    def _refresh_now(self, count=None):
        """Recompute at a manager's request; see :meth:`_refresh_values`."""
        self.check_access("write")
        self.lock_for_update()
        self._refresh_values(count)

    def _get_reload_action(self):
        """Show the new figures, and say which measures could not be computed."""
        failed = self.filtered("error")
        if not failed:
            return RELOAD
        return notification(
            self.env._(
                "Could not be computed: %(measures)s. The others are refreshed; "
                "open a measure to read why.",
                measures=", ".join(failed.mapped("name")),
            ),
            "danger",
        )

    # --- COMPUTATION

    def _refresh_values(self, count=None):
        """Compute and keep the values of every active company.

        :param count: how many periods to look back, the running one not counted;
            by default what the measure says, more when nothing is kept yet
        """
        # The sums below want memory for hashing, and compiling costs more than
        # it saves; both only until the end of the transaction.
        self.env.cr.execute(
            SQL(
                "SELECT set_config('work_mem', '256MB', true), "
                "set_config('jit', 'off', true)"
            )
        )
        self.env["crm.sale.fact"]._flush_sources()
        companies = self.env["res.company"].sudo().search([])  # style: CRM109 all
        for measure in self.sudo():  # style: CRM109 figures are the company's
            measure._refresh_measure(companies, count)

    def _refresh_measure(self, companies, count):
        """Compute this measure in a savepoint; report it if that fails."""
        try:
            with self.env.cr.savepoint():
                for company in companies:
                    self._refresh_company(company, count)
        except Exception as error:
            _logger.warning("Measure %s failed", self.code, exc_info=True)
            self._report_failure(error)
            return
        self._report_success()
        self.refreshed_at = fields.Datetime.now()

    def _refresh_company(self, company, count):
        """Compute and keep the values of one company."""
        today = self.env["crm.sale.fact"]._get_today(company)
        first_kept = self.env["crm.measure.value"].search(
            self._get_kept_domain(company), order="date_from", limit=1
        )
        if count is None:
            count = self.refresh_count if first_kept else FIRST_PERIODS - 1
        periods = periods_until(self.period, today, count + 1)
        results = self._call_method(company, cut_off(periods, today))
        results = without_leading_empty(results, first_kept.date_from)
        self._keep(company, today, periods, results)

    def _call_method(self, company, periods):
        """Return what the measure's method says, checked to be what was asked."""
        self._check_method()
        scope = self.with_company(company).with_context(allowed_company_ids=company.ids)
        results = getattr(scope, self.method)(company, periods)
        asked = {period.date_from for period in periods}
        if foreign := set(results) - asked:
            raise UserError(
                self.env._(
                    "The method answered for %(days)s, which was not asked for.",
                    days=", ".join(sorted(map(str, foreign))),
                )
            )
        return results

    def _get_kept_domain(self, company, unit=None):
        """Return the domain of this measure's own values (of no dimension)."""
        return (
            Domain("measure_id", "=", self.id)
            & Domain("company_id", "=", company.id)
            & Domain("period", "=", unit or self.period)
            & Domain("dimension_model", "=", False)
        )

    def _keep(self, company, today, periods, results, unit=None):
        """Write the results that differ from what is kept."""
        unit = unit or self.period
        values = self.env["crm.measure.value"]
        kept = values.search(
            self._get_kept_domain(company, unit)
            & Domain("date_from", ">=", periods[0].date_from)
        ).grouped("date_from")
        new, gone = [], values.browse()
        for period in periods:
            result = results.get(period.date_from)
            row = kept.get(period.date_from, values)
            if result is None:
                continue
            if result.value is None:
                gone |= row
                continue
            vals = self._prepare_value_vals(company, today, period, result)
            vals["period"] = unit
            if not row:
                new.append(vals)
            elif not row._is_same(vals):
                row.write(vals)
        gone.unlink()
        values.create(new)

    def _prepare_value_vals(self, company, today, period, result):
        """Return the vals of the row that keeps ``result``."""
        is_money = self.unit == "money"
        value = company.currency_id.round(result.value) if is_money else result.value
        return {
            "measure_id": self.id,
            "company_id": company.id,
            "date_from": period.date_from,
            "date_to": period.date_to,
            "value": value,
            "numerator": result.numerator,
            "denominator": result.denominator,
            "currency_id": company.currency_id.id if is_money else False,
            "computed_at": fields.Datetime.now(),
            "is_final": period.date_to < today,
        }

    # --- FAILURES

    def _report_failure(self, error):
        """Mark the measure and tell its owner, once per failure."""
        text = str(error) or type(error).__name__
        is_new = not self.error
        self.error = text
        if not is_new:
            return
        self.message_post(
            body=self.env._("The measure could not be computed: %s", text)
        )
        if user := self._get_failure_user():
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=self.env._("Measure could not be computed"),
                note=text,
            )

    def _report_success(self):
        """Take back a failure that is over."""
        if self.error:
            self.error = False
            self.activity_unlink(["mail.mail_activity_data_warning"])
            self.message_post(body=self.env._("The measure is computed again."))

    def _get_failure_user(self):
        """Return who is told: the owner, else the first sales manager."""
        managers = self.env.ref("crm_strategy.group_manager").all_user_ids
        people = managers.filtered(lambda user: user.active and not user.share)
        return self.user_id or people.sorted("id")[:1]

    # --- CRON

    @api.model
    def _cron_refresh_values(self):
        """Refresh every measure; what was not reached in time goes on later."""
        self._cron_work_off(
            "refresh_due", lambda measure: measure._refresh_values(), RETRY_AFTER
        )

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.alert_condition import Condition, judge_row, last_year_start
from ...tools.measure_period import period_of, periods_until

_logger = logging.getLogger(__name__)

#: the job takes up again what it did not reach within this time
RETRY_AFTER = timedelta(hours=1)


class CrmAlertRule(models.Model):
    """How rules watch their measures.

    After each refresh of a measure its rules look at the periods that the refresh
    recomputes; a nightly job does the same for all rules, in case that was missed.
    Both only read kept values and may run as often as they like: a rule raises one
    alert per company and period. Where a corrected figure no longer meets the
    condition, an alert that is not closed becomes void, with a note; if it does
    again, the same alert comes back. Each rule is checked in a savepoint of its own.
    """

    _inherit = "crm.alert.rule"

    # --- WATCH

    def _watch(self):
        """Check these rules against the kept values; mark those that fail."""
        for rule in self.sudo():  # style: CRM109 figures are the company's
            if not rule.active or not rule.measure_id.active:
                continue
            try:
                with self.env.cr.savepoint():
                    rule._watch_rule()
            except Exception as error:
                _logger.warning("Alert rule %s failed", rule.id, exc_info=True)
                rule.error = str(error) or type(error).__name__
                continue
            rule.write({"checked_at": fields.Datetime.now(), "error": False})

    def _watch_rule(self):
        alerts = self.env["crm.alert"].search([("rule_id", "=", self.id)])
        by_company = alerts.grouped("company_id")
        for company in self._get_companies():
            known = by_company.get(company, alerts.browse())
            by_start = known.grouped("date_from")
            # at least one period that is over
            findings = self._find(company, max(self.measure_id.refresh_count, 1) + 1)
            for finding in findings:
                if alert := by_start.get(finding["date_from"]):
                    alert._follow(finding)
                elif finding["is_raised"] and finding["date_to"] >= self.date_from:
                    self._raise_alert(company, finding)
            if findings:
                known._update_after(findings[0])

    def _get_companies(self):
        """Return the companies that the rule watches."""
        return self.company_id or self.env["res.company"].search([])

    def _get_condition(self):
        return Condition(
            self.condition,
            self.threshold,
            self._is_about_change() and self.is_percent,
            self.in_a_row,
        )

    def _find(self, company, count):
        """Judge the last periods of a company; return one dict each, newest first.

        One query. A period without a kept value is not in the answer.

        :param count: periods, the running one among them
        """
        unit = self.measure_id.period
        today = self.env["crm.sale.fact"]._get_today(company)
        periods = periods_until(unit, today, count)[::-1]
        kept = self._get_figures(company, periods[-1].date_from)
        condition = self._get_condition()
        findings = []
        for period in periods:
            is_running = period.date_to >= today
            if (is_running and not self.includes_running) or not kept.get(
                period.date_from
            ):
                continue
            pairs = self._get_pairs(kept, period)
            verdict = judge_row(condition, pairs)
            findings.append(
                {
                    "date_from": period.date_from,
                    "date_to": period.date_to,
                    "value": pairs[0][0],
                    "reference": pairs[0][1],
                    "is_raised": verdict.is_raised,
                    "compared": verdict.compared,
                }
            )
        return findings

    def _get_figures(self, company, since):
        """Return {period start: value} as far back as a comparison may reach."""
        unit = self.measure_id.period
        oldest = periods_until(unit, since, self.in_a_row + 1)[0].date_from
        if self._is_about_change() and self.compare_with == "last_year":
            oldest = last_year_start(unit, oldest)
        values = self.env["crm.measure.value"].search(
            Domain("measure_id", "=", self.measure_id.id)
            & Domain("company_id", "=", company.id)
            & Domain("period", "=", unit)
            & Domain("dimension_model", "=", False)
            & Domain("date_from", ">=", oldest)
        )
        return {value.date_from: value for value in values}

    def _get_pairs(self, kept, period):
        """Return (value, reference) of the last periods that must say so."""
        unit = self.measure_id.period
        figures = []
        for _index in range(self.in_a_row):
            before = period_of(unit, period.date_from - timedelta(days=1))
            start = before.date_from
            if self.compare_with == "last_year":
                start = last_year_start(unit, period.date_from)
            is_change = self._is_about_change()
            pair = (kept.get(period.date_from), is_change and kept.get(start))
            figures.append(tuple(row.value if row else None for row in pair))
            period = before
        return figures

    # --- ALERTS

    def _raise_alert(self, company, finding):
        """Create the alert of a period and tell its owner."""
        owner = self._get_owner(company)
        alert = self.env["crm.alert"].create(
            self._prepare_alert_vals(company, finding, owner)
        )
        if self.user_id and owner != self.user_id:
            alert.message_post(
                body=self.env._(
                    "%(owner)s, the owner of the rule, is archived or does not work "
                    "in %(company)s, so the alert goes to %(user)s.",
                    owner=self.user_id.name,
                    company=company.name,
                    user=owner.name or self.env._("nobody"),
                )
            )
        alert._plan_answer()

    def _prepare_alert_vals(self, company, finding, owner):
        return {
            "rule_id": self.id,
            "measure_id": self.measure_id.id,
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "period": self.measure_id.period,
            "date_from": finding["date_from"],
            "date_to": finding["date_to"],
            "condition": self.condition,
            "threshold": self.threshold,
            "is_percent": self._is_about_change() and self.is_percent,
            "compare_with": self._is_about_change() and self.compare_with,
            "in_a_row": self.in_a_row,
            "severity": self.severity,
            "user_id": owner.id,
            "cause_id": self.cause_id.id,
            **self._prepare_figure_vals(finding),
        }

    @api.model
    def _prepare_figure_vals(self, finding):
        return {
            "value": finding["value"],
            "reference": finding["reference"] or 0.0,
            "has_reference": finding["reference"] is not None,
            "compared": finding["compared"] or 0.0,
        }

    # --- CRON

    @api.model
    def _cron_watch(self):
        """Check every rule; what was not reached in time goes on later."""
        self._cron_work_off("check_due", lambda rule: rule._watch(), RETRY_AFTER)

import logging
import time
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...tools import bg_nbd, gamma_gamma, lifetime, table_copy

_logger = logging.getLogger(__name__)


class Ledger(NamedTuple):
    """The purchases of all customers up to a day, as arrays of one length."""

    purchases: bg_nbd.Purchases
    #: purchase days after the day
    later: object = None
    #: net revenue and margin up to the day
    revenue: object = None
    margin: object = None


class CrmLifetimeModel(models.Model):
    """How a model is fitted, and checked."""

    _inherit = "crm.lifetime.model"

    @api.model
    def _fit(self, companies):
        """Fit a model for each company and make it current unless that failed.

        The scorecards follow with the next refresh, which looks at all customers.
        """
        policies = self.env["crm.rfm.policy"]._ensure(companies)
        system = self.sudo()  # style: CRM109 whoever may fit leaves a record
        made = system.browse()
        for policy in policies:
            model = system._fit_one(policy)
            if model.state != "failed":
                model._make_current()
                policy._forget_expected()
            made |= model
        return made

    @api.model
    def _fit_first(self, policy, as_of):
        """Fit the first model of a company, amid the refresh of its scorecards."""
        known = self.search_count([("company_id", "=", policy.company_id.id)], limit=1)
        if known:
            return self.browse()
        model = self._fit_one(policy, as_of)
        if model.state == "failed":
            return self.browse()
        model._make_current()
        return model

    @api.model
    def _fit_one(self, policy, as_of=None):
        """Return a new record; on an error only it is left."""
        company = policy.company_id
        started = time.monotonic()
        today = self.env["crm.sale.fact"]._get_today
        as_of = as_of or policy.last_as_of or today(company)
        model = self.create({"company_id": company.id, "as_of": as_of})
        try:
            with self.env.cr.savepoint():
                model.write(model._prepare_fit_vals())
                model._check(policy)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # the reason is kept for the user
            _logger.exception("Lifetime model of company %s failed", company.id)
            self.env.invalidate_all()
            model.write({"state": "failed", "reason": "error", "error": str(error)})
        model.duration = time.monotonic() - started
        return model

    def _make_current(self):
        self.ensure_one()
        former = self._get_current(self.company_id)
        former.is_current = False
        former.flush_recordset(["is_current"])
        self.is_current = True

    # --- FIT

    def _prepare_fit_vals(self):
        """Return what the purchases of all customers say."""
        self.ensure_one()
        ledger = self._read_ledger()
        purchases = ledger.purchases
        total, margin = ledger.revenue.sum(), ledger.margin.sum()
        longest = int(purchases.observed.max(initial=0))
        vals = {
            **self._prepare_parameters(purchases),
            "customer_count": len(purchases.repeats),
            "repeat_count": int((purchases.repeats > 0).sum()),
            "date_from": self.as_of - timedelta(days=longest),
            "margin_percent": 100.0 * margin / total if total > 0 else 0.0,
        }
        return vals | self._prepare_values(ledger, vals["state"])

    @api.model
    def _prepare_parameters(self, purchases):
        """Return the parameters of the purchases: fitted, or those of the simple rate.

        Few customers who bought again say nothing of how customers differ.
        """
        reason = "few"
        if (purchases.repeats > 0).sum() >= lifetime.FEWEST:
            found = bg_nbd.fit(purchases)
            reason = found.reason
            if found.converged:
                return {
                    "state": "fitted",
                    "reason": False,
                    "r": found.r,
                    "alpha": found.alpha,
                    "a": found.a,
                    "b": found.b,
                    "log_likelihood": found.log_likelihood,
                }
        r, alpha = lifetime.simple_parameters(
            int(purchases.repeats.sum()), int(purchases.observed.sum())
        )
        return {"state": "fallback", "reason": reason, "r": r, "alpha": alpha}

    @api.model
    def _prepare_values(self, ledger, state):
        """Return the parameters of the amounts, and state and reason if it fails."""
        known = ledger.revenue > 0
        counts = ledger.purchases.repeats[known] + 1
        means = ledger.revenue[known] / counts
        vals = {"order_value": float(means.mean()) if len(means) else 0.0}
        if state != "fitted":
            return vals
        found = gamma_gamma.fit(counts, means)
        if not found.converged:
            reason = "not_converged" if found.reason == "empty" else found.reason
            return vals | {"state": "fallback", "reason": reason}
        return vals | {
            "p": found.p,
            "q": found.q,
            "gamma": found.gamma,
            "value_log_likelihood": found.log_likelihood,
        }

    # --- DATA

    def _read_ledger(self):
        """Return the ledger of the scorecards, as of their last refresh."""
        import numpy as np  # noqa: PLC0415 see tools/bg_nbd.py

        self.env["crm.customer.scorecard"].flush_model()
        query = SQL(
            """SELECT (purchase_day_count - 1)::int,
                      (last_order_date - first_order_date)::int,
                      (%s::date - first_order_date)::int,
                      COALESCE(revenue, 0)::float8, COALESCE(margin, 0)::float8
                 FROM crm_customer_scorecard
                WHERE company_id = %s AND first_order_date <= %s
                  AND last_order_date <= %s""",
            self.as_of,
            self.company_id.id,
            self.as_of,
            self.as_of,
        )
        kinds = ("i4", "i4", "i4", "f8", "f8")
        repeats, last, observed, revenue, margin = self._read_columns(query, kinds)
        purchases = bg_nbd.Purchases(*map(np.int64, (repeats, last, observed)))
        return Ledger(purchases, revenue=revenue, margin=margin)

    def _read_ledger_until(self, day):
        """Return the purchases up to ``day``, and how many there were later."""
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        facts._prepare_planner()
        query = SQL(
            """SELECT (COUNT(*) FILTER (WHERE day <= %(cut)s) - 1)::int,
                      MAX(day) FILTER (WHERE day <= %(cut)s) - MIN(day),
                      %(cut)s::date - MIN(day),
                      (COUNT(*) FILTER (WHERE day > %(cut)s))::int
                 FROM (SELECT customer_id, %(day)s AS day
                         FROM (%(orders)s) o
                     GROUP BY 1, 2) purchase
             GROUP BY customer_id
               HAVING MIN(day) <= %(cut)s""",
            cut=day,
            day=facts._local_day_sql(SQL("date_order"), self.company_id),
            orders=facts._orders_sql(self.company_id, self.as_of),
        )
        columns = self._read_columns(query, ("i4",) * 4)
        return Ledger(bg_nbd.Purchases(*columns[:3]), later=columns[3])

    @api.model
    def _read_columns(self, query, kinds):
        """Return the rows of ``query`` as one array per column."""
        text = self.env.cr.mogrify(query).decode()
        return table_copy.read(self.env.cr, text, kinds)

    # --- CHECK

    def _check(self, policy):
        """Expect the last months from the data before them, and compare.

        The model of the check is fitted anew: nothing of these months may be known.
        Data that do not reach far enough back give no check.
        """
        self.ensure_one()
        if not self.customer_count:
            return
        cut = self._get_check_date(policy)
        ledger = self._read_ledger_until(cut)
        if not len(ledger.later):
            return
        purchases, days = ledger.purchases, (self.as_of - cut).days
        simple = lifetime.simple_orders(
            lifetime.simple_parameters(
                int(purchases.repeats.sum()), int(purchases.observed.sum())
            ),
            purchases.repeats,
            purchases.observed,
            days,
        )
        expected = simple
        vals = self._prepare_parameters(purchases)
        if self.state == "fitted" and vals["state"] == "fitted":
            names = ("r", "alpha", "a", "b")
            parameters = bg_nbd.Parameters(*(vals[name] for name in names))
            expected = bg_nbd.expected(parameters, purchases, days)
        self.write(
            {
                "check_date": cut,
                "check_actual": int(ledger.later.sum()),
                "check_expected": float(expected.sum()),
                "check_simple": float(simple.sum()),
            }
        )
        self.env["crm.lifetime.check"]._store(self, ledger, expected, simple)

    def _get_check_date(self, policy) -> date:
        """Return the day before the months of the check: half of the data at most."""
        months = self.as_of - relativedelta(months=policy.check_months)
        return max(months, self.date_from + (self.as_of - self.date_from) // 2)

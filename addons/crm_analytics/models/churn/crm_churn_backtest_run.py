import logging
import time

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...tools import churn, table_copy

_logger = logging.getLogger(__name__)

#: months before the day in which a customer must have bought to be looked at
RECENT_MONTHS = 24
#: fewer customers who stopped, or who went on, prove nothing
FEWEST = 10


class CrmChurnBacktest(models.Model):
    """How a back-test is done."""

    _inherit = "crm.churn.backtest"

    @api.model
    def _run(self, companies):
        """Test the scores of each company; return one record each."""
        system = self.sudo()  # style: CRM109 whoever may test leaves a record
        made = system.browse()
        for policy in self.env["crm.rfm.policy"]._ensure(companies):
            made |= system._run_one(policy)
        return made

    @api.model
    def _run_one(self, policy):
        """Return a new record; on an error only it is left."""
        company = policy.company_id
        started = time.monotonic()
        former = self._get_last(company)
        until = policy.last_as_of or self.env["crm.sale.fact"]._get_today(company)
        as_of = until - relativedelta(months=policy.check_months)
        test = self.create({"company_id": company.id, "as_of": as_of, "date_to": until})
        try:
            with self.env.cr.savepoint():
                test._work()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # the reason is kept for the user
            _logger.exception("Back-test of company %s failed", company.id)
            self.env.invalidate_all()
            test.write({"state": "failed", "error": str(error)})
        test.duration = time.monotonic() - started
        if test.state == "done" and (test.is_plain_used or former.is_plain_used):
            policy._forget_expected()
        return test

    def _work(self):
        """Score as of the day, look at what came, and keep both."""
        factors = self.env["crm.churn.factor"]._get_factors(self.company_id)
        scores, silent, orders, stopped = self._read_scores(factors)
        number = int(stopped.sum())
        vals = {
            "customer_count": len(stopped),
            "stopped_count": number,
            "parameters": [factor._asdict() for factor in factors],
        }
        if min(number, len(stopped) - number) < FEWEST:
            self.write({**vals, "state": "lacking"})
            return
        plain = churn.plain_rank(silent, orders)
        auc, auc_plain = churn.auc(scores, stopped), churn.auc(plain, stopped)
        tenths = churn.deciles(scores, stopped)
        share = number / len(stopped)
        self.write(
            {
                **vals,
                "auc": auc,
                "auc_plain": auc_plain,
                "is_plain_used": auc < auc_plain,
                "lift": tenths[0][1] / tenths[0][0] / share,
                "steps": {
                    "silent": churn.steps(silent.tolist()),
                    "orders": churn.steps(orders.tolist()),
                },
            }
        )
        self.env["crm.churn.backtest.line"]._store(
            self, tenths, churn.deciles(plain, stopped), share
        )

    def _read_scores(self, factors):
        """Return score, silent days, purchases and whether he stopped, as arrays."""
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        self.env.flush_all()
        facts._prepare_planner()
        engine, company = self.env["crm.churn.engine"], self.company_id
        self.env["crm.scorecard.engine"]._make_table(
            "crm_churn_card", self._cards_sql()
        )
        cards = SQL("SELECT * FROM crm_churn_card")
        signs = engine._signs_sql(company, self.as_of, cards)
        self.env["crm.scorecard.engine"]._make_table("crm_churn_sign", signs)
        signs = SQL("SELECT * FROM crm_churn_sign")
        query = SQL(
            """SELECT COALESCE(s.score, 0), g.silent_days, g.few_orders,
                      (later.customer_id IS NULL)::int
                 FROM (%(scores)s) s
                 JOIN crm_churn_sign g USING (customer_id)
            LEFT JOIN (SELECT DISTINCT customer_id FROM (%(orders)s) o) later
                      USING (customer_id)
             ORDER BY g.customer_id""",
            scores=engine._exact_scores_sql(signs, factors),
            orders=facts._orders_sql(
                company, self.date_to, since=self.as_of + relativedelta(days=1)
            ),
        )
        text = self.env.cr.mogrify(query).decode()
        scores, silent, orders, stopped = table_copy.read(
            self.env.cr, text, ("f8", "f8", "f8", "i4")
        )
        return scores, silent, orders, stopped.astype(bool)

    def _cards_sql(self):
        """Return the cards as of the day, of who had bought in the months before."""
        engine = self.env["crm.scorecard.engine"]
        return SQL(
            """SELECT customer_id, last_order_date, purchase_day_count,
                      interval_mean, interval_spread
                 FROM (%s) card
                WHERE last_order_date > %s AND active""",
            engine._facts_sql(self.company_id, self.as_of, order_ids=[]),
            self.as_of - relativedelta(months=RECENT_MONTHS),
        )

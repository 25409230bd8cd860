import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
#: Months that are looked back, and days in which somebody has bought to be a customer
MONTHS, ACTIVE_DAYS = 24, 365
SATISFIED, MIDDLING = 75, 50


class CrmComplaintRecovery(models.Model):
    """How recovery is measured: one statement a month, once its time is over.

    - **Complained**: customers of whom a complaint (no opinion) was closed in the
      month; their window begins with the last closing in it.
    - **No complaint**: customers without any complaint received from 365 days before
      the middle of the month to the end of the window; theirs begins in the middle of
      the month, where closings lie on average.
    - Both had bought in the 365 days before their window began, so that both could
      buy *again*. **Bought again**: a purchase within the company's number of days.
      Purchases are those of ``crm.sale.fact``, nothing else.
    - **Satisfaction**: of those who complained, the answers about these complaints;
      of the others, their answers from 365 days before to the end of the window.

    A month is measured when the window of its last day is over, and kept: a later
    change of orders or settings does not change it, unless it is measured again.
    """

    _inherit = "crm.complaint.recovery"

    # --- ACTIONS

    def action_measure_again(self):
        """Measure the months of these rows anew, with the settings of today."""
        if not self.env.user.has_group("crm_service.group_manager"):
            raise AccessError(
                self.env._("Only managers of customer service can measure again.")
            )
        self.check_access("read")
        for company, rows in self.grouped("company_id").items():
            for month in sorted(set(rows.mapped("date"))):
                self._measure_month(company, month)
        return {"type": "ir.actions.client", "tag": "reload"}

    # --- CRON

    @api.model
    def _cron_measure(self):
        """Measure every month whose time is over and that has no figures yet."""
        cron = self.env["ir.cron"]
        due = [
            (company, month)
            for company in self.env["res.company"].search([])
            for month in self._get_due_months(company)
        ]
        cron._commit_progress(remaining=len(due))
        for place, (company, month) in enumerate(due, 1):
            try:
                with self.env.cr.savepoint():
                    self._measure_month(company, month)
            except Exception:
                _logger.exception("Recovery of %s, %s", company.name, month)
            if not cron._commit_progress(1, remaining=len(due) - place):
                break

    @api.model
    def _get_due_months(self, company):
        """Return the first days of the months to measure, the oldest first."""
        today = self.env["crm.sale.fact"]._get_today(company)
        last = today - timedelta(days=company.crm_service_recovery_days)
        month = last.replace(day=1) - relativedelta(months=1)
        months = [month - relativedelta(months=back) for back in range(MONTHS)]
        known = self._read_group(
            [("company_id", "=", company.id), ("date", "in", months)],
            ["date:month"],
            [],
        )
        return sorted(set(months) - {fields.Date.to_date(date) for (date,) in known})

    # --- MEASUREMENT

    @api.model
    def _measure_month(self, company, month):
        """Replace the rows of ``company`` in the month that begins on ``month``."""
        table = self.sudo()  # style: CRM109 figures of all customers, without names
        table.search([("company_id", "=", company.id), ("date", "=", month)]).unlink()
        self.env.flush_all()
        self.env["crm.sale.fact"]._prepare_planner()
        rows = self.env.execute_query_dict(self._measure_sql(company, month))
        stamp = {
            "company_id": company.id,
            "date": month,
            "days": company.crm_service_recovery_days,
            "date_measured": fields.Datetime.now(),
        }
        table.create([{**stamp, **row} for row in rows])

    def _measure_sql(self, company, month) -> SQL:
        """Return group, value class, satisfaction and figures of one month."""
        facts = self.env["crm.sale.fact"]
        days = company.crm_service_recovery_days
        last = fields.Date.end_of(month, "month")
        begin, end = facts._get_utc_bounds(company, month, last)
        middle = facts._get_day_start(month.replace(day=16), company)
        return SQL(
            """WITH purchase AS MATERIALIZED (%(purchases)s),
               closed AS (%(closed)s),
               complained AS (%(complained)s
                    UNION SELECT customer_id FROM closed),
               member AS (
                   SELECT customer_id, 'complaint' AS group_kind, moment FROM closed
                UNION ALL
                   SELECT DISTINCT p.customer_id, 'none', %(middle)s::timestamp
                     FROM purchase p
                LEFT JOIN complained c ON c.customer_id = p.customer_id
                    WHERE c.customer_id IS NULL),
               figure AS (
                   SELECT m.customer_id, m.group_kind,
                          BOOL_OR(p.date_order >= m.moment
                                  AND p.date_order < m.moment + %(days)s) AS has_bought
                     FROM member m
                     JOIN purchase p ON p.customer_id = m.customer_id
                 GROUP BY m.customer_id, m.group_kind
                   HAVING BOOL_OR(p.date_order < m.moment
                                  AND p.date_order >= m.moment - %(active)s))
               %(figures)s""",
            purchases=facts._orders_sql(
                company,
                until=last + timedelta(days=days + 1),
                since=month - timedelta(days=ACTIVE_DAYS + 1),
            ),
            closed=self._closed_sql(company, begin, end),
            complained=self._complained_sql(company, middle),
            middle=middle,
            active=timedelta(days=ACTIVE_DAYS),
            days=timedelta(days=days),
            figures=self._figures_sql(company, begin, end, middle),
        )

    def _complained_sql(self, company, middle) -> SQL:
        """Return who made a complaint around the month that begins its window there."""
        return SQL(
            """SELECT DISTINCT commercial_partner_id AS customer_id
                 FROM crm_complaint
                WHERE company_id = %s AND type = 'complaint' AND state <> 'cancelled'
                  AND commercial_partner_id IS NOT NULL
                  AND date_received >= %s AND date_received < %s""",
            company.id,
            middle - timedelta(days=ACTIVE_DAYS),
            middle + timedelta(days=company.crm_service_recovery_days),
        )

    def _closed_sql(self, company, begin, end) -> SQL:
        """Return who had a complaint closed between two moments, and when last."""
        return SQL(
            """SELECT commercial_partner_id AS customer_id, MAX(date_closed) AS moment
                 FROM crm_complaint
                WHERE company_id = %s AND type = 'complaint' AND state = 'closed'
                  AND commercial_partner_id IS NOT NULL
                  AND date_closed >= %s AND date_closed < %s
             GROUP BY commercial_partner_id""",
            company.id,
            begin,
            end,
        )

    def _figures_sql(self, company, begin, end, middle) -> SQL:
        days = timedelta(days=company.crm_service_recovery_days)
        return SQL(
            """SELECT f.group_kind, member.segment_id,
                      CASE WHEN a.score >= %(satisfied)s THEN 'satisfied'
                           WHEN a.score >= %(middling)s THEN 'middling'
                           WHEN a.score IS NOT NULL THEN 'dissatisfied'
                           ELSE 'unknown' END AS satisfaction_class,
                      COUNT(*)::int AS customer_count,
                      COUNT(*) FILTER (WHERE f.has_bought)::int AS buyer_count,
                      COALESCE(SUM(a.score), 0)::float8 AS score_sum,
                      COUNT(a.score)::int AS score_count
                 FROM figure f
            LEFT JOIN (%(answers)s) a ON a.customer_id = f.customer_id
                                     AND a.group_kind = f.group_kind
            LEFT JOIN crm_segment_membership member
                   ON member.partner_id = f.customer_id
                  AND member.segmentation_id = (%(scheme)s)
                  AND member.date_end IS NULL AND member.is_exclusive
             GROUP BY 1, 2, 3""",
            satisfied=SATISFIED,
            middling=MIDDLING,
            answers=self._answers_sql(
                company, begin, end, middle - timedelta(days=ACTIVE_DAYS), middle + days
            ),
            scheme=company._get_value_scheme_sql(),
        )

    def _answers_sql(self, company, begin, end, since, until) -> SQL:
        """Return each customer's mean answer: about his complaints, or at all."""
        return SQL(
            """SELECT s.commercial_partner_id AS customer_id,
                      'complaint' AS group_kind, AVG(s.score) AS score
                 FROM crm_satisfaction_score s
                 JOIN crm_complaint c ON c.id = s.complaint_id
                WHERE s.company_id = %(company)s AND c.state = 'closed'
                  AND c.date_closed >= %(begin)s AND c.date_closed < %(end)s
             GROUP BY s.commercial_partner_id
            UNION ALL
               SELECT s.commercial_partner_id, 'none', AVG(s.score)
                 FROM crm_satisfaction_score s
                WHERE s.company_id = %(company)s
                  AND s.date >= %(since)s AND s.date < %(until)s
             GROUP BY s.commercial_partner_id""",
            company=company.id,
            begin=begin,
            end=end,
            since=since,
            until=until,
        )

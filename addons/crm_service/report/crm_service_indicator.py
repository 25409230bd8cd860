from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from .crm_complaint_report import JUDGED

#: Days of which the board tells
DAYS = 90


class CrmServiceIndicator(models.Model):
    """The board of customer first: how a team, and each of its agents, serves.

    One row per team and one per agent of it, on the complaints received in the last
    90 days and on all that are open now.
    """

    _name = "crm.service.indicator"
    _description = "Customer-First Board"
    _auto = False
    _order = "team_id, is_team desc, received_count desc, id"
    _rec_name = "team_id"

    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    is_team = fields.Boolean(
        "Whole Team", readonly=True, help="The figures of all agents of the team."
    )
    open_count = fields.Integer("Open Now", readonly=True)
    late_count = fields.Integer("Late Now", readonly=True)
    received_count = fields.Integer("Received", readonly=True)
    closed_count = fields.Integer("Closed", readonly=True)
    hours_reply = fields.Float("Hours to Reply", readonly=True, aggregator=None)
    hours_resolution = fields.Float(
        "Hours to Resolution", readonly=True, aggregator=None
    )
    promise_rate = fields.Float("Promises Kept (%)", readonly=True, aggregator=None)
    reopen_rate = fields.Float("Reopened (%)", readonly=True, aggregator=None)
    satisfaction = fields.Float("Satisfaction (0-100)", readonly=True, aggregator=None)
    answer_count = fields.Integer("Answers", readonly=True)
    judged_count = fields.Integer("Promises", readonly=True)
    replied_count = fields.Integer("Replies", readonly=True)
    told_count = fields.Integer("Resolved", readonly=True)

    _depends = {
        "crm.complaint": [
            "company_id",
            "date_closed",
            "date_received",
            "date_replied",
            "date_told",
            "deadline_next",
            "decision_state",
            "is_open",
            "is_waiting",
            "reopen_count",
            "reply_state",
            "resolution_state",
            "state",
            "team_id",
            "user_id",
        ],
        "crm.satisfaction.score": ["complaint_id", "score"],
    }

    @property
    def _table_query(self) -> SQL:
        """Whole teams and agents from one reading of the complaints."""
        now = fields.Datetime.now()
        return SQL(
            """SELECT COALESCE(s.team_id, 0)::bigint * 8388608 * 2
                      + COALESCE(s.user_id, 0)::bigint * 2 + s.is_team
                      + s.company_id::bigint * 8796093022208 AS id,
                      s.company_id, s.team_id, s.user_id, s.is_team = 1 AS is_team,
                      s.open_count, s.late_count, s.received_count, s.closed_count,
                      s.hours_reply, s.hours_resolution, s.promise_rate,
                      s.reopen_rate, s.satisfaction, s.answer_count, s.judged_count,
                      s.replied_count, s.told_count
                 FROM (SELECT f.company_id, f.team_id, f.user_id,
                              GROUPING(f.user_id) AS is_team, %(figures)s
                         FROM (%(complaints)s) f
                     GROUP BY GROUPING SETS (
                              (f.company_id, f.team_id),
                              (f.company_id, f.team_id, f.user_id))) s""",
            figures=self._figures_sql(),
            complaints=self._complaints_sql(now, now - timedelta(days=DAYS)),
        )

    def _figures_sql(self) -> SQL:
        return SQL(
            """COUNT(*) FILTER (WHERE f.is_open)::int AS open_count,
               COUNT(*) FILTER (WHERE f.is_late)::int AS late_count,
               COUNT(*) FILTER (WHERE f.is_fresh)::int AS received_count,
               COUNT(*) FILTER (WHERE f.is_fresh AND f.date_closed IS NOT NULL)::int
                   AS closed_count,
               AVG(f.hours_reply) FILTER (WHERE f.is_fresh) AS hours_reply,
               COUNT(f.hours_reply) FILTER (WHERE f.is_fresh)::int AS replied_count,
               AVG(f.hours_resolution) FILTER (WHERE f.is_fresh) AS hours_resolution,
               COUNT(f.hours_resolution) FILTER (WHERE f.is_fresh)::int AS told_count,
               100.0 * SUM(f.kept) FILTER (WHERE f.is_fresh)
                   / NULLIF(SUM(f.judged) FILTER (WHERE f.is_fresh), 0)::float8
                   AS promise_rate,
               COALESCE(SUM(f.judged) FILTER (WHERE f.is_fresh), 0)::int
                   AS judged_count,
               AVG(100.0 * f.is_reopened::int) FILTER (WHERE f.is_fresh) AS reopen_rate,
               AVG(f.score) FILTER (WHERE f.is_fresh) AS satisfaction,
               COUNT(f.score) FILTER (WHERE f.is_fresh)::int AS answer_count"""
        )

    def _complaints_sql(self, now, since) -> SQL:
        report = self.env["crm.complaint.report"]
        return SQL(
            """SELECT c.company_id, c.team_id, c.user_id, c.is_open, c.date_closed,
                      c.is_open AND NOT COALESCE(c.is_waiting, FALSE)
                          AND c.deadline_next < %(now)s AS is_late,
                      c.date_received >= %(since)s AND c.state <> 'cancelled'
                          AS is_fresh,
                      %(reply)s AS hours_reply, %(resolution)s AS hours_resolution,
                      %(kept)s AS kept, %(judged)s AS judged,
                      COALESCE(c.reopen_count, 0) > 0 AS is_reopened, answer.score
                 FROM crm_complaint c
            LEFT JOIN (SELECT complaint_id, AVG(score) AS score
                         FROM crm_satisfaction_score GROUP BY complaint_id) answer
                   ON answer.complaint_id = c.id
                WHERE c.is_open OR c.date_received >= %(since)s""",
            now=now,
            since=since,
            reply=report._hours_sql("date_replied"),
            resolution=report._hours_sql("date_told"),
            kept=report._count_promises_sql(("kept",)),
            judged=report._count_promises_sql(JUDGED),
        )

    def action_open_complaints(self):
        """Open the complaints that the row is about."""
        self.ensure_one()
        since = fields.Datetime.now() - timedelta(days=DAYS)
        domain = [
            ("company_id", "=", self.company_id.id),
            ("team_id", "=", self.team_id.id),
            "|",
            ("is_open", "=", True),
            ("date_received", ">=", since),
        ]
        if not self.is_team:
            domain = [("user_id", "=", self.user_id.id), *domain]
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_complaint_action"
            ),
            "domain": domain,
            "context": {"create": False},
        }

from odoo import fields, models
from odoo.tools import SQL

from ..models.complaint.crm_service_team_department import DEPARTMENTS


class CrmComplaintStepReport(models.Model):
    """Where the time of complaints goes: one row per step that had its turn.

    Waiting runs from the moment a step was ready until somebody began it, work from
    then on until it ended; both in working hours. What is still open counts the hours
    of the clock since it was ready.
    """

    _name = "crm.complaint.step.report"
    _description = "Time per Step"
    _inherit = ["crm.complaint.part.mixin", "crm.screen.read.mixin"]
    _auto = False
    _order = "date_ready desc, id desc"
    _rec_name = "step_id"

    step_id = fields.Many2one("crm.complaint.step", readonly=True, aggregator=None)
    complaint_id = fields.Many2one(
        "crm.complaint", readonly=True, aggregator="count_distinct"
    )
    name = fields.Char("To Do", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    department = fields.Selection(DEPARTMENTS, readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    agent_id = fields.Many2one("res.users", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    kind_id = fields.Many2one("crm.complaint.kind", readonly=True)
    cause_id = fields.Many2one("crm.complaint.cause", readonly=True)
    state = fields.Selection(
        lambda self: (
            self.env["crm.complaint.step"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    is_gate = fields.Boolean("Blocking Step", readonly=True)
    is_open = fields.Boolean("Open", readonly=True)
    is_late = fields.Boolean("Late", readonly=True)
    date_ready = fields.Datetime("Ready Since", readonly=True)
    date_due = fields.Datetime("Due", readonly=True)
    date_end = fields.Datetime("Ended On", readonly=True)

    waiting_hours = fields.Float(
        "Waiting Time (Hours)", readonly=True, aggregator="avg"
    )
    working_hours = fields.Float(
        "Processing Time (Hours)", readonly=True, aggregator="avg"
    )
    total_hours = fields.Float(
        "Total Time (Hours)",
        readonly=True,
        aggregator="sum",
        help="Waiting and processing time together.",
    )
    open_hours = fields.Float(
        "Hours Open",
        readonly=True,
        aggregator="sum",
        help="The elapsed hours until now, day and night.",
    )
    open_count = fields.Integer("Open Steps", readonly=True)
    late_count = fields.Integer("Late Steps", readonly=True)
    work_cost = fields.Monetary("Cost of Work", readonly=True)

    _depends = {
        "crm.complaint.step": [
            "complaint_id",
            "company_id",
            "date_due",
            "date_end",
            "date_ready",
            "date_start",
            "department",
            "is_gate",
            "name",
            "state",
            "user_id",
            "waiting_hours",
            "work_cost",
            "working_hours",
        ],
        "crm.complaint": [
            "cause_id",
            "commercial_partner_id",
            "kind_id",
            "team_id",
            "user_id",
        ],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT s.id, s.id AS step_id, s.complaint_id, s.name, s.company_id,
                      company.currency_id, s.department, s.user_id, s.state, s.is_gate,
                      s.date_ready, s.date_due, s.date_end,
                      c.team_id, c.user_id AS agent_id, c.commercial_partner_id,
                      c.kind_id, c.cause_id,
                      s.state = 'ready' AS is_open,
                      %(late)s AS is_late,
                      CASE WHEN s.date_start IS NOT NULL THEN s.waiting_hours END
                          AS waiting_hours,
                      CASE WHEN s.date_end IS NOT NULL THEN s.working_hours END
                          AS working_hours,
                      COALESCE(s.waiting_hours, 0) + COALESCE(s.working_hours, 0)
                          AS total_hours,
                      CASE WHEN s.state = 'ready' THEN EXTRACT(
                               EPOCH FROM %(now)s - s.date_ready)::float8 / 3600
                      END AS open_hours,
                      (s.state = 'ready')::int AS open_count,
                      (%(late)s)::int AS late_count,
                      COALESCE(s.work_cost, 0) AS work_cost
                 FROM crm_complaint_step s
                 JOIN crm_complaint c ON c.id = s.complaint_id
            LEFT JOIN res_company company ON company.id = s.company_id
                WHERE s.date_ready IS NOT NULL AND s.state <> 'void'""",
            now=SQL("%s::timestamp", fields.Datetime.now()),
            late=SQL(
                "COALESCE(COALESCE(s.date_end, %s::timestamp) > s.date_due, FALSE)",
                fields.Datetime.now(),
            ),
        )

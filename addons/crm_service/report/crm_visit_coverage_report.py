from odoo import fields, models
from odoo.tools import SQL

from ..models.activity.crm_sales_activity import STATES


class CrmVisitCoverageReport(models.Model):
    """One row per visit: planned, done, cancelled, overdue, and what it cost.

    Planned is every visit that was more than a proposal, the cancelled ones included;
    coverage is what was done of it. A visit counts in the month of its day. Overdue is
    planned, not done, and its end has passed.
    """

    _name = "crm.visit.coverage.report"
    _description = "Visit Coverage"
    _inherit = [
        "crm.ratio.mixin",
        "crm.lifecycle.dimension.mixin",
        "crm.segment.dimension.mixin",
    ]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    _ratios = {
        "coverage": ("done_count", "planned_count", 100),
        "cost_per_visit": ("cost", "done_count", 1),
    }

    date = fields.Datetime("Day", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    plan_id = fields.Many2one("crm.visit.plan", "Visit Plan", readonly=True)
    kind_id = fields.Many2one("crm.sales.activity.kind", readonly=True)
    outcome_id = fields.Many2one("crm.sales.activity.outcome", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    proposed_count = fields.Integer("Proposed", readonly=True)
    planned_count = fields.Integer(
        "Planned",
        readonly=True,
        help="Visits that were more than a proposal: planned, confirmed, done or "
        "cancelled.",
    )
    done_count = fields.Integer("Done", readonly=True)
    cancelled_count = fields.Integer("Cancelled", readonly=True)
    overdue_count = fields.Integer(
        "Overdue",
        readonly=True,
        help="Visits that are planned but not done although their day has passed.",
    )
    duration = fields.Float("Hours", readonly=True, help="For the visits done only.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    cost = fields.Monetary(readonly=True, help="For the visits done only.")
    coverage = fields.Float(
        "Coverage (%)",
        readonly=True,
        aggregator="avg",
        help="The share of the planned visits that were done.",
    )
    cost_per_visit = fields.Monetary(
        "Cost per Visit",
        readonly=True,
        aggregator="avg",
        help="For the visits done only.",
    )

    _depends = {
        "crm.sales.activity": [
            "company_id",
            "cost",
            "date_end",
            "date_start",
            "duration",
            "is_scheduled",
            "is_visit",
            "kind_id",
            "lead_id",
            "outcome_id",
            "partner_id",
            "plan_id",
            "state",
            "team_id",
            "user_id",
        ],
        "res.company": ["currency_id"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT a.id, a.date_start AS date, a.state, a.partner_id, a.user_id,
                      a.team_id, a.company_id, a.plan_id, a.kind_id, a.outcome_id,
                      a.lead_id, c.currency_id,
                      (a.state = 'proposed')::int AS proposed_count,
                      (a.is_scheduled AND a.state <> 'proposed')::int AS planned_count,
                      (a.state = 'done')::int AS done_count,
                      (a.is_scheduled AND a.state = 'cancelled')::int
                      AS cancelled_count,
                      (a.state IN ('planned', 'confirmed')
                       AND a.date_end < %(now)s)::int AS overdue_count,
                      CASE WHEN a.state = 'done' THEN a.duration END AS duration,
                      CASE WHEN a.state = 'done' THEN a.cost END AS cost,
                      CASE WHEN a.state = 'done' THEN a.cost END AS cost_per_visit,
                      CASE WHEN a.state = 'done' THEN 100.0
                           WHEN a.is_scheduled AND a.state <> 'proposed' THEN 0.0
                           END AS coverage
                 FROM crm_sales_activity a
                 JOIN res_company c ON c.id = a.company_id
                WHERE a.is_visit""",
            now=fields.Datetime.now(),
        )

    def action_open_visits(self):
        """Open the visits behind the rows."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_visit_action_list"
        )
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

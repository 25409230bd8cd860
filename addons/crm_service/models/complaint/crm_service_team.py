from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import float_utils

FOLLOW_UP_FROM = [("shipped", "Shipping"), ("delivered", "Delivery")]


class CrmServiceTeam(models.Model):
    """The desk that handles complaints: people, hours of work, who is told.

    A team without members is open to every agent of its company.
    """

    _name = "crm.service.team"
    _description = "Service Team"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # People
    leader_id = fields.Many2one(
        "res.users",
        "Head of Service",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        help="The head of service decides on complaints and is notified when they "
        "are late.",
    )
    member_ids = fields.Many2many(
        "res.users",
        "crm_service_team_member_rel",
        "team_id",
        "user_id",
        string="Agents",
        domain=[("share", "=", False)],
        help="The agents who handle the complaints of the team. Leave empty if "
        "every agent does.",
    )
    department_ids = fields.One2many(
        "crm.service.team.department",
        "team_id",
        string="Other Departments",
        copy=True,
        help="Who carries out the steps of finance, the warehouse and shipping.",
    )
    copy_ids = fields.One2many(
        "crm.service.team.copy", "team_id", string="Leaders in Copy", copy=True
    )

    # Time
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        help="Promised times are counted in these working hours. Leave empty to "
        "use those of the company.",
    )
    follow_up_days = fields.Integer(
        "Follow-Up after (Days)",
        default=3,
        required=True,
        help="The days after which the customer is called again to make sure that "
        "everything is all right.",
    )
    follow_up_from = fields.Selection(
        FOLLOW_UP_FROM, "Follow-Up Counted From", default="shipped", required=True
    )
    follow_up_retries = fields.Integer(
        "Further Attempts",
        default=3,
        required=True,
        help="The number of further calls to a customer who could not be reached.",
    )
    retry_days = fields.Integer("Days between Attempts", default=1, required=True)

    complaint_count = fields.Integer(compute="_compute_complaint_count")

    _days_positive = models.Constraint(
        "CHECK(follow_up_days >= 0 AND follow_up_retries >= 0 AND retry_days >= 1)",
        "Days and attempts cannot be negative, and there must be at least one day "
        "between attempts.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        counts = dict(
            self.env["crm.complaint"]._read_group(
                [("team_id", "in", self.ids), ("is_open", "=", True)],
                ["team_id"],
                ["__count"],
            )
        )
        for team in self:
            team.complaint_count = counts.get(team._origin, 0)

    # --- ACTIONS

    def action_open_complaints(self):
        """Open the complaints of the team."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_complaint_action"
        )
        return {
            **action,
            "domain": [("team_id", "=", self.id)],
            "context": {"search_default_open": 1, "default_team_id": self.id},
        }

    # --- WHO AND WHEN, asked by complaints

    def _get_calendar(self, company=None):
        """Return the working hours of the team, else of its company."""
        company = self.company_id or company or self.env.company
        return self.calendar_id or company.resource_calendar_id

    def _plan_hours(self, hours, start, company=None):
        """Return when ``hours`` of work after ``start`` are over; both in UTC.

        Without working hours every hour counts.
        """
        calendar = self._get_calendar(company)
        end = calendar and calendar.plan_hours(hours, start, compute_leaves=True)
        return end or start + timedelta(hours=hours)

    def _count_hours(self, start, end, company=None):
        """Return the hours of work between two times in UTC."""
        if end <= start:
            return 0.0
        calendar = self._get_calendar(company)
        if not calendar:
            return (end - start).total_seconds() / 3600
        hours = calendar.get_work_hours_count(start, end)
        return float_utils.float_round(hours, precision_digits=4)

    def _get_department_user(self, department):
        """Return who does the steps of ``department``; empty: whoever takes them."""
        if department in ("service_head", "leader"):
            return self.leader_id.filtered("active")
        line = self.department_ids.filtered(lambda d: d.department == department)
        return line[:1].user_id.filtered("active")

    def _get_users_in_copy(self, amount):
        """Return the leaders who are told of a complaint of ``amount``.

        :param amount: in the currency of the company
        """
        lines = self.copy_ids.filtered(
            lambda line: self.currency_id.compare_amounts(amount, line.amount_min) >= 0
        )
        return lines.user_id.filtered("active")

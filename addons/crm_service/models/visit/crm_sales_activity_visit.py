import re

from odoo import api, fields, models

COLORS = {"proposed": 3, "planned": 4, "confirmed": 7, "done": 10}
OVERDUE = 1
MOVING = ("date_start", "date_end", "duration", "user_id")


class CrmSalesActivity(models.Model):
    """A visit: a touch of a kind that is a visit, mostly from a visit plan.

    ``plan_key`` names the visit in its plan, so that generating twice makes nothing
    double. A proposal that a person moves stays where he put it.
    """

    _inherit = "crm.sales.activity"

    # The plan
    plan_id = fields.Many2one(
        "crm.visit.plan",
        "Visit Plan",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    plan_key = fields.Char(readonly=True, copy=False)
    is_moved = fields.Boolean(
        "Moved by Hand",
        readonly=True,
        copy=False,
        help="Somebody moved this proposal or gave it to another person, so it stays "
        "as it is when the plan is generated anew.",
    )
    cadence_reason = fields.Char(
        "Cadence",
        compute="_compute_cadence_reason",
        help="How often the customer is to be visited, and which rule says so.",
    )
    visit_color = fields.Integer("Color", compute="_compute_visit_color")

    # What it is about
    purpose = fields.Char()
    agenda = fields.Text()
    template_id = fields.Many2one(
        "crm.visit.template",
        "Visit Template",
        compute="_compute_template_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="['|', ('kind_id', '=', False), ('kind_id', '=', kind_id)]",
    )
    checklist = fields.Text(related="template_id.checklist")
    partner_address = fields.Char("Address", compute="_compute_partner_address")

    _plan_unique = models.UniqueIndex(
        "(plan_id, plan_key) WHERE plan_key IS NOT NULL",
        "The plan has this visit already.",
    )
    _visit_date_index = models.Index("(company_id, date_start) WHERE is_visit")

    # --- COMPUTE

    @api.depends("partner_id", "company_id", "is_visit")
    @api.depends_context("lang")
    def _compute_cadence_reason(self):
        visits = self.filtered("is_visit")
        rows = self.env["crm.visit.customer"].sudo()  # style: CRM109 of these visits
        reasons = {
            (row.partner_id.id, row.company_id.id): row.reason
            for row in rows.search(
                [
                    ("partner_id", "in", visits.partner_id.ids),
                    ("company_id", "in", visits.company_id.ids),
                ]
            )
        }
        for activity in self:
            key = (activity.partner_id.id, activity.company_id.id)
            activity.cadence_reason = activity.is_visit and reasons.get(key)

    @api.depends("state", "is_overdue")
    def _compute_visit_color(self):
        for activity in self:
            color = COLORS.get(activity.state, 0)
            activity.visit_color = OVERDUE if activity.is_overdue else color

    @api.depends("partner_id.contact_address_inline")
    def _compute_partner_address(self):
        """The host leaves gaps between commas where a part is not filled."""
        for visit in self:
            address = visit.partner_id.contact_address_inline or ""
            visit.partner_address = re.sub(r",(\s*,)+", ",", address)

    @api.depends("kind_id", "partner_id")
    def _compute_template_id(self):
        """Take the template that suits, unless one was chosen that still does."""
        for (kind, company), visits in self.grouped(
            lambda a: (a.kind_id, a.company_id)
        ).items():
            if not kind.is_visit:
                visits.template_id = False
                continue
            templates = self.env["crm.visit.template"]._get_templates(
                kind, company, visits.partner_id._origin.ids
            )
            for visit in visits:
                chosen = visit.template_id
                if chosen and chosen.kind_id in (kind, chosen.kind_id.browse()):
                    continue
                visit.template_id = templates.get(visit.partner_id._origin.id)

    @api.depends("name", "partner_id.name")
    @api.depends_context("crm_show_customer")
    def _compute_display_name(self):
        """In a calendar a visit is called after its customer."""
        result = super()._compute_display_name()
        if self.env.context.get("crm_show_customer"):
            for visit in self.filtered("partner_id"):
                visit.display_name = f"{visit.partner_id.name}: {visit.name}"
        return result

    @api.onchange("template_id")
    def _onchange_template_id(self):
        """Begin with what the template says."""
        self.purpose = self.purpose or self.template_id.purpose
        self.agenda = self.agenda or self.template_id.agenda

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """New visits begin with purpose and agenda of their template."""
        activities = super().create(vals_list)
        for visit in activities.filtered("template_id"):
            vals = {
                name: visit.template_id[name]
                for name in ("purpose", "agenda")
                if not visit[name] and visit.template_id[name]
            }
            if vals:
                visit.write(vals)
        return activities

    def write(self, vals):
        """A proposal that was moved stays where it was put."""
        before = {}
        if not set(MOVING).isdisjoint(vals):
            before = {
                visit.id: (visit.date_start, visit.user_id)
                for visit in self
                if visit.plan_id and visit.state == "proposed" and not visit.is_moved
            }
        result = super().write(vals)
        visits = self.sudo()  # style: CRM109 it may be another person's by now
        moved = visits.filtered(
            lambda v: v.id in before and before[v.id] != (v.date_start, v.user_id)
        )
        if moved:
            super(CrmSalesActivity, moved).write({"is_moved": True})
        return result

import csv

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import file_open

from .crm_demo_complaint import FOLDER, QUIET

PEOPLE = ("chen", "marta")
#: Who asked for another time after the plan was made, so that the visit is due still.
PUT_OFF = {
    "andes_cables": "The plant stands still for maintenance. 工厂停产检修。",
    "sunrise_conductors": "The head of purchasing changes; they call us.",
    "lakeside_utilities": "Budget talks first; ask again in a month.",
}


class CrmDemoStory(models.AbstractModel):
    """The visits of the present year: a template, the plan, the first ones agreed."""

    _inherit = "crm.demo.story"

    @api.model
    def _load_visits(self):
        """Plan the running year; what lies in the next month is in calendars."""
        company = self.env.ref("base.main_company")
        today = fields.Date.context_today(self)
        story = self.with_company(company).with_context(**QUIET, tracking_disable=True)
        story._create_demo("crm_visit_template_demo", story._prepare_visit_template())
        level = self.env["crm.service.level"].search([], limit=1)
        if level:
            vals = {"service_level_id": level.id, "visits_per_year": 12}
            story._create_demo("crm_visit_cadence_demo", ("crm.visit.cadence", vals))
        plan = story._create_demo(
            "crm_visit_plan_demo",
            (
                "crm.visit.plan",
                {
                    "name": story.env._("Visits %s", today.year),
                    "company_id": company.id,
                    "date_from": today.replace(month=1, day=1),
                    "is_lead_included": True,
                    "user_id": story.env.ref("crm_strategy.res_users_lin").id,
                    "person_ids": story._prepare_visit_people(),
                },
            ),
        )
        story._load_plan_visits(plan)
        plan._generate()
        end = fields.Datetime.to_datetime(fields.Date.add(today, days=30))
        soon = plan._get_to_schedule(plan.person_ids.user_id, 40)
        plan._schedule(soon.filtered(lambda visit: visit.date_start < end))
        story._put_off_visits(plan)

    @api.model
    def _load_plan_visits(self, plan):
        """Tell the visits of the past weeks: ``visits.tsv``, one visit a row."""
        with file_open(f"{FOLDER}/visits.tsv") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                self._load_sales_activity(row)
                visit = self.env.ref(f"crm_service.crm_sales_activity_{row['key']}")
                vals = {name: row[name] for name in ("competitor_note", "market_note")}
                if visit.date_start.date() >= plan.date_from:
                    vals["plan_id"] = plan.id
                visit.with_context(**QUIET, tracking_disable=True).write(vals)

    @api.model
    def _put_off_visits(self, plan):
        """Cancel what customers do not want before the next month."""
        waiting = self.env["crm.sales.activity"].search(
            [("plan_id", "=", plan.id), ("state", "in", ("proposed", "planned"))]
        )
        waiting = waiting.with_context(**QUIET, tracking_disable=True)
        ahead = waiting.filtered(lambda v: v.date_start > fields.Datetime.now())
        for name, reason in PUT_OFF.items():
            partner = self.env.ref(f"crm_strategy.partner_{name}")
            visits = ahead.filtered(lambda v, who=partner: v.partner_id == who)
            visits.action_cancel(reason)

    @api.model
    def _create_demo(self, name, parts):
        """Create a record with an external id, so that it goes with the add-on."""
        model_name, vals = parts
        record = self.env[model_name].create(vals)
        self.env["ir.model.data"].create(
            {
                "module": "crm_service",
                "name": name,
                "model": model_name,
                "res_id": record.id,
                "noupdate": True,
            }
        )
        return record

    @api.model
    def _prepare_visit_template(self):
        return "crm.visit.template", {
            "name": "Yearly visit to a mill",
            "purpose": "Volumes and plans of the coming year",
            "agenda": "Volumes of last year\nPlans and projects\nQuality and claims",
            "checklist": "Orders, open complaints, price list, samples",
            "definition": [
                {
                    "name": "a1b2c3d4e5f60001",
                    "string": "Planned volume (t)",
                    "type": "float",
                },
                {
                    "name": "a1b2c3d4e5f60002",
                    "string": "Demand",
                    "type": "selection",
                    "selection": [
                        ["rising", "Rising"],
                        ["stable", "Stable"],
                        ["falling", "Falling"],
                    ],
                },
                {
                    "name": "a1b2c3d4e5f60003",
                    "string": "Decides about us",
                    "type": "char",
                },
            ],
        }

    @api.model
    def _prepare_visit_people(self):
        people = [
            self.env.ref(f"crm_strategy.res_users_{name}", raise_if_not_found=False)
            for name in PEOPLE
        ]
        return [
            Command.create(
                {"user_id": user.id, "visits_per_day": 3, "days_per_week": 2}
            )
            for user in people
            if user
        ]

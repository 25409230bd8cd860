import csv
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import file_open

from .crm_demo_complaint import FOLDER, QUIET

#: What the people of the story, who live in China, are before UTC
HOURS_AHEAD = 8
ENDS = {"confirmed": "action_confirm", "done": "action_done"}


class CrmDemoStory(models.AbstractModel):
    """A year of calls and visits: ``activities.tsv``, one touch a row.

    ``day`` counts from today; what would fall on a weekend takes place on the
    Friday before. ``contact``, ``lead`` and ``next`` may be empty.
    """

    _inherit = "crm.demo.story"

    @api.model
    def _load_sales_activities(self):
        """Tell the touches in the order of the file."""
        with file_open(f"{FOLDER}/activities.tsv") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                self._load_sales_activity(row)

    @api.model
    def _load_sales_activity(self, row):
        company = self.env.ref("base.main_company")
        touches = self.env["crm.sales.activity"].with_company(company)
        touches = touches.with_context(**QUIET, tracking_disable=True)
        touch = touches.create(self._prepare_sales_activity_vals(row, company))
        self.env["ir.model.data"].create(
            {
                "module": "crm_service",
                "name": f"crm_sales_activity_{row['key']}",
                "model": touch._name,
                "res_id": touch.id,
                "noupdate": True,
            }
        )
        if row["state"] == "cancelled":
            touch.action_cancel(row["findings"])
        elif row["state"] in ENDS:
            getattr(touch, ENDS[row["state"]])()
        if row["state"] == "done":
            touch.write({"date_done": touch.date_end, "done_by_id": touch.user_id.id})

    @api.model
    def _prepare_sales_activity_vals(self, row, company):
        def find(name, module="crm_strategy"):
            return self.env.ref(f"{module}.{name}")

        partner = find(f"partner_{row['customer']}")
        user = find(f"res_users_{row['user']}") if row["user"] else partner.user_id
        vals = {
            "kind_id": find(f"crm_sales_activity_kind_{row['kind']}", "crm_service").id,
            "partner_id": partner.id,
            "user_id": user.id,
            "company_id": company.id,
            "direction": row["direction"] or "out",
            "date_start": self._get_working_time(int(row["day"]), int(row["hour"])),
            "state": "proposed" if row["state"] == "proposed" else "planned",
        }
        if row["subject"]:
            vals["name"] = row["subject"]
        if row["contact"]:
            contact = find(f"partner_{row['contact']}")
            vals["contact_ids"] = [Command.set(contact.ids)]
        if row["lead"]:
            vals["lead_id"] = find(f"crm_lead_{row['lead']}").id
        if row["outcome"]:
            outcome = f"crm_sales_activity_outcome_{row['outcome']}"
            vals["outcome_id"] = find(outcome, "crm_service").id
        if row["state"] != "cancelled" and row["findings"]:
            vals["findings"] = row["findings"]
        if row["cost"]:
            vals["kind_cost"] = float(row["cost"])
        if row["next"]:
            day = self._get_working_time(int(row["next_day"]), HOURS_AHEAD)
            vals |= {"next_step": row["next"], "next_date": day.date()}
        return vals

    @api.model
    def _get_working_time(self, days, hour):
        """Return the moment, in UTC, of an hour of a working day of the story."""
        day = fields.Datetime.now() + timedelta(days=days)
        day -= timedelta(days=max(day.weekday() - 4, 0))
        moment = day.replace(hour=hour, minute=0, second=0, microsecond=0)
        return moment - timedelta(hours=HOURS_AHEAD)

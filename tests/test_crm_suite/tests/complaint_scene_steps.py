"""What each person of the scene does, as a step that a test can take."""

import io

from odoo.http import Request
from odoo.tests import Form, HttpCase

from .complaint_scene import ComplaintScene, make_picture


class ComplaintScenario(ComplaintScene, HttpCase):
    """The steps of the story, each as the person who does it."""

    # --- THE CUSTOMER

    def _report(self, wish="replacement", quantity="4"):
        """Ida sends the form of the portal with a picture; return the complaint."""
        self.authenticate("scene_ida", "scene_ida")
        answer = self.url_open(
            "/my/complaints/new/send",
            data={
                "csrf_token": Request.csrf_token(self),
                "form_token": "0123456789abcdef" * 2,
                "kind_id": self.kind.id,
                "order_id": self.order.id,
                f"quantity_{self.order.order_line.id}": quantity,
                f"lot_{self.order.order_line.id}": self.lot.id,
                "title": "The parcel leaked",
                "description": "Four pails have leaked into the box.",
                "wish": wish,
                "phone": "+46 8 555 01 01",
            },
            files=[("pictures", ("box.jpg", io.BytesIO(make_picture()), "image/jpeg"))],
        )
        self.assertEqual(answer.status_code, 200)
        return self.env["crm.complaint"].search(
            [("commercial_partner_id", "=", self.customer.id)], limit=1
        )

    def _read_page(self, complaint):
        self.authenticate("scene_ida", "scene_ida")
        return self.url_open(f"/my/complaints/{complaint.id}").text

    # --- THE DESK

    def _propose(self, complaint, remedy_type, **vals):
        """The agent takes it and proposes a remedy for all that leaked."""
        desk = complaint.with_user(self.agent)
        desk.action_take()
        return (
            self.env["crm.complaint.remedy"]
            .with_user(self.agent)
            .create({**desk._prepare_remedy_vals(remedy_type), **vals})
            .sudo()
        )

    def _decide(self, complaint):
        complaint.with_user(self.head).action_decide()

    def _approve(self, complaint):
        step = complaint.step_ids.filtered(
            lambda s: s.department == "finance" and s.state == "ready"
        )
        step.with_user(self.finance).action_done()

    def _ship(self, remedy):
        """The storeman picks what is reserved and validates the transfer."""
        picking = remedy.sale_order_id.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        picking = picking.with_user(self.stock)
        if "carrier_tracking_ref" in picking._fields:
            picking.carrier_tracking_ref = "TRACK-4711"
        picking.move_ids.picked = True
        picking.button_validate()
        return picking.sudo()

    def _bring_to_told(self):
        """Return complaint and remedy, shipped and told."""
        complaint = self._report()
        remedy = self._propose(complaint, "replacement")
        self._decide(complaint)
        self._approve(complaint)
        self._ship(remedy)
        self._call(complaint, "told")
        return complaint, remedy

    def _call(self, complaint, answer, **vals):
        """The agent logs a call and presses what the customer answered."""
        desk = complaint.with_user(self.agent)
        context = desk.action_log_call()["context"]
        dialogue = desk.env["crm.complaint.call"].with_context(**context).create(vals)
        getattr(dialogue, f"action_{answer}")()

    def _close(self, complaint):
        cause = self.env.ref("crm_service.crm_complaint_cause_carrier")
        with Form(complaint.with_user(self.agent)) as form:
            form.cause_id = cause
            form.result = "resolved"
            form.result_note = "Four pails sent again"
        complaint.with_user(self.agent).action_close()

    # --- FIGURES

    def _get_panel(self, complaint, user=None):
        self.env.invalidate_all()
        return complaint.with_user(user or self.agent).customer_panel

    def _count_entries(self):
        return self.env["account.move"].search_count(
            [("company_id", "=", self.company.id)]
        )

    def _get_entry(self, move):
        """Return {(account type, tax line?): balance} of a journal entry."""
        items = {}
        for line in move.line_ids:
            key = line.account_id.account_type, bool(line.tax_line_id)
            items[key] = round(items.get(key, 0.0) + line.balance, 2)
        return items

    def _get_calls(self, complaint):
        """Return (day, user, summary, note) of the calls on somebody's list."""
        call = self.env.ref("mail.mail_activity_data_call")
        return [
            (str(a.date_deadline), a.user_id, a.summary, a.note)
            for a in complaint.activity_ids
            if a.activity_type_id == call
        ]

from odoo import api, fields, models

from ..models.contact.crm_complaint_contact import PURPOSES


class CrmComplaintCall(models.TransientModel):
    """Log a call: read the script, press what the customer answered."""

    _name = "crm.complaint.call"
    _description = "Log Call"

    complaint_id = fields.Many2one(
        "crm.complaint", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="complaint_id.partner_id")
    purpose = fields.Selection(PURPOSES, compute="_compute_from_complaint")
    unreachable_count = fields.Integer(related="complaint_id.unreachable_count")
    script = fields.Text("Call Script", compute="_compute_from_complaint")
    phone = fields.Char(
        compute="_compute_phone", store=True, readonly=False, precompute=True
    )
    note = fields.Text("What the Customer Says")
    duration = fields.Float("Minutes")
    next_date = fields.Date("Call Again On")

    # What he mentions beside the complaint
    need_name = fields.Char("Need")
    need_kind = fields.Selection(
        selection=lambda self: self.env["crm.need"]._fields["kind"].selection,
        string="Kind of Need",
        default="standard",
    )
    need_strength = fields.Integer(
        "Strength of the Need",
        default=3,
        help="From 1, nice to have, to 5: decides whether the customer buys.",
    )

    @api.depends("complaint_id")
    def _compute_from_complaint(self):
        for call in self:
            call.purpose = call.complaint_id.contact_purpose
            call.script = call.complaint_id.call_script

    @api.depends("complaint_id")
    def _compute_phone(self):
        for call in self:
            call.phone = call.complaint_id.contact_phone

    def action_told(self):
        """He knows the result now."""
        return self._log("told")

    def action_received(self):
        """He has received everything and is content."""
        return self._log("received")

    def action_not_received(self):
        """He has not received it or is not content."""
        return self._log("not_received")

    def action_unreachable(self):
        """Nobody answered."""
        return self._log("unreachable")

    def action_asked_back(self):
        """He asks to be called at another time."""
        return self._log("asked_back")

    def _log(self, outcome):
        self.ensure_one()
        self.complaint_id.log_call(
            outcome,
            note=self.note,
            phone=self.phone,
            duration=self.duration,
            next_date=self.next_date,
        )
        self._record_need()
        return {"type": "ir.actions.act_window_close"}

    def _record_need(self):
        """Keep what the customer said he needs, on the same screen as the call."""
        name = (self.need_name or "").strip()
        if name:
            self.complaint_id._record_need(
                name,
                kind=self.need_kind or "standard",
                strength=self.need_strength,
                source="call",
            )

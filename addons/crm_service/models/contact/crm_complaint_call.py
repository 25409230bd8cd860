from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.complaint_call import PURPOSES as PURPOSE_OF_STATE
from ...tools.complaint_call import get_moves, is_retried
from ..complaint.crm_complaint import INTERNAL
from ..complaint.crm_complaint_write import BY_SYSTEM
from .crm_complaint_contact import PURPOSES

# what follows from calls and is written by the product only
CONTACT_SYSTEM_FIELDS = {
    "unreachable_count",
    "is_leader_asked",
    "is_contact_reminded",
    "contact_error",
    "contact_retry",
}


class CrmComplaint(models.Model):
    """The customer is called: told the result, then asked whether all is well.

    What a call leads to, stands in ``tools/complaint_call.py``; how calls come on
    the list of the agent, in ``crm_complaint_call_plan.py``.
    """

    _inherit = "crm.complaint"

    contact_ids = fields.One2many(
        "crm.complaint.contact", "complaint_id", string="Calls", groups=INTERNAL
    )
    contact_count = fields.Integer(compute="_compute_contact_count", groups=INTERNAL)
    contact_purpose = fields.Selection(
        PURPOSES,
        "Next Call Is To",
        compute="_compute_contact_purpose",
        groups=INTERNAL,
    )
    contact_phone = fields.Char(
        "Number to Call", compute="_compute_contact_phone", groups=INTERNAL
    )
    call_script = fields.Text(compute="_compute_call_script", groups=INTERNAL)
    date_contact = fields.Date(
        "Next Call", copy=False, index="btree_not_null", groups=INTERNAL
    )
    date_delivered = fields.Date(
        "Delivered On",
        copy=False,
        groups=INTERNAL,
        help="When the customer received the goods, as reported by the carrier. "
        "Leave empty to count from the day of shipping.",
    )
    unreachable_count = fields.Integer(
        "Unanswered Calls", readonly=True, copy=False, groups=INTERNAL
    )
    is_leader_asked = fields.Boolean(
        "Escalated to Head of Service",
        readonly=True,
        copy=False,
        groups=INTERNAL,
        help="The customer could not be reached, so the head of service decides "
        "how to continue.",
    )

    # --- COMPUTE

    @api.depends("contact_ids")
    def _compute_contact_count(self):
        counts = dict(
            self.env["crm.complaint.contact"]._read_group(
                [("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]
            )
        )
        for complaint in self:
            complaint.contact_count = counts.get(complaint._origin, 0)

    @api.depends("state")
    def _compute_contact_purpose(self):
        for complaint in self:
            complaint.contact_purpose = PURPOSE_OF_STATE.get(complaint.state)

    @api.depends("order_id", "partner_id", "phone")
    def _compute_contact_phone(self):
        """Return the number of the order's contacts, else the customer's."""
        for complaint in self.sudo():  # style: CRM109 a number, for who may call
            order = complaint.order_id
            numbers = (
                order.partner_shipping_id.phone,
                order.partner_invoice_id.phone,
                complaint.phone,
                complaint.partner_id.phone,
                complaint.commercial_partner_id.phone,
            )
            complaint.contact_phone = next(filter(None, numbers), False)

    @api.depends("state", "kind_id", "partner_id", "order_id", "result_note")
    @api.depends_context("uid", "lang")
    def _compute_call_script(self):
        for complaint in self:
            complaint.call_script = complaint._get_call_script()

    def _get_call_script(self):
        """Return what to say now, in the customer's language; empty without a call."""
        if not self.contact_purpose:
            return False
        spoken = self.with_context(lang=self.partner_id.lang or self.env.lang)
        scripts = spoken.env["crm.complaint.script"].sudo()  # style: CRM109 its text
        script = scripts._find_script(self.contact_purpose, self.kind_id)
        return script._render(spoken._prepare_script_values())

    def _prepare_script_values(self):
        """Return what a script can speak of, by placeholder."""
        day = self.date_contact or fields.Date.context_today(self)
        order = self.order_id.sudo()  # style: CRM109 its number
        return {
            "customer": self.commercial_partner_id.name or self.partner_name,
            "contact": self.partner_id.name or self.partner_name,
            "agent": self.env.user.name,
            "company": self.company_id.name,
            "number": self.name,
            "subject": self.title,
            "order": order.name,
            "products": ", ".join(self.line_ids.product_id.mapped("name")),
            "result": self._get_result_in_words(),
            "date": fields.Date.to_string(day),
        }

    def _get_result_in_words(self):
        """Return what was granted, and the final result where it is written."""
        texts = self._get_granted_texts().get(self.id, [])
        return "; ".join([*texts, *filter(None, [self.result_note])])

    # --- CRUD

    def _check_system_fields(self, names):
        result = super()._check_system_fields(names)
        if not self.env.su and CONTACT_SYSTEM_FIELDS & set(names):
            raise AccessError(
                self.env._(
                    "The number of calls is taken from the call log and cannot be "
                    "entered. Use Log Call instead."
                )
            )
        return result

    # --- ACTIONS

    def action_log_call(self):
        """Open the dialogue with number, script and the possible answers."""
        self.ensure_one()
        self.check_access("write")
        if not self.contact_purpose:
            raise UserError(
                self.env._(
                    "“%(name)s” is not waiting for a call. Customers are called when "
                    "all remedies have been carried out, and again for the follow-up "
                    "call.",
                    name=self.display_name,
                )
            )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_complaint_call_action"
            ),
            "context": {"default_complaint_id": self.id},
        }

    def action_tell(self):
        """Told without a call logged: the log says so all the same."""
        self._log_unless_logged("told")
        return super().action_tell()

    def action_receive(self):
        """Received without a call logged: the log says so all the same."""
        self._log_unless_logged("received")
        return super().action_receive()

    def action_confirm(self):
        """An agent who confirms for the customer has spoken with him."""
        if self.env.user._is_internal() and not self.env.su:
            self._log_unless_logged("received")
        return super().action_confirm()

    def action_deny(self, reason=False):
        """Not content: that goes into the log with the reason."""
        if self.env.user._is_internal() and (reason or "").strip():
            self._log_unless_logged("not_received", note=reason)
        return super().action_deny(reason)

    def _log_unless_logged(self, outcome, **vals):
        """Note an answer that came by a button and not by the dialogue."""
        if self.env.context.get("crm_service_call") is BY_SYSTEM:
            return
        self.check_access("write")
        for complaint in self:
            complaint._create_contact(outcome, **vals)

    # --- A CALL

    def log_call(self, outcome, note=False, phone=False, duration=0.0, next_date=False):
        """Note the answer to a call and do what follows from it.

        :param outcome: one of ``tools/complaint_call.py``, possible in this state
        :param note: what the customer said; asked for where he is not content
        :param next_date: when he wants to be called again (date)
        :return: the row of the log
        """
        self.ensure_one()
        self._lock()
        moves = get_moves(self.contact_purpose, outcome)
        if moves is None:
            raise self._get_move_error()
        if outcome == "not_received" and not (note or "").strip():
            raise UserError(
                self.env._(
                    "Enter what the customer says. It determines the next steps."
                )
            )
        next_date = fields.Date.to_date(next_date)
        contact = self._create_contact(
            outcome,
            note=note,
            phone=phone or self.contact_phone,
            duration=duration,
            next_date=next_date,
        )
        self._finish_calls(contact)
        told = self.with_context(crm_service_call=BY_SYSTEM)
        for move in moves:
            if move == "deny":
                told.action_deny(note)
            else:
                getattr(told, f"action_{move}")()
        if not moves:
            self._call_again(outcome, next_date)
        return contact

    def _create_contact(self, outcome, **vals):
        logs = self.env["crm.complaint.contact"].sudo()  # style: CRM109 a log
        return logs.create(
            {
                "complaint_id": self.id,
                "purpose": self.contact_purpose or "follow_up",
                "outcome": outcome,
                "phone": self.contact_phone,
                **vals,
            }
        )

    def _call_again(self, outcome, next_date):
        """Plan the next attempt; after too many the head of service decides."""
        today = self._get_contact_today()
        if outcome == "unreachable":
            complaint = self.sudo()  # style: CRM109 counts the log
            complaint.unreachable_count += 1
            retries = self.team_id.follow_up_retries if self.team_id else 3
            if not is_retried(self.unreachable_count, retries):
                self._ask_leader()
                return
        day = next_date or self._get_day_after(today, self.team_id.retry_days or 1)
        self._plan_call(max(day, today))

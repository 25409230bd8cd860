import logging
import uuid
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...tools.satisfaction import why_not_asked

_logger = logging.getLogger(__name__)

BATCH_SIZE = 50
MAX_ATTEMPTS = 5
LAYOUT = "mail.mail_notification_light"


class CrmSatisfactionRequest(models.Model):
    """Sends what is due: in batches, each committed with its e-mails or not at all.

    The e-mails go into the host's queue in the transaction that says "sent", so a
    crash between the two cannot happen and no customer gets one twice. Whether a
    customer may be asked is decided at that moment, not when it was planned.
    """

    _inherit = "crm.satisfaction.request"

    # --- CRON

    @api.model
    def _cron_send(self):
        """Do what is due; a request leaves the domain whatever becomes of it."""
        progress = self.env["ir.cron"]._commit_progress
        domain = self._get_due_domain()
        progress(remaining=self.search_count(domain))
        while True:
            due = self.search(domain, limit=BATCH_SIZE, order="date_next, id")
            if not due:
                return
            due = due.try_lock_for_update()
            if due:
                due._do_due()
            if not due or not progress(len(due), remaining=self.search_count(domain)):
                return

    @api.model
    def _get_due_domain(self):
        """Return what is to be looked at now.

        A complaint that was opened again is asked about when it is closed again.
        """
        return (
            Domain("date_next", "<=", fields.Datetime.now())
            & Domain("state", "in", ["planned", "sent", "reminded"])
            & (
                Domain("state", "!=", "planned")
                | Domain("complaint_id", "=", False)
                | Domain("complaint_id.state", "=", "closed")
            )
        )

    def _do_due(self):
        """Send, remind or end each of these requests, in a savepoint of its own."""
        asked = self._get_days_since_asked()
        known = self._get_contact_facts()
        now = fields.Datetime.now()
        for request in self:
            facts = {**known[request.partner_id]}
            customer = request.commercial_partner_id
            facts["days_since_asked"] = asked.get(customer.id)
            try:
                with self.env.cr.savepoint():
                    request._do_one(facts, now)
                    request.flush_recordset()
            except OperationalError:
                raise  # the database asks to try the whole again
            except Exception as error:  # the others get their turn
                _logger.warning(
                    "Satisfaction request %s failed", request.id, exc_info=True
                )
                request._note_failure(error, now)
            if request.date_sent == now:
                asked[customer.id] = 0

    def _do_one(self, facts, now):
        """Do what is next for one request."""
        self.ensure_one()
        if self.state == "planned":
            self._send_first(facts, now)
            return
        if self.user_input_id.state == "done":
            self._take_answer()
        if self.state == "answered":
            return
        if not self.user_input_id or self.date_expiry <= now:
            self.write({"state": "expired", "date_next": False})
        elif self.state == "sent":
            self._send_reminder(facts, now)
        else:
            self.date_next = self.date_expiry

    def _note_failure(self, error, now):
        """Try again later; after some attempts nobody waits for it any more."""
        self.ensure_one()
        attempts = self.attempts + 1
        self.write(
            {
                "attempts": attempts,
                "error": str(error) or type(error).__name__,
                "date_next": now + timedelta(hours=attempts),
            }
        )
        if attempts >= MAX_ATTEMPTS:
            message = self.error
            if self.state == "planned":
                self._suppress("failed")
            else:
                self.write({"date_next": False, "state": "expired"})
            self.error = message

    # --- WHO MAY BE ASKED

    def _get_contact_facts(self):
        """Return {contact: what ``why_not_asked`` wants to know}, two statements."""
        contacts = self.partner_id
        emails = {contact: email_normalize(contact.email) for contact in contacts}
        wanted = [email for email in emails.values() if email]
        blacklisted = set(
            self.env["mail.blacklist"].search([("email", "in", wanted)]).mapped("email")
        )
        partners = self.env["res.partner"].with_context(active_test=False)
        opted_out = set(
            partners.search(
                [
                    ("satisfaction_opt_out", "=", True),
                    ("email_normalized", "in", wanted),
                ]
            ).mapped("email_normalized")
        )
        return {
            contact: {
                "is_archived": not contact.active
                or not contact.commercial_partner_id.active,
                "has_opted_out": contact.satisfaction_opt_out or email in opted_out,
                "email": email,
                "is_blacklisted": email in blacklisted,
            }
            for contact, email in emails.items()
        }

    def _get_days_since_asked(self):
        """Return {customer id: days since any rule asked him}, in one statement."""
        now = fields.Datetime.now()
        last = self.env["crm.contact.frequency"]._get_last_contacts(
            self.commercial_partner_id.ids, ["questionnaire"]
        )
        return {
            customer_id: (now - moment).days for customer_id, moment in last.items()
        }

    # --- E-MAILS

    def _send_first(self, facts, now):
        rule = self.rule_id
        reason = why_not_asked(facts, rule.cap_days)
        if not rule.active or not self.survey_id.active:
            reason = "closed"
        if reason:
            self._suppress(reason)
            return
        expiry = now + timedelta(days=rule.expire_days)
        self.write(
            {
                "access_token": str(uuid.uuid4()),
                "user_input_id": self._create_user_input(expiry).id,
                "email": facts["email"],
                "state": "sent",
                "date_sent": now,
                "date_expiry": expiry,
                "date_next": self._get_reminder_date(now) or expiry,
                "error": False,
            }
        )
        self._send_mail(is_reminder=False)

    def _get_reminder_date(self, now):
        days = self.rule_id.reminder_days
        return days and now + timedelta(days=days)

    def _create_user_input(self, expiry):
        """Return the host's answer, still empty, that belongs to the link."""
        languages = self.env["res.lang"]
        return self.survey_id._create_answer(
            partner=self.partner_id,
            check_attempts=False,
            deadline=expiry,
            lang_id=languages._lang_get(self.partner_id.lang).id,
        )

    def _send_reminder(self, facts, now):
        """Remind once; who must not be asked any more is left alone."""
        self.date_next = self.date_expiry
        if not self.rule_id.active or not self.survey_id.active:
            return
        if why_not_asked({**facts, "days_since_asked": None}, 0):
            return
        self.write({"state": "reminded", "date_reminded": now})
        self._send_mail(is_reminder=True)

    def _send_mail(self, is_reminder):
        """Put the e-mail into the host's queue, in the language of the contact."""
        template = self.rule_id.mail_template_id or self.env.ref(
            "crm_service.mail_template_satisfaction_request"
        )
        base = self.get_base_url()
        opt_out = f"{base}/satisfaction/opt-out/{self.access_token}"
        template.with_context(
            crm_service_answer_url=f"{base}{self.user_input_id.get_start_url()}",
            crm_service_opt_out_url=opt_out,
            crm_service_is_reminder=is_reminder,
        ).send_mail(
            self.id,
            email_values={"headers": repr({"List-Unsubscribe": f"<{opt_out}>"})},
            email_layout_xmlid=LAYOUT,
        )

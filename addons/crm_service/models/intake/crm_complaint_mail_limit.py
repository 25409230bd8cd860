import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import email_normalize, html2plaintext, plaintext2html

from ...tools.intake_text import clean_text, plain_subject

_logger = logging.getLogger(__name__)
# all senders together whom we do not know may send so many times as much as one
STRANGER_FACTOR = 10
MANY_MAILS = "crm_service.mail_activity_type_many_mails"
TEXT_MAX = 20000


class CrmComplaint(models.Model):
    """Thousands of e-mails make neither thousands of complaints nor of answers.

    Senders are forged: an acknowledgement to each would make us a sender of junk
    ourselves. So e-mails are counted, per sender and for all unknown senders
    together. What is beyond the limit makes no complaint and is not answered; it is
    kept as a note, on the last complaint of this sender or on one complaint a day
    that collects them, and the head of service gets one to-do.
    """

    _inherit = "crm.complaint"

    @api.model
    def _is_mail_too_often(self, msg_dict):
        """Count a mail that may become a complaint; return whether it is too many."""
        limit = self._get_intake_setting("mail_hourly_limit")
        if not limit:
            return False
        sender = email_normalize(msg_dict.get("email_from"))
        limits = self.env["crm.intake.limit"].sudo()  # style: CRM109 counter
        if limits._count(f"mail:{sender}") > limit:
            return True
        contacts = self.env["res.partner"].sudo()  # style: CRM109 whether we know him
        if contacts.search_count([("email_normalized", "=", sender)], limit=1):
            return False
        return limits._count("mail:strangers") > limit * STRANGER_FACTOR

    @api.model
    def _keep_mail(self, msg_dict, custom_values):
        """Keep a mail beyond the limit, tell the head of service once."""
        vals = custom_values or {}
        company = self.env["res.company"].browse(vals.get("company_id"))
        company = company or self.env.company
        sender = email_normalize(msg_dict.get("email_from"))
        desk = self.with_user(SUPERUSER_ID).with_context(mail_create_nosubscribe=True)
        desk = desk.with_company(company)
        complaint = desk._find_last_mail_of(sender, company)
        if not complaint:
            complaint = desk._get_mail_collection(vals.get("team_id"), company)
        complaint._log_mail(msg_dict)
        complaint._hint_at_mails(sender)
        _logger.info(
            "The mail %s of %s is beyond the limit and a note of %s",
            msg_dict.get("message_id"),
            msg_dict.get("email_from"),
            complaint.name,
        )

    @api.model
    def _find_last_mail_of(self, sender, company):
        """Return the last complaint that ``sender`` has made by e-mail today."""
        found = self.search(
            [
                ("channel", "=", "email"),
                ("company_id", "=", company.id),
                ("date_received", ">=", fields.Datetime.now() - timedelta(days=1)),
                ("email_from", "ilike", sender),
            ],
            order="id desc",
            limit=10,
        )
        own = found.filtered(lambda c: email_normalize(c.email_from) == sender)
        return own[:1]._get_remaining()

    @api.model
    def _get_mail_collection(self, team_id, company):
        """Return the complaint of today that collects mails; nobody is its customer."""
        day = fields.Date.to_string(self._get_company_day(company))
        token = f"mails:{company.id}:{team_id or 0}:{day}"
        known = self.search([("intake_token", "=", token)], limit=1)
        return known or self.create(
            {
                "title": self.env._("E-mails beyond the limit"),
                "description": self.env._(
                    "Too many e-mails arrived within an hour. They were not answered. "
                    "Their texts are kept below as notes: create a complaint for each "
                    "of them that is a complaint, then cancel this one."
                ),
                "channel": "hand",
                "user_id": False,
                "team_id": team_id,
                "company_id": company.id,
                "intake_token": token,
            }
        )

    def _log_mail(self, msg_dict):
        """Keep words and files of a mail as a note that is sent to nobody."""
        self.ensure_one()
        left_out = self._limit_attachments(msg_dict)
        files = [
            (name, content.encode() if isinstance(content, str) else content)
            for name, content, *_info in msg_dict["attachments"]
        ]
        sender = clean_text(msg_dict.get("email_from"), is_line=True)
        text = clean_text(html2plaintext(msg_dict.get("body") or ""))[:TEXT_MAX]
        lines = [sender, plain_subject(msg_dict.get("subject")), "", text]
        if left_out:
            lines += ["", self.env._("Files that were not added:"), *left_out]
        self._message_log(
            body=plaintext2html("\n".join(lines)),
            email_from=msg_dict.get("email_from"),
            attachment_ids=self._attach(files).ids,
        )

    def _hint_at_mails(self, sender):
        """Give the head of service one to-do, however many mails there are."""
        user = self._get_desk_user()
        is_collected = bool(self.intake_token)
        if not user or self._get_open_calls(MANY_MAILS):
            return
        if is_collected and user in self.activity_ids.user_id:
            return
        self.activity_schedule(
            MANY_MAILS,
            self._get_contact_today(),
            summary=self.env._("Too many e-mails"),
            note=self.env._(
                "More e-mails arrived within an hour than the settings allow; the "
                "last one came from %(sender)s. They were not answered, and no "
                "complaints were created from them. Their texts are kept here as "
                "notes.",
                sender=sender,
            ),
            user_id=user.id,
        )

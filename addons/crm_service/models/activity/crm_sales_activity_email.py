from odoo import api, fields, models
from odoo.fields import Command


class CrmSalesActivity(models.Model):
    """E-mails that salespeople send to customers are touches that are done."""

    _inherit = "crm.sales.activity"

    @api.model
    def _log_email(self, record, message):
        """Log an e-mail that a person sent to a customer from ``record``."""
        user = self.env.user
        contacts = message.partner_ids.filtered("partner_share")
        if (
            message.message_type != "comment"
            or message.is_internal
            or message.author_id != user.partner_id
            or not contacts
        ):
            return
        subject = self._prepare_subject_vals(record)
        if not subject:
            return
        company = self._get_touch_company(subject)
        kind = self._find_kind(company, code="email")
        contacts = contacts.sudo()  # style: CRM109 whose contacts the recipients are
        own = contacts.filtered(
            lambda p: p.commercial_partner_id.id == subject["partner_id"]
        )
        if not kind or not own or not self._is_logged("email", company, user):
            return
        same = self._find_same(kind, subject["partner_id"], user, "mail_message_id")
        if same.source == "activity":
            same.mail_message_id = message
            return
        self._log_automatically(
            {
                **subject,
                "source": "email",
                "kind_id": kind.id,
                "user_id": user.id,
                "company_id": company.id,
                "name": message.subject or record.display_name,
                "contact_ids": [Command.set(own.filtered("parent_id").ids)],
                "date_start": message.date or fields.Datetime.now(),
                "mail_message_id": message.id,
            }
        )

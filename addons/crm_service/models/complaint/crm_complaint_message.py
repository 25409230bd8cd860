from odoo import models


class CrmComplaint(models.Model):
    """What is written to and by the customer moves the promised times."""

    _inherit = "crm.complaint"

    def _message_post_after_hook(self, message, msg_vals):
        """A first answer keeps the promise; an answer of the customer ends the wait."""
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type not in ("comment", "email", "email_outgoing"):
            return result
        if self._is_from_customer(message):
            self.sudo()._on_customer_wrote()  # style: CRM109 he has answered
        elif not message.is_internal and message.subtype_id == self.env.ref(
            "mail.mt_comment"
        ):
            self.sudo()._reply()  # style: CRM109 whoever answers him
        return result

    def _on_customer_wrote(self):
        """Do what follows when the customer has written. As superuser."""
        self.action_resume()

    def _is_from_customer(self, message):
        author = message.author_id
        return not author or author.partner_share

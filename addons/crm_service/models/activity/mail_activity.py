from odoo import models


class MailActivity(models.Model):
    """What is marked as done on a customer, an opportunity or an order is logged."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        touches = self.env["crm.sales.activity"]
        logged = self.exists().filtered(
            lambda a: a.res_model in touches._get_source_models()
        )
        touches._log_mail_activities(logged, feedback)
        return result

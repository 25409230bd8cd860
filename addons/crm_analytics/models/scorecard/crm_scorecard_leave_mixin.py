from odoo import models


class CrmScorecardLeaveMixin(models.AbstractModel):
    """Documents that count for a customer until they are deleted or moved.

    What stays with its customer is found by its write date. Of what leaves him nothing
    tells any more, so he is queued.
    """

    _name = "crm.scorecard.leave.mixin"
    _description = "Documents That Leave a Customer"

    #: field of the customer
    _scorecard_partner = "partner_id"

    def write(self, vals):
        """Queue the former customer of what moves to another one."""
        if {"partner_id", "company_id", self._scorecard_partner} & vals.keys():
            self._queue_scorecards()
        return super().write(vals)

    def unlink(self):
        """Queue the customers: what is deleted has no write date to tell of it."""
        self._queue_scorecards()
        return super().unlink()

    def _queue_scorecards(self):
        customers = self.sudo()[self._scorecard_partner]  # style: CRM109 whose it is
        self.env["crm.scorecard.queue"]._push(customers)

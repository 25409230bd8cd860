from odoo import fields, models


class CrmOfferReject(models.TransientModel):
    """Ask why offers are dismissed."""

    _name = "crm.offer.reject"
    _description = "Dismiss Offers"

    offer_ids = fields.Many2many("crm.next.best.offer", string="Offers")
    reason_id = fields.Many2one("crm.offer.reason", required=True)
    note = fields.Char()

    def action_apply(self):
        """Dismiss them, with the reason."""
        self.ensure_one()
        self.offer_ids._reject(self.reason_id, self.note)
        return {"type": "ir.actions.act_window_close"}

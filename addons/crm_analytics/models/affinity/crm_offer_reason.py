from odoo import fields, models


class CrmOfferReason(models.Model):
    """Why a proposed offer was dismissed."""

    _name = "crm.offer.reason"
    _description = "Reason for Dismissing an Offer"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    offer_ids = fields.One2many("crm.next.best.offer", "reject_reason_id", "Offers")

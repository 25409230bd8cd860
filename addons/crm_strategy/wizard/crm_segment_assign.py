from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.notification import CLOSE, notification


class CrmSegmentAssign(models.TransientModel):
    """Put customers into a segment by hand, or take them out of it."""

    _name = "crm.segment.assign"
    _description = "Place Customers by Hand"

    operation = fields.Selection(
        [("assign", "Put in"), ("remove", "Take out")],
        required=True,
        default="assign",
    )
    segment_id = fields.Many2one("crm.segment", required=True)
    method = fields.Selection(related="segment_id.method")
    kind = fields.Selection(related="segment_id.kind")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        required=True,
        default=lambda self: self._default_partner_ids(),
    )
    note = fields.Char(help="Kept in the history of each customer.")
    is_locked = fields.Boolean(
        "Lock", help="The refresh leaves a locked customer where they are."
    )
    lock_reason = fields.Char("Reason")
    lock_until = fields.Date(
        "Until", help="Last day of the lock. Empty: until someone unlocks it."
    )

    @api.model
    def _default_partner_ids(self):
        if self.env.context.get("active_model") != "res.partner":
            return self.env["res.partner"]
        partners = self.env["res.partner"].browse(self.env.context.get("active_ids"))
        return partners.commercial_partner_id

    def action_apply(self):
        """Carry it out and say what was done."""
        self.ensure_one()
        self._check_complete()
        lock = self._get_lock()
        if self.operation == "assign":
            count = len(self.segment_id._assign(self.partner_ids, self.note, lock))
            message = self.env._(
                "%(count)s customers are now in %(segment)s.",
                count=count,
                segment=self.segment_id.display_name,
            )
        else:
            count = self.segment_id._remove(self.partner_ids, self.note, lock)
            message = self.env._(
                "%(count)s customers were taken out of %(segment)s.",
                count=count,
                segment=self.segment_id.display_name,
            )
        return notification(message, after=CLOSE)

    def _check_complete(self):
        if not self.partner_ids:
            raise UserError(self.env._("Choose the customers first."))
        if (
            self.is_locked
            and self.lock_until
            and self.lock_until < self.segment_id.segmentation_id._get_today()
        ):
            raise UserError(
                self.env._(
                    "The lock would be over already. Choose a day from today on."
                )
            )

    def _get_lock(self):
        if not self.is_locked:
            return None
        return self.env["crm.segment.membership"]._get_lock_vals(
            self.lock_reason, self.lock_until
        )

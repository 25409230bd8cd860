from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSegmentMembership(models.Model):
    """Stay of a customer in a segment, from one instant to another.

    Rows are written by the refresh and by the actions of segments only; nobody
    edits history. An open row (without end) is the present. A lock on an open row
    keeps the customer in the segment; a lock on a closed row keeps him out of it.
    """

    _name = "crm.segment.membership"
    _description = "Segment Membership"
    _order = "date_start desc, id desc"
    _rec_name = "segment_id"

    # --- WHO AND WHERE
    segmentation_id = fields.Many2one(
        "crm.segmentation",
        string="Scheme",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    segment_id = fields.Many2one(
        "crm.segment", required=True, readonly=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")

    # --- WHEN AND WHY
    date_start = fields.Datetime("Since", required=True, readonly=True)
    date_end = fields.Datetime("Until", readonly=True)
    start_reason = fields.Selection(
        [
            ("rule", "Meets the rule"),
            ("manual", "Put in by hand"),
            ("merged", "Merged with another contact"),
        ],
        "Reason for Joining",
        required=True,
        readonly=True,
    )
    end_reason = fields.Selection(
        [
            ("rule", "No longer meets the rule"),
            ("priority", "A segment of higher priority applies"),
            ("manual", "Taken out by hand"),
            ("moved", "Moved by hand to another segment"),
            ("lock_expired", "Lock expired, does not meet the rule"),
            ("customer_archived", "Customer archived"),
            ("not_customer", "No longer a customer of its own"),
            ("merged", "Merged with another contact"),
            ("segment_archived", "Segment archived"),
            ("scheme_archived", "Scheme archived"),
        ],
        "Reason for Leaving",
        readonly=True,
    )
    note = fields.Char(readonly=True)
    # Written when the row is opened or refreshed, not related to the scheme: a
    # scheme that becomes exclusive is made so by its next refresh.
    is_exclusive = fields.Boolean(readonly=True)

    # --- LOCK
    is_locked = fields.Boolean("Locked", readonly=True)
    lock_reason = fields.Char(readonly=True)
    lock_until = fields.Date("Locked Until", readonly=True)
    lock_user_id = fields.Many2one("res.users", "Locked By", readonly=True)
    date_unlocked = fields.Datetime("Unlocked On", readonly=True)

    _one_per_segment = models.UniqueIndex(
        "(segment_id, partner_id) WHERE date_end IS NULL",
        "This customer is in this segment already.",
    )
    _one_per_scheme = models.UniqueIndex(
        "(segmentation_id, partner_id) WHERE date_end IS NULL AND is_exclusive",
        "This customer is in another segment of this scheme already, and the scheme "
        "allows one segment per customer.",
    )
    _locked = models.Index("(segment_id, partner_id) WHERE is_locked")
    _changed_idx = models.Index("(write_date)")
    _scheme_start = models.Index("(segmentation_id, date_start)")
    _end_after_start = models.Constraint(
        "CHECK (date_end >= date_start)", "A stay must end after it has begun."
    )

    # --- BUSINESS

    def _close(self, reason, **vals):
        """End these stays now; those that began in this instant never were.

        :param vals: further values for the closed rows; they are kept then
        """
        now = fields.Datetime.now()
        void = self.filtered(lambda m: m.date_start >= now and not vals)
        kept = self - void
        void.unlink()
        kept.write({"is_locked": False, **vals, "date_end": now, "end_reason": reason})
        kept.flush_recordset()  # the unique indexes see them before new ones come

    def action_unlock(self):
        """Release the locks; the next refresh decides by the rule again."""
        self.check_access("read")
        locked = self.filtered("is_locked")
        if not locked:
            raise UserError(self.env._("None of these memberships is locked."))
        for segment, memberships in locked.grouped("segment_id").items():
            segment._check_may_assign(memberships.partner_id)
            segment._lock_schemes()
        locked.sudo().write(  # style: CRM109 right was checked just above
            {"is_locked": False, "date_unlocked": fields.Datetime.now()}
        )

    @api.model
    def _get_lock_vals(self, reason, until=False):
        """Return the values of a lock that the present user sets."""
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "Say why the customer is locked, so that others can judge later "
                    "whether it still applies."
                )
            )
        return {
            "is_locked": True,
            "lock_reason": reason.strip(),
            "lock_until": until,
            "lock_user_id": self.env.uid,
            "date_unlocked": False,
        }

from odoo import fields, models


class ResUsers(models.Model):
    """Consent of a visitor to keep where he was."""

    _inherit = "res.users"

    is_checkin_consent = fields.Boolean(
        "Keep My Position at Check-In",
        help="When you check in at a visit, your position is kept with the visit. You "
        "can withdraw this here at any time, and remove each position on its visit.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "is_checkin_consent"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "is_checkin_consent"]

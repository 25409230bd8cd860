from odoo import fields, models


class ResUsers(models.Model):
    """Consent of a visitor to keep where he was."""

    _inherit = "res.users"

    is_checkin_consent = fields.Boolean(
        "Keep My Position at Check-In",
        groups="crm_strategy.group_user,crm_service.group_agent",
        help="When you check in at a visit, your position is kept with the visit. You "
        "can withdraw your consent here at any time, and remove each position on its "
        "visit.",
    )

    def _get_checkin_fields(self):
        """Return what whoever visits customers may say about himself."""
        groups = ("crm_strategy.group_user", "crm_service.group_agent")
        is_visitor = any(map(self.env.user.has_group, groups))
        return ["is_checkin_consent"] if is_visitor else []

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, *self._get_checkin_fields()]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, *self._get_checkin_fields()]

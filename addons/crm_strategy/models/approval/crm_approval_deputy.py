from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...tools.approval import (
    acting_for,
    deputies_of,
    find_circle,
)


class CrmApprovalDeputy(models.Model):
    """Who approves instead of somebody who is away.

    The absent person may still approve himself. A deputy who is away too hands on
    to his own deputy.
    """

    _name = "crm.approval.deputy"
    _description = "Approval Deputy"
    _order = "date_from desc, id desc"
    _rec_name = "deputy_id"

    user_id = fields.Many2one(
        "res.users",
        "Absent Person",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    deputy_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
    )
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date("To", required=True, help="Last day of the absence.")
    reason = fields.Char(help="Such as leave or a business trip.")
    active = fields.Boolean(default=True)

    _not_oneself = models.Constraint(
        "CHECK (user_id != deputy_id)",
        "A user cannot be their own deputy. Choose another person.",
    )
    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "The absence ends before it begins."
    )

    @api.depends("user_id", "deputy_id")
    def _compute_display_name(self):
        for deputy in self:
            deputy.display_name = self.env._(
                "%(deputy)s for %(absent)s",
                deputy=deputy.deputy_id.name or "",
                absent=deputy.user_id.name or "",
            )

    # --- CHECKS

    @api.constrains("user_id", "deputy_id", "date_from", "date_to", "active")
    def _check_circle(self):
        """Refuse people who would stand in for each other on the same day."""
        present = self.filtered("active")
        if not present:
            return
        absences = self.sudo().search(  # style: CRM109 absences of others too
            [
                ("date_from", "<=", max(present.mapped("date_to"))),
                ("date_to", ">=", min(present.mapped("date_from"))),
            ]
        )
        for deputy in present:
            others = absences.filtered(
                lambda other, d=deputy: (
                    other.date_from <= d.date_to and other.date_to >= d.date_from
                )
            )
            days = {max(deputy.date_from, other.date_from) for other in others}
            if any(find_circle(others._get_pairs_on(day)) for day in days):
                raise ValidationError(
                    self.env._(
                        "%(deputy)s is away in this time and %(absent)s stands in. "
                        "Choose another deputy or other days.",
                        deputy=deputy.deputy_id.name,
                        absent=deputy.user_id.name,
                    )
                )

    @api.constrains("deputy_id", "user_id")
    def _check_internal(self):
        for deputy in self:
            if deputy.deputy_id.share or not deputy.deputy_id.active:
                raise ValidationError(
                    self.env._(
                        "%(deputy)s cannot approve: a deputy is an active user of "
                        "the company. Choose another person.",
                        deputy=deputy.deputy_id.name,
                    )
                )

    # --- CRUD: who is asked follows at once

    @api.model_create_multi
    def create(self, vals_list):
        deputies = super().create(vals_list)
        deputies._refresh_steps()
        return deputies

    def write(self, vals):
        self._check_may_name(vals)
        before = self.user_id
        result = super().write(vals)
        self._refresh_steps(before)
        return result

    def _check_may_name(self, vals):
        """Only managers name deputies of others; rules do not see the new value."""
        user = self.env.user
        if self.env.su or vals.get("user_id", user.id) == user.id:
            return
        if not user.has_group("crm_strategy.group_manager"):
            raise AccessError(
                self.env._(
                    "You name a deputy for your own absences only. Ask a sales "
                    "manager to name one for others."
                )
            )

    def unlink(self):
        users = self.user_id
        result = super().unlink()
        self.browse()._refresh_steps(users)
        return result

    def _refresh_steps(self, more_users=None):
        users = self.user_id | (more_users or self.env["res.users"])
        steps = self.env["crm.approval.step"].sudo()  # style: CRM109 who is asked
        absent = deputies_of(users.ids, [pair[::-1] for pair in self._get_pairs()])
        steps.search(
            [
                ("state", "=", "pending"),
                ("approver_ids", "in", list({*users.ids, *absent})),
            ]
        )._sync_activities()

    # --- LOOKING

    def _get_pairs_on(self, day):
        return [
            (deputy.user_id.id, deputy.deputy_id.id)
            for deputy in self
            if deputy.date_from <= day <= deputy.date_to
        ]

    @api.model
    def _get_pairs(self):
        """Return today's (absent, deputy) as user ids."""
        today = fields.Date.context_today(self)
        deputies = self.sudo().search_fetch(  # style: CRM109 holds for every reader
            [("date_from", "<=", today), ("date_to", ">=", today)],
            ["user_id", "deputy_id", "date_from", "date_to"],
        )
        return deputies._get_pairs_on(today)

    @api.model
    def _get_principal_ids(self):
        """Return the ids of those for whom the present user may approve today."""
        return list(acting_for(self.env.uid, self._get_pairs()))

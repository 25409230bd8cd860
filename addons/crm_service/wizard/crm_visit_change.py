from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.visit.crm_visit_plan_schedule import QUIET
from ..tools.visit_clock import shift_local, to_local


class CrmVisitChange(models.TransientModel):
    """Shift, reassign or swap many visits at once; their meetings follow."""

    _name = "crm.visit.change"
    _description = "Change Visits"

    activity_ids = fields.Many2many(
        "crm.sales.activity", string="Visits", default=lambda self: self._default_ids()
    )
    action = fields.Selection(
        [
            ("shift", "Shift by Days"),
            ("reassign", "Give to Another Person"),
            ("swap", "Swap Two People"),
        ],
        "What to Do",
        required=True,
        default="shift",
    )
    days = fields.Integer(
        default=7,
        help="A negative number moves the visits to an earlier day. The "
        "time of day stays the same.",
    )
    is_weekend_skipped = fields.Boolean(
        "Not on Weekends",
        default=True,
        help="Visits that would fall on a Saturday or Sunday are moved to Monday.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        domain=[("share", "=", False)],
        help="The person who gets the visits or, when swapping, the first of the two "
        "people.",
    )
    other_user_id = fields.Many2one(
        "res.users", "Second Person", domain=[("share", "=", False)]
    )
    visit_count = fields.Integer("Number of Visits", compute="_compute_visit_count")
    fixed_count = fields.Integer(
        "Left Out",
        compute="_compute_visit_count",
        help="Visits that are done or cancelled are not changed.",
    )

    @api.model
    def _default_ids(self):
        if self.env.context.get("active_model") != "crm.sales.activity":
            return self.env["crm.sales.activity"]
        return [Command.set(self.env.context.get("active_ids", []))]

    @api.depends("activity_ids.state")
    def _compute_visit_count(self):
        for wizard in self:
            wizard.visit_count = len(wizard._get_visits())
            wizard.fixed_count = len(wizard.activity_ids) - wizard.visit_count

    def _get_visits(self):
        """Return the visits that may still change."""
        return self.activity_ids.filtered(
            lambda visit: visit.state in ("proposed", "planned", "confirmed")
        )

    def action_apply(self):
        """Do it; all or nothing."""
        self.ensure_one()
        visits = self._get_visits()
        if not visits:
            raise UserError(
                self.env._(
                    "None of these visits can be changed: they are done or cancelled. "
                    "Choose visits that are proposed, planned or confirmed."
                )
            )
        getattr(self, f"_apply_{self.action}")(visits.with_context(**QUIET))
        return {"type": "ir.actions.act_window_close"}

    def _apply_shift(self, visits):
        if not self.days:
            raise UserError(self.env._("Enter by how many days to shift the visits."))
        fact = self.env["crm.sale.fact"]
        moments = {}
        for visit in visits:
            zone = visit.user_id.tz or fact._get_timezone(visit.company_id)
            moment = shift_local(visit.date_start, self.days, zone)
            weekday = to_local(moment, zone).weekday()
            if self.is_weekend_skipped and weekday >= 5:
                moment = shift_local(moment, 7 - weekday, zone)
            moments.setdefault(moment, visits.browse())
            moments[moment] |= visit
        for moment, moved in moments.items():
            moved.write({"date_start": moment})

    def _apply_reassign(self, visits):
        if not self.user_id:
            raise UserError(self.env._("Choose the person who gets the visits."))
        visits.write({"user_id": self.user_id.id})

    def _apply_swap(self, visits):
        first, second = self.user_id, self.other_user_id
        if not first or not second or first == second:
            raise UserError(self.env._("Choose the two people who swap their visits."))
        of_first = visits.filtered(lambda visit: visit.user_id == first)
        of_second = visits.filtered(lambda visit: visit.user_id == second)
        if not of_first and not of_second:
            raise UserError(
                self.env._(
                    "None of these visits belongs to %(first)s or %(second)s.",
                    first=first.name,
                    second=second.name,
                )
            )
        of_first.write({"user_id": second.id})
        of_second.write({"user_id": first.id})

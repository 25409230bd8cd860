from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.corrective_states import CORRECTIVE, MEASURED, PENDING


class CrmCorrectiveAction(models.Model):
    """What is changed so that a complaint does not come again (8D, CAPA).

    The cause is described, its harm contained, the cause removed, and the same
    prevented elsewhere. Before it counts as verified, the complaints before and after
    it are compared, see ``crm_corrective_action_effect.py``.
    """

    _name = "crm.corrective.action"
    _description = "Corrective Action"
    _inherit = ["crm.state.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "priority desc, date_due, id desc"
    _check_company_auto = True
    _transitions = CORRECTIVE
    _system_actions = set()

    # What it is about
    name = fields.Char("Problem", required=True, tracking=True)
    active = fields.Boolean(default=True)
    priority = fields.Selection(
        [("0", "Normal"), ("1", "High"), ("2", "Very High")], default="0"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    cause_id = fields.Many2one(
        "crm.complaint.cause",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    kind_id = fields.Many2one(
        "crm.complaint.kind", index="btree_not_null", ondelete="restrict"
    )
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    supplier_id = fields.Many2one(
        "res.partner", index="btree_not_null", ondelete="restrict", tracking=True
    )
    complaint_ids = fields.Many2many(
        "crm.complaint",
        "crm_corrective_action_complaint_rel",
        "action_id",
        "complaint_id",
        string="Complaints",
        check_company=True,
    )
    complaint_count = fields.Integer(compute="_compute_complaint_count")

    # What is done
    root_cause = fields.Text(help="Why the problem happened, down to its root cause.")
    containment = fields.Text(help="What limits the damage immediately.")
    corrective_action = fields.Text(help="What removes the cause of the problem.")
    preventive_action = fields.Text(
        help="What prevents the problem from recurring, here and elsewhere."
    )
    verification = fields.Text(help="How the effectiveness of the action was verified.")

    # Who, until when
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index=True,
        tracking=True,
    )
    date_due = fields.Date("Due", index="btree_not_null", tracking=True)
    date_opened = fields.Date("Opened On", readonly=True, copy=False)
    date_implemented = fields.Date(
        "Implemented On",
        copy=False,
        tracking=True,
        help="The effect is measured from this day on.",
    )
    date_verified = fields.Date("Verified On", readonly=True, copy=False)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    date_reminded = fields.Date(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("open", "Open"),
            ("implemented", "Implemented"),
            ("verified", "Verified"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )

    # --- COMPUTE

    @api.depends("complaint_ids")
    def _compute_complaint_count(self):
        for action in self:
            complaints = action.sudo().complaint_ids  # style: CRM109 their number
            action.complaint_count = len(complaints)

    @api.depends("state", "date_due")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for action in self:
            due = action.date_due
            action.is_late = action.state in PENDING and bool(due) and due < today

    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [
            ("state", "in", PENDING),
            ("date_due", "<", fields.Date.context_today(self)),
        ]

    # --- CHECKS

    @api.constrains("state", "cause_id", "kind_id", "product_id", "supplier_id")
    def _check_subject(self):
        for action in self:
            if action.state != "draft" and not action._has_subject():
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: choose a cause, a kind, a product or a supplier, "
                        "so that the related complaints can be counted.",
                        name=action.name,
                    )
                )

    def _has_subject(self):
        """Return whether it says what its complaints are about."""
        return any(
            self[name] for name in ("cause_id", "kind_id", "product_id", "supplier_id")
        )

    @api.constrains("state", "root_cause", "corrective_action", "date_implemented")
    def _check_described(self):
        for action in self:
            if action.state in MEASURED and not (
                action.root_cause
                and action.corrective_action
                and action.date_implemented
            ):
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: describe the root cause and the corrective "
                        "action, and enter when it was implemented.",
                        name=action.name,
                    )
                )

    @api.constrains("date_implemented")
    def _check_date_implemented(self):
        today = fields.Date.context_today(self)
        for action in self:
            if action.date_implemented and action.date_implemented > today:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot be implemented in the future. Enter the due "
                        "date instead.",
                        name=action.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if done := self.filtered(lambda a: a.state in MEASURED):
            raise UserError(
                self.env._(
                    "“%(name)s” has been implemented and cannot be deleted. Archive "
                    "it instead.",
                    name=done[0].name,
                )
            )

    # --- ACTIONS

    def action_open(self):
        """Begin with it."""
        self._move("open")

    def action_implement(self):
        """The cause is removed; the effect is counted from the day given, or today."""
        self.check_access("write")
        for action in self.filtered(lambda a: not a.date_implemented):
            action.date_implemented = fields.Date.context_today(action)
        self._move("implement")

    def action_verify(self):
        """It works: the effect has been looked at."""
        self.check_access("write")
        for action in self:
            action._check_effect()
        self._move("verify")

    def action_reopen(self):
        """It did not work, or not enough."""
        self._move("reopen")

    def action_cancel(self):
        """It is not done."""
        self._move("cancel")

    def action_reset(self):
        """Take up a cancelled one again."""
        self._move("reset")

    def action_open_complaints(self):
        """Open the complaints that belong to it."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_complaint_action"
            ),
            "domain": [("id", "in", self.complaint_ids.ids)],
            "context": {"create": False},
        }

    def _after_move(self, old_state):
        """Keep the dates of the moves."""
        today = fields.Date.context_today(self)
        state = self[:1].state
        if state == "open":
            self.filtered(lambda a: not a.date_opened).date_opened = today
            if old_state in MEASURED:
                self.write({"date_implemented": False, "date_verified": False})
                self._forget_effect()
        elif state == "verified":
            self.date_verified = today
        if state not in PENDING:
            self.activity_unlink(["mail.mail_activity_data_warning"])
        return super()._after_move(old_state)

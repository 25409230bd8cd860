from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.concept_states import (
    SYSTEM_ACTIONS,
    allowed_actions,
    may_move,
    target,
)


class CrmStateMixin(models.AbstractModel):
    """A record whose ``state`` moves by a table of ``tools/concept_states.py`` only.

    A model sets ``_transitions`` and has a field ``state``; ``_system_actions``
    says which actions are no button's. Buttons call
    :meth:`_move`; a card dragged on a board, an import or an RPC call writes
    ``state``. Both come by the same check and the same :meth:`_after_move`. Where
    moves put something on record, ``_begins_as`` names the one state in which people
    begin a record; the others are reached by moves.
    """

    _name = "crm.state.mixin"
    _description = "States by a Table"

    _transitions = {}
    _system_actions = SYSTEM_ACTIONS
    _begins_as = None

    allowed_actions = fields.Char(
        compute="_compute_allowed_actions",
        exportable=False,
        help="Technical: which buttons are shown.",
    )

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_allowed_actions(self):
        """Name the moves of the table; none to whoever may only read."""
        may_move = self._may_move()
        for record in self:
            actions = allowed_actions(
                self._transitions, record.state, self._system_actions
            )
            record.allowed_actions = ",".join(actions) if may_move else ""

    @api.model
    def _may_move(self):
        """Hook: whether the reader may move these records; who may write may."""
        return self.browse().has_access("write")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self._begins_as and not self.env.su:
            records._check_begins()
        return records

    def _check_begins(self):
        """Refuse records that skip the moves that lead to their state."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state != self._begins_as:
                raise UserError(
                    self.env._(
                        "“%(name)s” begins as %(first)s and cannot begin as "
                        "%(state)s. Leave the state out, then use the buttons, so "
                        "that what they put on record is not missing.",
                        name=record.display_name,
                        first=labels[self._begins_as],
                        state=labels[record.state],
                    )
                )

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        before = self.grouped("state")
        for old, records in before.items():
            if not may_move(
                self._transitions,
                old,
                vals["state"],
                self.env.su,
                self._system_actions,
            ):
                raise records._get_move_error(vals["state"])
        result = super().write(vals)
        for old, records in before.items():
            if old != vals["state"]:
                records._after_move(old)
        return result

    def _move(self, action):
        """Do what a button says; raise UserError where the table does not allow it."""
        for old, records in self.grouped("state").items():
            new = target(self._transitions, old, action)
            if not new:
                raise records._get_move_error()
            records.write({"state": new})

    def _after_move(self, old_state):
        """Hook: what follows when these records have left ``old_state``."""

    def _get_move_error(self, new_state=None):
        labels = dict(self._fields["state"]._description_selection(self.env))
        record = self[:1]
        if new_state:
            return UserError(
                self.env._(
                    "“%(name)s” cannot go from %(old)s to %(new)s. Open it and use "
                    "one of its buttons.",
                    name=record.display_name,
                    old=labels[record.state],
                    new=labels.get(new_state, new_state),
                )
            )
        return UserError(
            self.env._(
                "“%(name)s” is %(state)s by now, so this cannot be done. Reload the "
                "page to see what can.",
                name=record.display_name,
                state=labels[record.state],
            )
        )

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmTerritoryAssign(models.TransientModel):
    """Give customers or leads to the salesperson of their territory.

    Shows first what would change. What was done stands in the chatter of each
    record, and can be undone as long as the dialogue is open.
    """

    _name = "crm.territory.assign"
    _description = "Assign by Territory"

    division_id = fields.Many2one(
        "crm.division",
        help="Empty: territories for all divisions. Otherwise those of this one too.",
    )
    is_overwriting = fields.Boolean(
        "Also Replace a Salesperson",
        help="Otherwise only those without a salesperson get one.",
    )
    state = fields.Selection(
        [("preview", "Preview"), ("done", "Done"), ("undone", "Undone")],
        default="preview",
    )
    partner_ids = fields.Many2many("res.partner", string="Customers", readonly=True)
    lead_ids = fields.Many2many("crm.lead", string="Leads", readonly=True)
    line_ids = fields.One2many(
        "crm.territory.assign.line",
        "wizard_id",
        string="Preview",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    change_count = fields.Integer("Changes", compute="_compute_change_count")
    total_count = fields.Integer("Chosen", compute="_compute_change_count")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        ids = self.env.context.get("active_ids") or []
        if self.env.context.get("active_model") == "res.partner":
            customers = self.env["res.partner"].browse(ids).commercial_partner_id
            values["partner_ids"] = [Command.set(customers.ids)]
        elif self.env.context.get("active_model") == "crm.lead":
            values["lead_ids"] = [Command.set(ids)]
        return values

    @api.depends("division_id", "is_overwriting", "partner_ids", "lead_ids")
    def _compute_line_ids(self):
        for wizard in self:
            records = wizard.partner_ids._origin or wizard.lead_ids._origin
            wizard.line_ids = [
                Command.clear(),
                *map(Command.create, wizard._prepare_line_vals(records)),
            ]

    @api.depends("line_ids.outcome")
    def _compute_change_count(self):
        for wizard in self:
            lines = wizard.line_ids
            wizard.total_count = len(lines)
            wizard.change_count = len(lines.filtered(lambda r: r.outcome == "change"))

    def _prepare_line_vals(self, records):
        territories = self.env["crm.territory"]._find(records, self.division_id)
        nobody = self.env["crm.territory"]
        is_lead = records._name == "crm.lead"
        values = []
        for record in records:
            territory = territories.get(record.id, nobody)
            values.append(
                {
                    "assigned_partner_id": not is_lead and record.id,
                    "assigned_lead_id": is_lead and record.id,
                    "territory_id": territory.id,
                    "old_user_id": record.user_id.id,
                    "old_team_id": is_lead and record.team_id.id,
                    "new_user_id": territory.salesperson_id.id,
                    "new_team_id": is_lead and territory.team_id.id,
                    "outcome": self._get_outcome(record, territory),
                }
            )
        return values

    def _get_outcome(self, record, territory):
        """Return what happens with ``record``, as a key of ``outcome``."""
        if not territory:
            return "no_territory"
        if not territory.salesperson_id:
            return "nobody"
        if record.user_id == territory.salesperson_id:
            return "same"
        if record.user_id and not self.is_overwriting:
            return "taken"
        return "change" if self._may_assign(record, territory) else "not_allowed"

    def _may_assign(self, record, territory):
        """Managers give to everybody; leaders within their tree."""
        user = self.env.user
        return user.has_group("crm_strategy.group_manager") or (
            territory.team_id in user.crm_tree_team_ids
            and (not record.user_id or record.user_id in user.crm_tree_user_ids)
        )

    # --- ACTIONS

    def action_apply(self):
        """Write what the preview shows, as it stands now."""
        self.ensure_one()
        if self.state == "done":
            raise UserError(
                self.env._("This has been assigned already. Start a new assignment.")
            )
        self._compute_line_ids()
        lines = self.line_ids.filtered(lambda line: line.outcome == "change")
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing would change. Look at the column “Outcome” for the "
                    "reason of each line."
                )
            )
        lines._hand_over("new")
        lines._log(self.env._("Assigned by territory %(territory)s: %(old)s → %(new)s"))
        self.state = "done"
        return self._reopen()

    def action_undo(self):
        """Give back what nobody has changed since."""
        self.ensure_one()
        if self.state != "done":
            raise UserError(self.env._("There is nothing to undo."))
        lines = self.line_ids.filtered(
            lambda line: (
                line.outcome == "change"
                and line._get_record().user_id == line.new_user_id
            )
        )
        lines._hand_over("old")
        lines._log(
            self.env._(
                "Assignment by territory %(territory)s undone: %(new)s → %(old)s"
            )
        )
        self.state = "undone"
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign by Territory"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }


class CrmTerritoryAssignLine(models.TransientModel):
    """One customer or lead of the preview."""

    _name = "crm.territory.assign.line"
    _description = "Assign by Territory, Line"

    wizard_id = fields.Many2one("crm.territory.assign", ondelete="cascade", index=True)
    assigned_partner_id = fields.Many2one("res.partner", "Customer", ondelete="cascade")
    assigned_lead_id = fields.Many2one("crm.lead", "Lead", ondelete="cascade")
    territory_id = fields.Many2one("crm.territory", ondelete="cascade")
    old_user_id = fields.Many2one("res.users", "Salesperson")
    new_user_id = fields.Many2one("res.users", "Goes To")
    old_team_id = fields.Many2one("crm.team", "Present Team")
    new_team_id = fields.Many2one("crm.team")
    outcome = fields.Selection(
        [
            ("change", "Changes"),
            ("same", "Already assigned"),
            ("taken", "Has a salesperson"),
            ("no_territory", "In no territory"),
            ("nobody", "The territory has nobody"),
            ("not_allowed", "Not yours to assign"),
        ],
    )

    def _get_record(self):
        return self.assigned_lead_id or self.assigned_partner_id

    def _hand_over(self, side):
        """Write the old or the new salesperson and team, once per pair of them."""
        for (user, team), lines in self.grouped(
            lambda line: (line[f"{side}_user_id"], line[f"{side}_team_id"])
        ).items():
            lines.assigned_partner_id.write({"user_id": user.id})
            if lines.assigned_lead_id:
                lines.assigned_lead_id.write({"user_id": user.id, "team_id": team.id})

    def _log(self, text):
        """Say in each record's chatter what was done, in one go."""
        nobody = self.env._("nobody")
        bodies = {
            line._get_record(): escape(
                text
                % {
                    "territory": line.territory_id.name,
                    "old": line.old_user_id.name or nobody,
                    "new": line.new_user_id.name or nobody,
                }
            )
            for line in self
        }
        for records in (self.assigned_partner_id, self.assigned_lead_id):
            if records:
                records._message_log_batch(
                    bodies={record.id: bodies[record] for record in records}
                )

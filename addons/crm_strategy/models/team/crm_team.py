from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

OUR_USERS = "crm_strategy.group_user"

#: changes that move what a leader of teams may see
TREE_FIELDS = {"parent_id", "user_id", "active"}


class CrmTeam(models.Model):
    """Teams form a tree: headquarters, branch, department."""

    _inherit = "crm.team"
    _parent_store = True

    parent_id = fields.Many2one(
        "crm.team",
        "Parent Team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups=OUR_USERS,
        help="The leader of the parent team sees the records of this team as well.",
    )
    parent_path = fields.Char(index=True, groups=OUR_USERS)
    child_ids = fields.One2many(
        "crm.team", "parent_id", string="Teams Below", groups=OUR_USERS
    )
    crm_tree_kind = fields.Selection(
        [
            ("headquarters", "Headquarters"),
            ("branch", "Branch"),
            ("department", "Department"),
        ],
        "Level",
        groups=OUR_USERS,
        help="What the team is in the sales organisation. Plans are made on these "
        "levels.",
    )
    crm_tree_path = fields.Char(
        "Place in the Tree",
        compute="_compute_crm_tree_path",
        recursive=True,
        groups=OUR_USERS,
        help="The teams above, from the top, and the team itself.",
    )
    child_count = fields.Integer(
        "Number of Teams Below",
        compute="_compute_child_count",
        groups=OUR_USERS,
        help="All teams below, at every depth; archived ones are not counted.",
    )
    territory_ids = fields.One2many(
        "crm.territory", "team_id", string="Territories", groups=OUR_USERS
    )
    territory_count = fields.Integer(
        "Number of Territories", compute="_compute_territory_count", groups=OUR_USERS
    )

    # --- FIGURES

    @api.depends("name", "parent_id.crm_tree_path")
    def _compute_crm_tree_path(self):
        for team in self:
            above = team.parent_id.sudo()  # style: CRM109 names of the teams above
            path = [above.crm_tree_path] if above else []
            team.crm_tree_path = " / ".join([*path, team.name or ""])

    @api.depends("child_ids")
    def _compute_child_count(self):
        below = self.search([("id", "child_of", self.ids)]) - self
        counts = dict.fromkeys(self._origin.ids, 0)
        for team in below | self._origin:
            for above in map(int, (team.parent_path or "").split("/")[:-2]):
                if above in counts:
                    counts[above] += 1
        for team in self:
            team.child_count = counts.get(team._origin.id, 0)

    @api.depends("territory_ids")
    def _compute_territory_count(self):
        counts = dict(
            self.env["crm.territory"]._read_group(
                [("team_id", "in", self.ids)], ["team_id"], ["__count"]
            )
        )
        for team in self:
            team.territory_count = counts.get(team._origin, 0)

    # --- CHECKS

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            self._refuse_cycle()

    def _check_no_cycle(self, parent_id):
        """Refuse a parent that stands below, before the host does with less to say."""
        parent = self.browse(parent_id).sudo()  # style: CRM109 its place, whoever asks
        above = {int(team_id) for team_id in (parent.parent_path or "").split("/")[:-1]}
        if above & set(self.ids):
            self._refuse_cycle()

    def _refuse_cycle(self):
        raise ValidationError(
            self.env._(
                "A team cannot stand below itself. Choose a parent that is not "
                "one of the teams below."
            )
        )

    @api.constrains("company_id")
    def _check_company_of_teams_below(self):
        """The host checks the parent's company, but not from the parent's side."""
        below = self.sudo().child_ids  # style: CRM109 teams of other companies count
        below._check_company(["parent_id"])
        territories = self.sudo().territory_ids  # style: CRM109 the same
        territories._check_company(["team_id"])

    @api.onchange("parent_id")
    def _onchange_parent_id(self):
        """A team below another is of its company, unless one is given."""
        if self.parent_id and not self.company_id:
            self.company_id = self.parent_id.company_id

    # --- CRUD: record rules keep the tree of each user in the cache

    @api.model_create_multi
    def create(self, vals_list):
        """Take over the parent's company where none is given, as the form does."""
        for vals in vals_list:
            if vals.get("parent_id") and "company_id" not in vals:
                vals["company_id"] = self.browse(vals["parent_id"]).company_id.id
        teams = super().create(vals_list)
        self.env["res.users"]._forget_crm_tree()
        return teams

    def write(self, vals):
        if vals.get("parent_id"):
            self._check_no_cycle(vals["parent_id"])
        result = super().write(vals)
        if TREE_FIELDS & set(vals):
            self.env["res.users"]._forget_crm_tree()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["res.users"]._forget_crm_tree()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_parent(self):
        below = self.sudo().with_context(active_test=False)  # style: CRM109 count all
        if below.child_ids - self:
            raise UserError(
                self.env._(
                    "There are teams below %(teams)s. Give them another parent first, "
                    "or archive the team instead.",
                    teams=", ".join(self.mapped("name")),
                )
            )

    # --- ACTIONS

    def action_open_teams_below(self):
        """Open all teams below, at every depth."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Teams below %(team)s", team=self.name),
            "res_model": "crm.team",
            "views": [[False, "list"], [False, "form"]],
            "domain": [("id", "child_of", self.id), ("id", "!=", self.id)],
            "context": {"default_parent_id": self.id},
        }

    def action_open_territories(self):
        """Open the territories of the team and of the teams below."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_territory_action"
        )
        action["domain"] = [("team_id", "child_of", self.id)]
        action["context"] = {"default_team_id": self.id}
        return action

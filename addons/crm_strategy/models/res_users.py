from odoo import api, fields, models, tools
from odoo.tools import SQL

OUR_USERS = "crm_strategy.group_user"


class ResUsers(models.Model):
    """What a leader of teams sees: the teams that he leads, and all below them.

    Record rules name these fields. Whoever leads nothing has no team in his tree
    and only himself, so that the rules give him what the host gives him.

    ==========================  ===============================================
    who or what                 counts as below a leader
    ==========================  ===============================================
    team that he leads          while it is active
    teams below that            always: their customers are still somebody's
    members of these teams      while they are members
    people who left the firm    with the team in which they were last
    leaders of these teams      always
    ==========================  ===============================================

    Archived teams and people are in it, hence ``active_test`` of the fields. The
    tree of a user is kept in the cache of the registry, as are the domains that
    the host makes of the rules. A change of teams or members empties both.
    """

    _inherit = "res.users"

    crm_tree_team_ids = fields.Many2many(
        "crm.team",
        string="Teams in the Tree",
        compute="_compute_crm_tree",
        context={"active_test": False},
        groups=OUR_USERS,
        help="The teams that this user leads and those below them.",
    )
    crm_tree_user_ids = fields.Many2many(
        "res.users",
        string="People in the Tree",
        compute="_compute_crm_tree",
        context={"active_test": False},
        groups=OUR_USERS,
        help="This user, and the members and leaders of the teams in the tree.",
    )

    @api.depends("active", "crm_team_member_ids.active")
    def _compute_crm_tree(self):
        for user in self:
            teams, people = self._get_crm_tree(user._origin.id)
            user.crm_tree_team_ids = teams
            user.crm_tree_user_ids = people

    @api.model
    @tools.ormcache("user_id")
    def _get_crm_tree(self, user_id):
        """Return the ids of the teams and of the people in the tree of a user."""
        self.env["crm.team"].flush_model(["parent_path", "user_id", "active"])
        self.env["crm.team.member"].flush_model(["crm_team_id", "user_id", "active"])
        self.env["res.users"].flush_model(["active"])
        rows = self.env.execute_query(
            SQL(
                """WITH tree AS (
                       SELECT DISTINCT team.id, team.user_id
                         FROM crm_team led
                         JOIN crm_team team
                           ON team.parent_path LIKE led.parent_path || '%%'
                        WHERE led.user_id = %(user)s AND led.active
                   )
                   SELECT 'team', id FROM tree
                    UNION
                   SELECT 'user', user_id FROM tree WHERE user_id IS NOT NULL
                    UNION
                   SELECT 'user', member.user_id
                     FROM crm_team_member member
                     JOIN tree ON tree.id = member.crm_team_id
                     JOIN res_users person ON person.id = member.user_id
                    WHERE member.active OR NOT person.active""",
                user=user_id or None,
            )
        )
        teams = sorted(row_id for kind, row_id in rows if kind == "team")
        people = {row_id for kind, row_id in rows if kind == "user"}
        if user_id:
            people.add(user_id)
        return tuple(teams), tuple(sorted(people))

    def write(self, vals):
        """Who leaves the firm stays below his last leader."""
        result = super().write(vals)
        if "active" in vals:
            self._forget_crm_tree()
        return result

    @api.model
    def _forget_crm_tree(self):
        """Let rules and fields read the tree anew."""
        self.env.registry.clear_cache()
        self.invalidate_model(["crm_tree_team_ids", "crm_tree_user_ids"])

from odoo import fields, models


class ResUsers(models.Model):
    """What a leader of teams sees: the teams that he leads, and all below them.

    Record rules name these fields. The host keeps a user's domains in a cache,
    which a change of teams or members clears.
    """

    _inherit = "res.users"

    crm_tree_team_ids = fields.Many2many(
        "crm.team",
        string="Teams in His Tree",
        compute="_compute_crm_tree",
        help="The teams that this user leads and those below them.",
    )
    crm_tree_user_ids = fields.Many2many(
        "res.users",
        string="People in His Tree",
        compute="_compute_crm_tree",
        help="This user, and the members and leaders of the teams in his tree.",
    )

    def _compute_crm_tree(self):
        """Everyone sees himself; a leader his teams, wherever they are."""
        teams = self.env["crm.team"].sudo()  # style: CRM109 only to tell who is below
        teams = teams.with_context(active_test=False)
        for user in self:
            led = teams.search([("user_id", "in", user.ids)])
            tree = teams.search([("id", "child_of", led.ids)]) if led else led
            members = tree.crm_team_member_ids.user_id
            user.crm_tree_team_ids = tree.ids
            user.crm_tree_user_ids = (user | members | tree.user_id).ids

from odoo import api, fields, models
from odoo.exceptions import ValidationError

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
        help="The leader of the parent team sees the records of this team as well.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.team", "parent_id", string="Teams Below")

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A team cannot stand below itself. Choose a parent that is not "
                    "one of the teams below."
                )
            )

    # --- CRUD: record rules keep the tree of each user in the cache

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        self.env.registry.clear_cache()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if TREE_FIELDS & set(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

from odoo import api, fields, models
from odoo.tools import SQL

MAX_DEPTH = 50  # of a group; guards against a ring made by other means than Odoo


class CrmPartnerRoleAssignment(models.Model):
    """Head of the group to which the partner belongs: the top of its companies.

    Stored, so that lists and pivots roll the partners of a group up to one. It is
    worked out by one statement for any number of partners, on assignment and when
    a partner moves.
    """

    _inherit = "crm.partner.role.assignment"

    group_partner_id = fields.Many2one(
        "res.partner",
        string="Head of the Group",
        compute="_compute_group_partner_id",
        store=True,
        index=True,
        ondelete="set null",
        help="The company at the top of the group; the partner itself if it has none.",
    )

    @api.depends("partner_id")
    def _compute_group_partner_id(self):
        heads = self._get_group_heads(self.partner_id._origin.ids)
        for assignment in self:
            partner = assignment.partner_id._origin
            assignment.group_partner_id = heads.get(partner.id, partner.id)

    @api.model
    def _group_heads_sql(self, partners: SQL) -> SQL:
        """Return ``partner_id, head_id`` of the partners that ``partners`` selects."""
        return SQL(
            """WITH RECURSIVE chain AS (
                   SELECT p.id AS partner_id, p.id AS head_id, p.parent_id, 0 AS depth
                     FROM res_partner p
                    WHERE p.id IN (%(partners)s)
                UNION ALL
                   SELECT c.partner_id, p.id, p.parent_id, c.depth + 1
                     FROM chain c
                     JOIN res_partner p ON p.id = c.parent_id
                    WHERE p.is_company AND c.depth < %(max_depth)s
               )
               SELECT DISTINCT ON (partner_id) partner_id, head_id
                 FROM chain
             ORDER BY partner_id, depth DESC""",
            partners=partners,
            max_depth=MAX_DEPTH,
        )

    @api.model
    def _get_group_heads(self, partner_ids):
        """Return ``{partner id: id of the head of its group}``."""
        if not partner_ids:
            return {}
        self.env["res.partner"].flush_model(["parent_id", "is_company"])
        ids = SQL("SELECT UNNEST(%s::int[])", list(partner_ids))
        return dict(self.env.execute_query(self._group_heads_sql(ids)))

    @api.model
    def _refresh_group_heads(self, partner_ids):
        """Set the heads right of these partners and of everybody below them."""
        self.env["res.partner"].flush_model(["parent_id", "is_company"])
        self.flush_model(["partner_id", "group_partner_id"])
        below = SQL(
            """WITH RECURSIVE below AS (
                   SELECT UNNEST(%s::int[]) AS id, 0 AS depth
                UNION ALL
                   SELECT p.id, b.depth + 1
                     FROM below b
                     JOIN res_partner p ON p.parent_id = b.id
                    WHERE b.depth < %s
               )
               SELECT a.partner_id
                 FROM crm_partner_role_assignment a
                WHERE a.partner_id IN (SELECT id FROM below)""",
            list(partner_ids),
            MAX_DEPTH,
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_partner_role_assignment a
                      SET group_partner_id = h.head_id
                     FROM (%s) h
                    WHERE a.partner_id = h.partner_id
                      AND a.group_partner_id IS DISTINCT FROM h.head_id""",
                self._group_heads_sql(below),
            )
        )
        self.invalidate_model(["group_partner_id"])

from odoo import api, fields, models
from odoo.tools import SQL


class CrmAffinityCount(models.Model):
    """The kept counts of sets of items: those of a full run, and what came later.

    One row per company, level and group of customers for the full run, and one more
    for each run that added orders. ``data`` holds the counts as bytes, see
    ``tools/affinity.py``: millions of counts in rows of their own would take longer to
    write than to work out.
    """

    _name = "crm.affinity.count"
    _description = "Kept Affinity Counts"
    _order = "id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    run_id = fields.Many2one(
        "crm.affinity.run", readonly=True, index="btree_not_null", ondelete="set null"
    )
    level = fields.Selection(
        [("product", "Product"), ("category", "Product Category")],
        required=True,
        readonly=True,
    )
    segment_id = fields.Many2one(
        "crm.segment", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    is_base = fields.Boolean("Full Run", readonly=True)
    basket_count = fields.Integer("Baskets", readonly=True)
    data = fields.Binary(attachment=False, readonly=True)

    @api.depends("level", "segment_id.name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.level} {row.segment_id.name or ''}".strip()

    @api.model
    def _drop(self, company):
        self.env.cr.execute(
            SQL("DELETE FROM crm_affinity_count WHERE company_id = %s", company.id)
        )

    @api.model
    def _store(self, run, level, segment, counts, data):
        """Keep counts; ``data`` are their bytes."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_affinity_count (
                       company_id, run_id, level, segment_id, is_base, basket_count,
                       data)
                   VALUES (%s, %s, %s, %s, %s, %s, %s)""",
                run.company_id.id,
                run.id,
                level,
                segment.id or None,
                run.mode == "full",
                counts.total,
                data,
            )
        )

    @api.model
    def _fetch(self, company):
        """Return ``{(level, segment id): [(is_base, basket_count, data), …]}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT level, segment_id, is_base, basket_count, data
                     FROM crm_affinity_count WHERE company_id = %s
                 ORDER BY is_base DESC, id""",
                company.id,
            )
        )
        kept = {}
        for level, segment_id, is_base, total, data in rows:
            kept.setdefault((level, segment_id or False), []).append(
                (is_base, total, data)
            )
        return kept

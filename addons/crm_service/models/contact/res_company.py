from odoo import fields, models
from odoo.tools import SQL


class ResCompany(models.Model):
    """Which segmentation says what a customer is worth."""

    _inherit = "res.company"

    crm_service_value_scheme_id = fields.Many2one(
        "crm.segmentation",
        string="Value Class Scheme",
        domain="[('kind', '=', 'exclusive'), ('company_id', 'in', [id, False])]",
        ondelete="set null",
        groups="crm_service.group_manager",
        help="The scheme whose segments serve as customer value classes in "
        "customer service. Leave empty to use the first scheme with one "
        "segment per customer.",
    )

    def _get_value_scheme_sql(self) -> SQL:
        """Return the statement that gives the id of the value class scheme."""
        self.ensure_one()
        self.env["crm.segmentation"].flush_model()
        scheme = self.sudo().crm_service_value_scheme_id  # style: CRM109 its id only
        if scheme:
            return SQL("SELECT %s", scheme.id)
        return SQL(
            """SELECT s.id FROM crm_segmentation s
                WHERE s.active AND s.kind = 'exclusive'
                  AND (s.company_id IS NULL OR s.company_id = %s)
             ORDER BY s.sequence, s.id LIMIT 1""",
            self.id,
        )

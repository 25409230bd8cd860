from odoo import api, models
from odoo.tools import SQL


class CrmPartnerRowMixin(models.AbstractModel):
    """Rows of which a customer has one per group or programme."""

    _name = "crm.partner.row.mixin"
    _description = "Row per Customer"

    _row_parent = None  # name of the field of the group or programme

    @api.model
    def _merge_into(self, customer, duplicates):
        """Keep one row per parent of a customer and his duplicates, his own first.

        The host moves the rows in bulk afterwards and deletes all of them where
        one would be double.
        """
        self.flush_model()
        self.env.execute_query(
            SQL(
                """DELETE FROM %(table)s WHERE id IN (
                       SELECT id FROM (
                           SELECT id, ROW_NUMBER() OVER (
                                      PARTITION BY %(parent)s
                                      ORDER BY partner_id != %(customer)s, id) AS place
                             FROM %(table)s
                            WHERE partner_id = ANY(%(everyone)s)) AS placed
                        WHERE place > 1)
                RETURNING id""",
                table=SQL.identifier(self._table),
                parent=SQL.identifier(self._row_parent),
                customer=customer.id,
                everyone=(customer | duplicates).ids,
            )
        )
        self.invalidate_model()

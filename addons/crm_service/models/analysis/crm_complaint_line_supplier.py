from odoo import api, fields, models
from odoo.tools import SQL


class CrmComplaintLine(models.Model):
    """Who supplied what is complained of."""

    _inherit = "crm.complaint.line"

    supplier_id = fields.Many2one(
        "res.partner",
        compute="_compute_supplier_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        groups="base.group_user",
        help="The supplier who last delivered the lot or, if unknown, the product; "
        "otherwise the first vendor of the product. You can change it.",
    )

    @api.depends("product_id", "lot_id")
    def _compute_supplier_id(self):
        """Two statements for all lines: receipts, then the vendors' list."""
        lots = self.lot_id.ids
        products = self.product_id.ids
        by_lot = self._find_receipts(SQL("ml.lot_id"), lots)
        by_product = self._find_receipts(SQL("ml.product_id"), products)
        for line in self:
            company = line.complaint_id.company_id
            supplier_id = (
                by_lot.get((line.lot_id.id, company.id))
                or by_product.get((line.product_id.id, company.id))
                or line._get_first_vendor(company).id
            )
            line.supplier_id = supplier_id or False

    def _get_first_vendor(self, company):
        vendors = self.product_id.seller_ids.filtered(
            lambda s: s.company_id in (company, company.browse())
        )
        return vendors[:1].partner_id.commercial_partner_id

    @api.model
    def _find_receipts(self, column, ids):
        """Return ``{(lot or product id, company id): supplier id}`` of last receipts.

        :param column: what ``ids`` are: ``ml.lot_id`` or ``ml.product_id``
        """
        if not ids:
            return {}
        query = SQL(
            """SELECT DISTINCT ON (%(column)s, ml.company_id)
                      %(column)s, ml.company_id, v.commercial_partner_id
                 FROM stock_move_line ml
                 JOIN stock_location l ON l.id = ml.location_id
                 JOIN stock_picking p ON p.id = ml.picking_id
                 JOIN res_partner v ON v.id = p.partner_id
                WHERE %(column)s = ANY(%(ids)s) AND ml.state = 'done'
                  AND l.usage = 'supplier'
             ORDER BY %(column)s, ml.company_id, ml.date DESC, ml.id DESC""",
            column=column,
            ids=list(ids),
        )
        names = ["lot_id", "product_id", "company_id", "state", "date", "location_id"]
        self.env["stock.move.line"].flush_model([*names, "picking_id"])
        self.env["stock.picking"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return {
            (key, company_id): supplier_id
            for key, company_id, supplier_id in self.env.execute_query(query)
        }

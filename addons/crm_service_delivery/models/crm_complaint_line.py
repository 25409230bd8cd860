from odoo import api, fields, models
from odoo.tools import SQL


class CrmComplaintLine(models.Model):
    """Who carried what is complained of."""

    _inherit = "crm.complaint.line"

    carrier_id = fields.Many2one(
        "delivery.carrier",
        compute="_compute_carrier_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help=("The carrier of the last delivery of the order line. You can change it."),
    )

    @api.depends("sale_line_id")
    def _compute_carrier_id(self):
        """One statement for all lines: their last deliveries."""
        carriers = self._find_carriers(self.sale_line_id.ids)
        for line in self:
            line.carrier_id = carriers.get(line.sale_line_id.id, False)

    @api.model
    def _find_carriers(self, sale_line_ids):
        """Return ``{order line id: carrier id}`` of what was delivered last."""
        if not sale_line_ids:
            return {}
        self.env["stock.move"].flush_model(["sale_line_id", "state", "date"])
        self.env["stock.picking"].flush_model(["carrier_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT DISTINCT ON (m.sale_line_id)
                              m.sale_line_id, p.carrier_id
                         FROM stock_move m
                         JOIN stock_location l ON l.id = m.location_dest_id
                         JOIN stock_picking p ON p.id = m.picking_id
                        WHERE m.sale_line_id = ANY(%s) AND m.state = 'done'
                          AND l.usage = 'customer' AND p.carrier_id IS NOT NULL
                     ORDER BY m.sale_line_id, m.date DESC, m.id DESC""",
                    list(sale_line_ids),
                )
            )
        )

from odoo import api, fields, models
from odoo.tools import SQL


class CrmRetentionCustomer(models.Model):
    """Customer whose purchases a programme measures, or one of its control.

    Rows are written when a programme starts and stay who they were; the figures
    before are frozen then, those since are worked out again while it runs.
    """

    _name = "crm.retention.customer"
    _description = "Customer of a Retention Programme"
    _inherit = ["crm.partner.row.mixin"]
    _order = "kind desc, revenue_before desc, id"
    _rec_name = "partner_id"
    _row_parent = "programme_id"

    programme_id = fields.Many2one(
        "crm.retention.programme",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    kind = fields.Selection(
        [("programme", "In the Programme"), ("control", "Control")],
        string="Group",
        required=True,
        readonly=True,
    )
    orders_before = fields.Integer(readonly=True)
    orders_after = fields.Integer("Orders Since", readonly=True)
    revenue_before = fields.Monetary(readonly=True)
    revenue_after = fields.Monetary("Revenue Since", readonly=True)
    outcome = fields.Selection(
        [
            ("kept", "Kept"),
            ("lapsed", "No Purchase Since"),
            ("won_back", "Won Back"),
            ("inactive", "Bought in Neither Period"),
        ],
        readonly=True,
        help="Kept: bought in the period before and again since the start.",
    )

    _one_per_programme = models.UniqueIndex(
        "(programme_id, partner_id)", "This customer is in this programme already."
    )

    @api.model
    def _merge_into(self, customer, duplicates):
        """Add up what the customer and his duplicates bought, then keep one row."""
        self.flush_model()
        self.env.execute_query(
            SQL(
                """UPDATE crm_retention_customer c
                      SET orders_before = s.orders_before,
                          orders_after = s.orders_after,
                          revenue_before = s.revenue_before,
                          revenue_after = s.revenue_after
                     FROM (SELECT programme_id,
                                  SUM(orders_before) AS orders_before,
                                  SUM(orders_after) AS orders_after,
                                  SUM(revenue_before) AS revenue_before,
                                  SUM(revenue_after) AS revenue_after
                             FROM crm_retention_customer
                            WHERE partner_id = ANY(%(everyone)s)
                         GROUP BY programme_id HAVING COUNT(*) > 1) s
                    WHERE c.programme_id = s.programme_id
                      AND c.partner_id = ANY(%(everyone)s)
                RETURNING c.id""",
                everyone=(customer | duplicates).ids,
            )
        )
        return super()._merge_into(customer, duplicates)

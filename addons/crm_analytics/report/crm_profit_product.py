from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.profit import TIERS

#: What both kept levels know of a row, with what they know of its product
KEPT = (
    "date",
    "company_id",
    "currency_id",
    "product_tmpl_id",
    "categ_id",
    "division_id",
    "product_type",
    "spending_tier",
)
OF_PRODUCT = ("categ_id", "division_id", "product_type", "currency_id")


class CrmProfitProduct(models.Model):
    """Profit by month, product and tier of the customer: the sums of all customers.

    Kept so that the profit analysis opens at once for whoever may see all customers,
    however many there are; see ``crm.profit.month``, which reads it.
    """

    _name = "crm.profit.product"
    _description = "Profit by Product and Month"
    _inherit = ["crm.profit.mixin"]
    _order = "date desc, id"
    _rec_name = "product_tmpl_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "Month",
        required=True,
        readonly=True,
        help="Month in which the order was confirmed, the credit note was dated, the "
        "delivery or the activity was done, or the complaint was received, in the time "
        "zone of the company's own address.",
    )
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", readonly=True, ondelete="cascade"
    )
    categ_id = fields.Many2one(
        related="product_tmpl_id.categ_id", string="Product category"
    )
    division_id = fields.Many2one(related="product_tmpl_id.crm_division_id")
    product_type = fields.Selection(
        related="product_tmpl_id.type", string="Product type"
    )
    spending_tier = fields.Selection(
        [(tier, tier) for tier in TIERS],
        readonly=True,
        help="By what is invoiced per month now; the amounts of the tiers are set on "
        "the profit rules.",
    )
    row_count = fields.Integer("Rows", readonly=True)

    _date_idx = models.Index("(company_id, date)")
    _product_tmpl_idx = models.Index("(product_tmpl_id)")

    @api.model
    def _is_plain_group(self, spec):
        """What belongs to the product is looked up for the sums, not sorted by."""
        return spec in OF_PRODUCT or super()._is_plain_group(spec)

    @api.model
    def _refresh(self, company, first):
        """Add up the rows of the month that begins with ``first``."""
        amounts = [SQL.identifier(name) for name in self._get_amounts()]
        self.env["crm.profit.month"]._keep_month(
            self,
            company,
            first,
            SQL(
                """SELECT product_tmpl_id, spending_tier, COUNT(*)::int AS row_count, %s
                     FROM crm_profit_month WHERE company_id = %s AND date = %s
                 GROUP BY product_tmpl_id, spending_tier""",
                SQL(", ").join(SQL("SUM(%s) AS %s", name, name) for name in amounts),
                company.id,
                first,
            ),
            ["product_tmpl_id", "spending_tier", "row_count", *self._get_amounts()],
        )

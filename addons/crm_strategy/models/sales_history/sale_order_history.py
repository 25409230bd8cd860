from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class SaleOrder(models.Model):
    """Orders that a sales history import brought in.

    They were delivered and invoiced in another system, so they are settled here
    for good (see the order line) and locked. What the host computes as a
    *default* (currency from the pricelist, salesperson from the customer, ...)
    keeps the value that was loaded; figures are computed as for any order.
    """

    _inherit = "sale.order"

    sales_history_import_id = fields.Many2one(
        "crm.sales.history.import",
        groups="crm_strategy.group_manager",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    sales_history_source = fields.Char(
        "Former System", readonly=True, copy=False, help="Where the order was made."
    )
    sales_history_key = fields.Char(
        "Former Order Number",
        readonly=True,
        copy=False,
        help="Number of the order in the former system, by which a later import "
        "finds it again.",
    )

    _sales_history_key_uniq = models.UniqueIndex(
        "(company_id, sales_history_source, sales_history_key) "
        "WHERE sales_history_key IS NOT NULL",
        "An order of this number was already loaded from the former system.",
    )

    # A default that the host computes, though it is no editable field.
    _SALES_HISTORY_FROZEN = {"currency_id"}
    # An order that bears these counts as settled, and goes when its import is undone.
    _SALES_HISTORY_KEYS = {
        "sales_history_import_id",
        "sales_history_source",
        "sales_history_key",
    }

    def _compute_field_value(self, field):  # style: CRM107 hook of the host
        """Never fill in the defaults of a loaded order again."""
        if not self._is_sales_history_default(field):
            return super()._compute_field_value(field)
        history = self._origin.filtered("sales_history_key")
        loaded = self.filtered(lambda order: order._origin in history)
        if rest := self - loaded:
            super(SaleOrder, rest)._compute_field_value(field)
        self._keep_origin_values(loaded, field)
        return None

    @api.model
    def _is_sales_history_default(self, field):
        return field.store and (
            not field.readonly or field.name in self._SALES_HISTORY_FROZEN
        )

    @api.model
    def _keep_origin_values(self, records, field):
        """Give records of a form the stored values; stored records have them."""
        for record in records.filtered(lambda r: not isinstance(r.id, int)):
            for computed in self.pool.field_computed[field]:
                record[computed.name] = record._origin[computed.name]

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse orders that claim to come from another system."""
        self._check_sales_history_vals({name for vals in vals_list for name in vals})
        return super().create(vals_list)

    def write(self, vals):
        self._check_sales_history_vals(vals)
        if vals.get("locked") is False:
            self._check_sales_history_unlock()
        return super().write(vals)

    @api.model
    def _check_sales_history_vals(self, names):
        if not self._SALES_HISTORY_KEYS.isdisjoint(names) and not self.env.su:
            raise AccessError(
                self.env._(
                    "Only a sales history import says which orders come from another "
                    "system. Load the order from a file instead."
                )
            )

    def _check_sales_history_unlock(self):
        loaded = self.filtered("sales_history_key")
        if loaded:
            raise UserError(
                self.env._(
                    "%(orders)s come from the sales history of another system and "
                    "stay locked. To change one, correct the file and load it again; "
                    "to remove them, undo the import.",
                    orders=", ".join(loaded[:5].mapped("name")),
                )
            )

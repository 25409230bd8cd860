from odoo import models
from odoo.exceptions import UserError

from ...tools.next_best_offer import OPEN_STATES


class SaleOrder(models.Model):
    """The products to propose to the customer of a quotation."""

    _inherit = "sale.order"

    def action_open_offers(self):
        """Work out the offers of the customer and show those that are not on it yet."""
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._("Products are proposed for quotations, not for orders.")
            )
        self.check_access("write")
        customer = self.partner_id.commercial_partner_id
        customer._refresh_offers(self.company_id)
        view = self.env.ref("crm_analytics.crm_next_best_offer_view_list_order")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Proposed Products"),
            "res_model": "crm.next.best.offer",
            "views": [[view.id, "list"]],
            "domain": [
                ("partner_id", "=", customer.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", list(OPEN_STATES)),
                ("product_tmpl_id", "not in", self._get_listed_templates().ids),
            ],
            "target": "new",
            "context": {"crm_analytics_offer_order_id": self.id, "create": False},
        }

    def _get_listed_templates(self):
        return self.order_line.product_id.product_tmpl_id

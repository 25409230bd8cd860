from odoo import models


class StockPicking(models.Model):
    """Transfers of remedies: held until finance approves, and told to the complaint."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "crm.remedy.document.mixin"]

    _crm_remedy_once_idx = models.UniqueIndex(
        "(crm_remedy_id, return_id) WHERE crm_remedy_id IS NOT NULL "
        "AND backorder_id IS NULL AND state != 'cancel'",
        "This remedy already has a return for this delivery.",
    )

    def _get_remedies(self):
        """Deliveries belong to the remedy of their order, returns to their own."""
        orders = self.sudo().sale_id  # style: CRM109 what follows from documents
        return super()._get_remedies() | orders.crm_remedy_id

    def _create_backorder_picking(self):
        """What comes back later belongs to the same remedy."""
        backorder = super()._create_backorder_picking()
        own = self.sudo().crm_remedy_id  # style: CRM109 the product's own link
        if own:
            backorder.with_env(own.env).crm_remedy_id = own
        return backorder

    # --- HELD

    def button_validate(self):
        """Say at once what is missing, before any dialogue opens."""
        self._check_released()
        return super().button_validate()

    def _action_done(self):
        self._check_released()
        result = super()._action_done()
        self._get_remedies()._sync_shipment()
        return result

    def _check_released(self):
        """Raise UserError for goods that finance has not approved."""
        for picking in self.sudo():  # style: CRM109 holds for whoever validates
            for remedy in picking._get_remedies():
                remedy._check_held(picking.move_ids)

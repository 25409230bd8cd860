from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSaleFact(models.AbstractModel):
    """What replaces goods of a complaint is no purchase; its cost is the remedy's."""

    _inherit = "crm.sale.fact"

    @api.model
    def _flush_sources(self):
        result = super()._flush_sources()
        self.env["sale.order"].flush_model(["crm_remedy_id"])
        return result

    @api.model
    def _get_no_purchase_sql(self):
        return [*super()._get_no_purchase_sql(), SQL("o.crm_remedy_id IS NULL")]

    @api.model
    def _get_no_purchase_domain(self):
        return super()._get_no_purchase_domain() & Domain("crm_remedy_id", "=", False)

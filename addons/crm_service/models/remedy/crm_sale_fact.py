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
        # few: looked up by their index, so that the others come from theirs alone
        replacing = SQL(
            """o.id NOT IN (SELECT r.id FROM sale_order r
                             WHERE r.crm_remedy_id IS NOT NULL
                               AND r.state != 'cancel')"""
        )
        return [*super()._get_no_purchase_sql(), replacing]

    @api.model
    def _get_no_purchase_domain(self):
        return super()._get_no_purchase_domain() & Domain("crm_remedy_id", "=", False)

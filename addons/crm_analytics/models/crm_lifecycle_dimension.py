from odoo import fields, models

from .res_partner import GROUPS


class CrmLifecycleDimensionMixin(models.AbstractModel):
    _inherit = "crm.lifecycle.dimension.mixin"

    # analysts read lifecycle states as salespeople do
    lifecycle_state = fields.Selection(groups=GROUPS)

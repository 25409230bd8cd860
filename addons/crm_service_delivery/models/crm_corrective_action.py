from odoo import fields, models
from odoo.tools import SQL


class CrmCorrectiveAction(models.Model):
    """A carrier as the subject of a corrective action."""

    _inherit = "crm.corrective.action"

    carrier_id = fields.Many2one(
        "delivery.carrier", index="btree_not_null", ondelete="restrict"
    )

    def _has_subject(self):
        return super()._has_subject() or bool(self.carrier_id)

    def _get_line_sql(self):
        conditions = super()._get_line_sql()
        if self.carrier_id:
            conditions.append(SQL("l.carrier_id = %s", self.carrier_id.id))
        return conditions

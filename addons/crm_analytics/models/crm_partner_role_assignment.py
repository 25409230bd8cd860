from odoo import models


class CrmPartnerRoleAssignment(models.Model):
    """A role that is taken away changes the scorecard of its holder."""

    _name = "crm.partner.role.assignment"
    _inherit = ["crm.partner.role.assignment", "crm.scorecard.leave.mixin"]

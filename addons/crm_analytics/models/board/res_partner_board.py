from odoo import api, models


class CrmSevenPSubjectMixin(models.AbstractModel):
    """A record that has a 7 P board."""

    _name = "crm.seven.p.subject.mixin"
    _description = "Has a 7 P Board"

    def _get_seven_p_action(self, scope):
        """Return the action that shows the board of this customer or segment."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "crm_analytics.seven_p_board",
            "name": self.env._("7 P Board"),
            "params": {"scope": scope, "id": self.id},
        }


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.seven.p.subject.mixin"]

    def action_open_seven_p(self):
        """Open the board of the customer, or of the customer of this contact."""
        self.ensure_one()
        self.check_access("read")
        return self.commercial_partner_id._get_seven_p_action("customer")


class CrmSegment(models.Model):
    _name = "crm.segment"
    _inherit = ["crm.segment", "crm.seven.p.subject.mixin"]

    def action_open_seven_p(self):
        """Open the board of the segment."""
        self.ensure_one()
        self.check_access("read")
        return self._get_seven_p_action("segment")


class CrmCustomerScorecard(models.Model):
    _inherit = "crm.customer.scorecard"

    def action_open_seven_p(self):
        """Open the board of the customer."""
        self.ensure_one()
        return self.partner_id.action_open_seven_p()


class CrmCustomerPage(models.AbstractModel):
    """The customer page leads to the board."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_buttons(self, scope):
        return [
            *super()._get_buttons(scope),
            {
                "name": "seven_p",
                "label": self.env._("7 P"),
                "icon": "fa-pie-chart",
                "model": "crm.seven.p.score",
                "access": "read",
                "action": lambda scope: scope.customer.action_open_seven_p(),
            },
        ]

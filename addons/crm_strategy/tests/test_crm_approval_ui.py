from odoo.tests import HttpCase, tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalPhone(ApprovalCommon, HttpCase):
    """A leader decides on his phone."""

    browser_size = "375x667"
    touch_enabled = True

    def test_leader_returns_and_approves_from_the_cards(self):
        self._create_rule("Margin", is_margin_asked=True, margin_below=8)
        small, large = (
            self._create_order(
                1000,
                950,
                partner_id=self.env["res.partner"].create({"name": name}).id,
            )
            for name in ("Tour Small", "Tour Large")
        )
        (small | large).action_request_approval()
        self.start_tour("/odoo/crm-approvals", "crm_approval_tour", login="app_lead")
        self.env.invalidate_all()
        self.assertEqual(
            (small.approval_state, large.approval_state), ("returned", "approved")
        )
        self.assertEqual(self._step(small, "returned").reason, "Ask for more")


@tagged("post_install", "-at_install")
class TestApprovalDesk(ApprovalCommon, HttpCase):
    def test_salesperson_asks_from_the_quotation(self):
        self._create_rule(amount_min=1000)
        order = self._create_order()
        self.start_tour(
            f"/odoo/sales/{order.id}", "crm_approval_request_tour", login="app_rep"
        )
        self.assertEqual(order.approval_state, "pending")

from odoo import fields
from odoo.tests import HttpCase, tagged

from .after_sale_common import AfterSaleCommon


@tagged("post_install", "-at_install")
class TestAfterSaleUi(AfterSaleCommon, HttpCase):
    """A salesperson's look at late orders and at what follows a delivery."""

    def _prepare(self):
        today = fields.Date.today()
        late = self._order(
            fields.Date.subtract(today, days=20),
            [(self.varnish, 1)],
            commitment_date=fields.Datetime.subtract(fields.Datetime.now(), days=5),
        )
        order = self._order(fields.Date.subtract(today, days=40), [(self.lathe, 2)])
        self.template.milestone_ids.filtered(
            lambda m: m.kind in ("in_use", "warranty_end")
        ).unlink()
        self.template.milestone_ids.filtered(lambda m: m.kind == "repurchase").write(
            {"offset_number": 3, "offset_unit": "week", "offset_from": "delivery"}
        )
        self.template.milestone_ids.filtered(
            lambda m: m.kind == "installed"
        ).responsible = "salesperson"
        shipped = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        self._ship(order, fields.Datetime.to_string(shipped))
        self._advance()
        return late, order

    def test_salesperson_on_a_desktop(self):
        late, order = self._prepare()
        self.start_tour(
            "/odoo/late-orders", "crm_service_after_sale", login="after_sale_seller"
        )
        self.env.invalidate_all()
        self.assertEqual(late.crm_late_action, "Second lorry on Friday")
        installed = self._milestone(order, "installed")
        self.assertEqual(installed.state, "done")
        proposal = self._milestone(order, "repurchase")
        self.assertEqual(proposal.state, "done")
        self.assertEqual(proposal.lead_id.expected_revenue, 200.0)


@tagged("post_install", "-at_install")
class TestAfterSalePhone(AfterSaleCommon, HttpCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_milestones_on_a_phone(self):
        order = self._order(fields.Date.subtract(fields.Date.today(), days=40))
        shipped = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        self._ship(order, fields.Datetime.to_string(shipped))
        self.template.milestone_ids.filtered(
            lambda m: m.kind == "installed"
        ).responsible = "salesperson"
        self._advance()
        self.start_tour(
            "/odoo/after-sale-milestones",
            "crm_service_after_sale_phone",
            login="after_sale_seller",
        )
        self.env.invalidate_all()
        self.assertEqual(self._milestone(order, "installed").state, "done")

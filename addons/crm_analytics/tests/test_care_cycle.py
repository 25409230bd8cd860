from odoo.tests import freeze_time, tagged

from .common import ScorecardCommon


@tagged("post_install", "-at_install")
class TestCareCycle(ScorecardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # every 10 days, the last on 21 January: due again on the 31st
        cls.regular = cls._create_customer("Regular", user_id=cls.seller.id)
        for day in ("2026-01-01", "2026-01-11", "2026-01-21"):
            cls._create_order(cls.regular, day, 100)
        cls.once = cls._create_customer("Once", user_id=cls.seller.id)
        cls._create_order(cls.once, "2026-01-21", 100)
        cls.rule = cls.env["crm.care.rule"].create(
            {
                "name": "Order again",
                "company_id": cls.company.id,
                "kind": "cycle",
                "kind_id": cls.env.ref("crm_service.crm_sales_activity_kind_call").id,
                "days": 5,
                "notice_days": 0,
                "cap_days": 0,
            }
        )

    def _plan(self, day):
        self._refresh(day)
        with freeze_time(f"{day} 04:00:00"):
            self.rule._plan()
        self.assertFalse(self.rule.error)
        touches = self.env["crm.sales.activity"]
        return touches.search([("care_rule_id", "=", self.rule.id)], order="id")

    def test_call_before_the_next_order_is_due(self):
        self.assertFalse(self._plan("2026-01-25"))
        touch = self._plan("2026-01-26")
        self.assertEqual(touch.partner_id, self.regular)
        self.assertEqual(touch.user_id, self.seller)
        self.assertEqual(touch.care_key, f"cycle,{self.regular.id},2026-01-31")
        self.assertEqual(self._plan("2026-01-27"), touch)

    def test_order_withdraws_the_call_and_begins_anew(self):
        touch = self._plan("2026-01-26")
        self._create_order(self.regular, "2026-01-27", 100)
        self.assertEqual(self._plan("2026-01-28"), touch)
        self.assertEqual(touch.state, "cancelled")
        # mean of 10, 10 and 6 days: 4 or 5 February
        self.assertEqual(len(self._plan("2026-02-04")), 2)

    def test_who_has_not_ordered_for_long_is_left_to_the_silence_rule(self):
        self.assertFalse(self._plan("2026-04-20"))

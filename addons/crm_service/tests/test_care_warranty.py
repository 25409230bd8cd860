from odoo.tests import freeze_time, tagged

from .after_sale_common import AfterSaleCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-15 09:00:00")
class TestCareWarranty(AfterSaleCommon):
    """The end of a warranty is one call, whoever asks for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls.env.ref("crm_service.crm_sales_activity_kind_call")
        cls.order = cls._order("2025-01-02")
        cls._ship(cls.order, "2025-01-10 09:00:00")
        cls.template._advance()
        cls.rule = cls.env["crm.care.rule"].create(
            {
                "name": "Warranty",
                "kind": "warranty",
                "company_id": cls.alpha.id,
                "kind_id": cls.call.id,
                "domain": str([("id", "=", cls.mill.id)]),
                "notice_days": 60,
                "cap_days": 0,
            }
        )

    def _remind(self):
        self.env["crm.after.sale.milestone"]._remind()

    def _get_calls(self):
        calls = self.env["crm.sales.activity"].search(
            [("partner_id", "=", self.mill.id)], order="id"
        )
        return [(call.care_rule_id, call.state) for call in calls]

    def test_the_rule_plans_what_the_milestone_does_not(self):
        self.rule.action_plan()
        self._remind()
        self.rule.action_plan()
        self.assertEqual(self._get_calls(), [(self.rule, "planned")])

    def test_the_milestone_plans_its_own_call(self):
        none = self.rule.browse()
        warranty = self._milestone(self.order, "warranty_end")
        warranty.activity_kind_id = self.call
        self.rule.action_plan()
        self.assertFalse(self._get_calls())
        self._remind()
        self.rule.action_plan()
        self.assertEqual(self._get_calls(), [(none, "planned")])
        warranty.sales_activity_id.action_cancel("They called")
        self.rule.action_plan()
        self.assertEqual(self._get_calls(), [(none, "cancelled")])

    def test_where_nobody_can_be_asked_by_the_milestone_the_rule_asks(self):
        warranty = self._milestone(self.order, "warranty_end")
        warranty.activity_kind_id = self.call
        warranty.date_reminded = "2026-12-15"
        self.rule.action_plan()
        self.assertEqual(self._get_calls(), [(self.rule, "planned")])

    def test_the_milestone_takes_over_the_call_of_the_rule(self):
        self.rule.action_plan()
        warranty = self._milestone(self.order, "warranty_end")
        warranty.activity_kind_id = self.call
        self._remind()
        self.assertEqual(
            self._get_calls(),
            [(self.rule, "cancelled"), (self.rule.browse(), "planned")],
        )

    def test_a_call_that_was_made_is_not_made_again(self):
        self.rule.action_plan()
        touch = self.env["crm.sales.activity"].search(
            [("care_rule_id", "=", self.rule.id)]
        )
        touch._complete()
        self._milestone(self.order, "warranty_end").activity_kind_id = self.call
        self._remind()
        self.assertEqual(self._get_calls(), [(self.rule, "done")])

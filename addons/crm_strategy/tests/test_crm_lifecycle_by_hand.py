from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestCrmLifecycleByHand(LifecycleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Locked", 5)
        cls.policy._refresh("full")
        cls.env.invalidate_all()

    def _wizard(self, user, **vals):
        wizard = self.env["crm.lifecycle.set"].with_user(user)
        form = Form(
            wizard.with_context(
                active_model="res.partner", active_ids=self.customer.ids
            )
        )
        for name, value in {
            "state": "loyal",
            "reason": "Frame contract",
            **vals,
        }.items():
            form[name] = value
        return form.save()

    def test_a_manager_sets_a_state_that_the_rules_leave_alone(self):
        self._wizard(self.manager).action_apply()
        self.assertPast(self.customer, "buying", "loyal")
        stay = self._stays(self.customer)[-1]
        self.assertEqual(
            (stay.method, stay.reason, stay.note, stay.set_user_id),
            ("manual", "manual", "Frame contract", self.manager),
        )
        self.assertIn("Frame contract", stay.explanation)
        for mode in ("full", "incremental"):
            self._refresh(mode)
            self.assertState(self.customer, "loyal", "manual")

    def test_the_rules_decide_again_after_the_last_day(self):
        self._wizard(self.manager, until=self.today).action_apply()
        self._refresh("incremental")
        self.assertState(self.customer, "loyal")
        facts = type(self.env["crm.sale.fact"])
        tomorrow = self.today + timedelta(days=1)
        self.patch(facts, "_get_today", lambda _self, _company: tomorrow)
        self._refresh("incremental")
        self.assertState(self.customer, "buying")
        self.assertFalse(any(self._stays(self.customer).mapped("is_locked")))

    def test_released_at_once(self):
        self._wizard(self.manager).action_apply()
        self.env.invalidate_all()
        customer = self.customer.with_user(self.manager)
        customer.action_release_lifecycle()
        self.env.invalidate_all()
        self.assertPast(self.customer, "buying", "loyal", "buying")
        with self.assertRaises(UserError):
            customer.action_release_lifecycle()

    def test_the_same_state_is_locked_where_it_is(self):
        self._wizard(self.manager, state="buying").action_apply()
        self.assertPast(self.customer, "buying")
        self.assertTrue(self._stays(self.customer).is_locked)
        self.policy.lapse_days = 3
        self._refresh()
        self.assertState(self.customer, "buying")

    def test_salespeople_may_not_and_nothing_changes(self):
        self.customer.user_id = self.rep
        with self.assertRaises(AccessError):
            self._wizard(self.rep)
        stays = self.env["crm.lifecycle.transition"].with_user(self.rep)
        with self.assertRaises(AccessError):
            stays._set_by_hand(self.customer.with_user(self.rep), "loyal", "Mine")
        with self.assertRaises(AccessError):
            self._stays(self.customer).with_user(self.rep).write({"state": "loyal"})
        with self.assertRaises(AccessError):
            self._stays(self.customer).with_user(self.manager).write({"note": "x"})
        self.env.invalidate_all()
        self.assertPast(self.customer, "buying")

    def test_a_reason_a_customer_and_a_day_to_come_are_needed(self):
        stays = self.env["crm.lifecycle.transition"]
        yesterday = self.today - timedelta(days=1)
        for partners, note, until in (
            (self.customer, " ", False),
            (self.customer, "Reason", yesterday),
            (self.company_b.partner_id, "Reason", False),
        ):
            with self.assertRaises(UserError):
                stays._set_by_hand(partners, "loyal", note, until)
        self.assertPast(self.customer, "buying")

    def test_a_lock_goes_before_the_rule_when_customers_are_merged(self):
        self._wizard(self.manager).action_apply()
        keeps = self._customer("Keeps")
        self._refresh("incremental")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (keeps | self.customer).ids, keeps
        )
        self.env.invalidate_all()
        self.assertState(keeps, "loyal", "manual")
        self._refresh("incremental")
        self.assertState(keeps, "loyal", "manual")

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .segment_common import SegmentCommon

DAY_1 = "2026-03-01 10:00:00"
DAY_2 = "2026-03-02 10:00:00"
DAY_3 = "2026-03-03 10:00:00"


@tagged("post_install", "-at_install")
class TestSegmentByHand(SegmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._create_customer("Mine", user_id=cls.rep.id)
        cls.other = cls._create_customer("Other", user_id=cls.rep_all.id)
        cls.free = cls._create_customer("Free")
        cls.contact = cls._create_customer(
            "Contact", is_company=False, parent_id=cls.mine.id
        )
        cls.scheme = cls._create_scheme(("Key", None), ("All", []))
        cls.key, cls.all = cls.scheme.segment_ids

    def _wizard(self, user, partners, **vals):
        form = Form(
            self.env["crm.segment.assign"]
            .with_user(user)
            .with_context(active_model="res.partner", active_ids=partners.ids)
        )
        form.segment_id = vals.pop("segment", self.key).with_user(user)
        for name, value in vals.items():
            setattr(form, name, value)
        return form.save()

    # --- PUT IN, TAKE OUT

    def test_manager_moves_customers_and_moves_them_back(self):
        with freeze_time(DAY_1):
            self.scheme._refresh()
        with freeze_time(DAY_2):
            wizard = self._wizard(self.manager, self.contact | self.free, note="review")
            self.assertEqual(wizard.partner_ids, self.mine | self.free)
            action = wizard.action_apply()
        self.assertIn("2 customers are now in", action["params"]["message"])
        self.assertSegments(self.scheme, {"Key": {"Mine", "Free"}, "All": {"Other"}})
        self.scheme._refresh()
        self.assertSegments(self.scheme, {"Key": {"Mine", "Free"}, "All": {"Other"}})
        with freeze_time(DAY_3):
            self._wizard(self.manager, self.mine, operation="remove").action_apply()
            self.scheme._refresh()
        self.assertEqual(
            self._history(self.mine, self.scheme),
            [
                ("All", "rule", "moved"),
                ("Key", "manual", "manual"),
                ("All", "rule", False),
            ],
        )
        stay = self.mine.segment_membership_ids.filtered(
            lambda m: m.segment_id == self.key
        )
        self.assertEqual((stay.note, stay.create_uid), ("review", self.manager))

    def test_lock_needs_a_reason_and_a_day_to_come(self):
        with self.assertRaisesRegex(AssertionError, "lock_reason"):
            self._wizard(self.manager, self.mine, is_locked=True)
        wizard = self._wizard(self.manager, self.mine, is_locked=True, lock_reason="  ")
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_apply()
        wizard.write({"lock_reason": "x", "lock_until": date(2020, 1, 1)})
        with self.assertRaisesRegex(UserError, "over already"):
            wizard.action_apply()
        self.assertSegments(self.scheme, {"Key": set(), "All": set()})

    def test_locked_customer_is_moved_only_after_unlocking(self):
        with freeze_time(DAY_1):
            self._wizard(
                self.manager, self.mine, is_locked=True, lock_reason="contract"
            ).action_apply()
        move = self._wizard(self.manager, self.mine, segment=self.all)
        with self.assertRaisesRegex(UserError, "Locked.*Mine .Key."):
            move.action_apply()
        self.mine.segment_membership_ids.with_user(self.manager).action_unlock()
        with freeze_time(DAY_2):
            move.action_apply()
        self.assertSegments(self.scheme, {"Key": set(), "All": {"Mine"}})
        with self.assertRaisesRegex(UserError, "None of these"):
            self.mine.segment_membership_ids.with_user(self.manager).action_unlock()

    def test_customer_locked_out_of_a_rule_segment_stays_out(self):
        with freeze_time(DAY_1):
            self.scheme._refresh()
        with freeze_time(DAY_2):
            self._wizard(
                self.manager,
                self.mine,
                segment=self.all,
                operation="remove",
                is_locked=True,
                lock_reason="bad payer",
                lock_until=date(2026, 3, 2),
            ).action_apply()
            self.scheme._refresh()
            self.assertSegments(self.scheme, {"Key": set(), "All": {"Other", "Free"}})
        with freeze_time(DAY_3):
            self.scheme._refresh()
        self.assertSegments(
            self.scheme, {"Key": set(), "All": {"Mine", "Other", "Free"}}
        )

    def test_only_fitting_customers_are_placed(self):
        archived = self._create_customer("Gone", active=False)
        foreign = self._create_customer("Of B", company_id=self.company_b.id)
        for partner in (archived, foreign, self.employee.partner_id):
            with self.assertRaisesRegex(UserError, "Not customers to whom"):
                self.key._assign(partner)
        self.key.action_archive()
        with self.assertRaisesRegex(UserError, "Restore it first"):
            self.key._assign(self.mine)

    # --- RIGHTS

    def test_salesperson_places_nobody_unless_the_scheme_says_so(self):
        wizard = self._wizard(self.rep, self.mine)
        with self.assertRaisesRegex(AccessError, "Only sales managers"):
            wizard.action_apply()
        self.assertSegments(self.scheme, {"Key": set(), "All": set()})

    def test_salesperson_places_his_own_customers_only(self):
        self.scheme.is_salesperson_assignable = True
        self._wizard(
            self.rep, self.contact, is_locked=True, lock_reason="mine"
        ).action_apply()
        self.assertSegments(self.scheme, {"Key": {"Mine"}, "All": set()})
        for partner in (self.other, self.free):
            with self.assertRaisesRegex(AccessError, "your own customers"):
                self._wizard(self.rep, partner).action_apply()
        self.key._assign(
            self.other, lock={"is_locked": True, "lock_reason": "contract"}
        )
        with self.assertRaises(AccessError):
            self.other.segment_membership_ids.with_user(self.rep).action_unlock()
        self.assertTrue(self.other.segment_membership_ids.is_locked)
        self.mine.segment_membership_ids.with_user(self.rep).action_unlock()
        self.assertFalse(self.mine.segment_membership_ids.is_locked)

    def test_others_place_nobody(self):
        self.scheme.is_salesperson_assignable = True
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                self.key.with_user(user)._assign(self.mine.with_user(user))
        self.assertSegments(self.scheme, {"Key": set(), "All": set()})

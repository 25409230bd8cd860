from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .segment_common import SegmentCommon


@tagged("post_install", "-at_install")
class TestSegmentRule(SegmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls._create_customer("Acme")
        cls.scheme = cls._create_scheme(("All", []))
        cls.segment = cls.scheme.segment_ids.with_user(cls.manager)

    def _assert_refused(self, rule, message):
        before = self.segment.domain
        with self.assertRaisesRegex(ValidationError, message), self.cr.savepoint():
            self.segment.domain = rule
        self.segment.invalidate_recordset()
        self.assertEqual(self.segment.domain, before)

    # --- BROKEN RULES

    def test_rules_that_do_not_parse_are_refused(self):
        for rule in (
            "[('name', '=', ",
            "name = 3",
            "[('user_id', '=', uid)]",
            "{'name': 1}",
            "'[]'",
            "[('name', '=')]",
            "__import__('os')",
        ):
            with self.subTest(rule=rule):
                self._assert_refused(rule, "not a list of conditions")

    def test_rules_that_do_not_fit_the_fields_are_refused(self):
        for rule, message in (
            ("[('no_such_field', '=', 1)]", "no_such_field"),
            ("[('country_id.no_such_field', '=', 1)]", "no_such_field"),
            ("[('create_date', '>', 'yesterdayish')]", "yesterdayish"),
            ("[('id', '=', 'abc')]", "abc"),
            ("[('name', 'any', [('name', '=', 1)])]", "non-relational"),
        ):
            with self.subTest(rule=rule):
                self._assert_refused(rule, message)

    def test_rules_on_what_the_author_may_not_read_are_refused(self):
        before = self.segment.domain
        for rule in (
            "[('user_ids.totp_last_counter', '>', 3)]",
            "[('ref_company_ids.bank_journal_ids.code', 'like', 'A')]",
        ):
            with (
                self.subTest(rule=rule),
                self.assertRaisesRegex(AccessError, "may not read"),
                self.cr.savepoint(),
            ):
                self.segment.domain = rule
        self.segment.invalidate_recordset()
        self.assertEqual(self.segment.domain, before)
        with self.assertRaises(AccessError):
            self.segment.create(
                {
                    "name": "Spy",
                    "segmentation_id": self.scheme.id,
                    "domain": "[('user_ids.totp_last_counter', '>', 3)]",
                }
            )

    def test_rule_that_selects_nobody_warns_only(self):
        self.segment.domain = "[('name', '=', 'Nobody bears this name')]"
        self.assertIn("No customer meets", self.segment.rule_warning)
        with Form(self.segment) as form:
            form.domain = "[('name', '=', 'Acme')]"
            self.assertFalse(form.rule_warning)
            form.domain = "[('no_such_field', '=', 1)]"
            self.assertIn("no_such_field", form.rule_warning)
            form.domain = "[]"
        self.assertFalse(self.segment.rule_warning)

    def test_relative_dates_are_understood(self):
        self.segment.domain = str(self._tagged([("create_date", ">=", "today -1d")]))
        self.scheme._refresh()
        self.assertSegments(self.scheme, {"All": {"Acme"}})

    def test_hand_picked_segment_ignores_its_rule(self):
        self.segment.method = "manual"
        self.segment.domain = "broken"
        self.scheme._refresh()
        self.assertSegments(self.scheme, {"All": set()})

    def test_rule_broken_after_it_was_saved_stops_the_refresh(self):
        self.scheme._refresh()
        self.env.cr.execute(
            "UPDATE crm_segment SET domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", self.segment.id],
        )
        self.segment.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "The rule of All cannot be used.*gone"):
            self.scheme._refresh()
        self.assertSegments(self.scheme, {"All": {"Acme"}})

    # --- SCHEMES THAT BUILD ON EACH OTHER

    def test_scheme_cannot_build_on_itself(self):
        for rule in (
            f"[('segment_ids', 'in', {self.segment.ids})]",
            f"[('segment_ids', 'not in', {self.segment.ids})]",
            f"[('child_ids.segment_ids', '=', {self.segment.id})]",
            f"[('child_ids', 'any', [('segment_ids', '=', {self.segment.id})])]",
            "[('segment_ids', '!=', False)]",
            "[('segment_ids.name', 'ilike', 'all')]",
            f"['!', ('segment_membership_ids.segment_id', '=', {self.segment.id})]",
            "[('segment_membership_ids', '!=', False)]",
        ):
            with self.subTest(rule=rule):
                self._assert_refused(rule, "cannot build on itself: Scheme → Scheme")

    def test_ring_of_schemes_is_refused_and_named(self):
        second = self._create_scheme(
            ("B", [("segment_ids", "in", self.segment.ids)]), name="Second"
        )
        third = self._create_scheme(
            ("C", [("segment_ids.name", "=", "B")]), name="Third"
        )
        self._assert_refused(
            f"[('segment_ids', 'in', {third.segment_ids.ids})]",
            "Scheme → Third → Second → Scheme",
        )
        self.assertEqual(
            (third | self.scheme | second)._in_refresh_order(),
            self.scheme | second | third,
        )

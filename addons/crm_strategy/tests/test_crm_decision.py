from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from ..tools.measure_trend import MeasureResult
from .concept_common import TODAY, ConceptCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmDecision(ConceptCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.decision = (
            cls.env["crm.decision"]
            .create(
                {
                    "name": "Slab on stock",
                    "user_id": cls.manager.id,
                    "company_id": cls.company_a.id,
                    "date": date(2026, 2, 10),
                    "date_review": date(2026, 4, 10),
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "measure_id": cls.measure.id,
                                "value_expected": 110,
                                "date_check": date(2026, 3, 20),
                            },
                        )
                    ],
                }
            )
            .with_user(cls.manager)
        )
        cls.line = cls.decision.line_ids

    def _decide(self):
        self.decision.decision = "Keep 500 t"
        self.decision.action_decide()

    def test_figures_on_record_are_nobodys_to_write(self):
        self._decide()
        for vals in (
            {"value_before": 1},
            {"date_after": "2026-03-31", "value_after": 999},
            {"value_expected": 1},
            {"measure_id": self.measure.copy({"code": "other"}).id},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                self.line.with_user(self.manager).write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.line.with_user(self.manager).unlink()
        with self.assertRaises(UserError), self.cr.savepoint():
            self.decision.write(
                {
                    "line_ids": [
                        Command.create(
                            {
                                "measure_id": self.measure.id,
                                "value_expected": 1,
                                "date_check": date(2026, 3, 20),
                            }
                        )
                    ]
                }
            )
        self.assertEqual((self.line.value_before, self.line.value_expected), (100, 110))
        self.assertFalse(self.line.date_after)
        copied = self.decision.copy()
        self.assertEqual(
            (copied.line_ids.value_before, copied.line_ids.date_before), (0, False)
        )

    def test_figures_cannot_be_entered_from_the_start(self):
        with self.assertRaises(UserError), self.cr.savepoint():
            self.decision.write(
                {"line_ids": [Command.update(self.line.id, {"value_before": 5})]}
            )
        self.assertEqual(self.line.value_before, 0)

    def test_decision_comes_into_being_as_a_draft(self):
        with self.assertRaises(UserError), self.cr.savepoint():
            self.decision.create(
                {"name": "Long ago", "decision": "Yes", "state": "decided"}
            )

    def test_what_the_system_counts_is_nobodys_to_write(self):
        for name in ("met_count", "checked_count"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.decision.write({name: 7})
        decisions = self.decision.with_context(default_state="decided")
        with self.assertRaises(UserError), self.cr.savepoint():
            decisions.create({"name": "By the context", "decision": "Yes"})
        self.assertEqual((self.decision.met_count, self.decision.state), (0, "draft"))

    def test_manager_decides_and_the_figures_are_frozen(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.decision.action_decide()
        self.assertEqual(self.decision.state, "draft")
        self._decide()
        self.assertEqual(self.line.value_before, 100)
        self.assertEqual(self.line.date_before, date(2026, 1, 31))
        self.january.value = 105
        self.assertEqual(self.line.value_before, 100)
        self.assertEqual(self.line.outcome, "open")
        activity = self.decision.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(activity.date_deadline, date(2026, 4, 10))
        self.decision.date_review = date(2026, 5, 10)
        self.assertEqual(self.decision.activity_ids.date_deadline, date(2026, 5, 10))

    def test_without_a_figure_before_nothing_is_made_up(self):
        self.decision.date = date(2025, 1, 10)
        self._decide()
        self.assertFalse(self.line.date_before)
        self.assertEqual(self.line.before_display, "")

    def test_the_figure_after_shows_whether_it_was_met(self):
        self._decide()
        self.decision.action_update_figures()
        self.assertEqual(self.line.outcome, "open", "March is not over")
        self.march.write({"value": 111, "is_final": True})
        self.decision.action_update_figures()
        self.assertEqual((self.line.value_after, self.line.outcome), (111, "met"))
        self.assertEqual((self.decision.met_count, self.decision.checked_count), (1, 1))
        self.march.value = 109
        self.decision.action_update_figures()
        self.assertEqual(self.line.outcome, "missed")
        self.assertEqual((self.decision.met_count, self.decision.checked_count), (0, 1))

    def test_a_refresh_of_the_measure_completes_it(self):
        self._decide()

        def measure_orders(_measure, _company, periods):
            return {period.date_from: MeasureResult(120.0) for period in periods}

        with (
            freeze_time("2026-04-02 12:00:00"),
            patch.object(type(self.measure), "_measure_orders", measure_orders),
        ):
            self.measure._refresh_values()
        self.assertEqual((self.line.value_after, self.line.outcome), (120, "met"))
        self.assertEqual(self.line.date_after, date(2026, 3, 31))

    def test_review_asks_for_result_and_effect(self):
        self._decide()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.decision.action_review()
        self.assertEqual(self.decision.state, "decided")
        self.decision.write({"result": "Two mills came back", "effect": "better"})
        self.decision.action_review()
        self.assertEqual(self.decision.state, "reviewed")
        self.assertFalse(self.decision.activity_ids)
        action = self.decision.action_create_lesson()
        lesson = self.env["crm.lesson"].browse(action["res_id"])
        self.assertEqual(
            (lesson.name, lesson.kind, lesson.learnt, lesson.document_ref),
            ("Slab on stock", "success", "Two mills came back", self.decision),
        )
        self.decision.action_create_lesson()
        self.assertEqual(self.decision.lesson_id, lesson)

    def test_review_before_the_decision_is_refused(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.decision.date_review = date(2026, 2, 9)
        self.assertEqual(self.decision.date_review, date(2026, 4, 10))

    def test_what_was_decided_is_withdrawn_not_deleted(self):
        self._decide()
        with self.assertRaises(UserError):
            self.decision.unlink()
        self.decision.action_withdraw()
        self.assertFalse(self.decision.activity_ids)
        with self.assertRaises(UserError):
            self.decision.action_review()
        self.decision.action_reset()
        self.assertEqual(self.decision.state, "draft")

    def test_salespeople_read_what_was_decided(self):
        decisions = self.env["crm.decision"].with_user(self.rep)
        domain = [("id", "=", self.decision.id)]
        self.assertFalse(decisions.search(domain))
        self._decide()
        reader = decisions.search(domain)
        self.assertEqual(reader.line_ids.before_display, "100")
        self.assertDenied(lambda: reader.write({"decision": "No"}))
        self.assertDenied(reader.action_withdraw)
        self.assertDenied(lambda: reader.line_ids.write({"value_expected": 1}))
        self.assertEqual(
            (self.decision.state, self.line.value_expected), ("decided", 110)
        )
        self.assertDenied(lambda: self.decision.with_user(self.employee).read(["name"]))

    def test_other_companies_do_not_see_it(self):
        self._decide()
        self.decision.sudo().company_id = self.company_b
        self.assertFalse(
            self.env["crm.decision"]
            .with_user(self.manager)
            .search([("id", "=", self.decision.id)])
        )
        self.assertFalse(
            self.env["crm.decision.measure"]
            .with_user(self.manager)
            .search([("id", "=", self.line.id)])
        )

    def test_manager_enters_a_decision_in_the_form(self):
        with Form(self.env["crm.decision"].with_user(self.manager)) as form:
            form.name = "New price list"
            with form.line_ids.new() as line:
                line.measure_id = self.measure
                line.value_expected = 95
                line.date_check = date(2026, 6, 30)
        decision = form.record
        self.assertEqual(decision.user_id, self.manager)
        self.assertEqual(decision.company_id, self.company_a)
        self.assertEqual(decision.line_ids.expected_display, "95")

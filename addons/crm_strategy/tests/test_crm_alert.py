from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .concept_common import TODAY, ConceptCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmAlert(ConceptCommon):
    def _raise(self, **vals):
        rule = self._create_rule(**vals)
        rule._watch()
        return rule.alert_ids

    # --- RAISING

    def test_a_closed_period_below_the_threshold_raises_one_alert(self):
        rule = self._create_rule()
        rule.with_user(self.manager).action_check()
        self.assertEqual(self._alerts(rule), {("2026-02-01", "Segment A"): "new"})
        alert = rule.alert_ids
        self.assertEqual(
            (alert.value, alert.threshold, alert.user_id), (80, 90, self.manager)
        )
        self.assertEqual(alert.sentence, "Test orders is 80, below 90")
        self.assertEqual(alert.tone, "bad")
        self.assertEqual(alert.activity_ids.user_id, self.manager)
        self.assertEqual(alert.activity_ids.date_deadline, date(2026, 3, 18))
        rule._watch()
        self.assertEqual(rule.alert_ids, alert)
        self.assertEqual(len(alert.activity_ids), 1)

    def test_the_running_period_counts_only_where_it_is_wanted(self):
        rule = self._create_rule(includes_running=True)
        rule._watch()
        self.assertEqual(
            set(self._alerts(rule)),
            {("2026-02-01", "Segment A"), ("2026-03-01", "Segment A")},
        )

    def test_periods_before_the_watch_raise_nothing(self):
        rule = self._create_rule(threshold=1000, date_from=date(2026, 3, 1))
        rule._watch()
        self.assertFalse(rule.alert_ids)

    def test_a_fall_against_the_previous_period(self):
        alert = self._raise(condition="fall", threshold=0.15)
        self.assertEqual((alert.value, alert.reference), (80, 100))
        self.assertAlmostEqual(alert.compared, -0.2)
        self.assertEqual(
            alert.sentence,
            "Test orders fell by 20.0 % from 100 to 80 (limit 15.0 %)",
        )
        self.assertFalse(self._raise(condition="fall", threshold=0.2))
        self.assertFalse(self._raise(condition="rise", threshold=0.1))

    def test_a_fall_against_last_year_and_in_units(self):
        alert = self._raise(
            condition="fall", threshold=119, is_percent=False, compare_with="last_year"
        )
        self.assertEqual(
            (alert.value, alert.reference, alert.compared), (80, 200, -120)
        )
        self.assertEqual(alert.threshold_display, "119")

    def test_missing_figures_and_zero_raise_nothing(self):
        self.january.value = 0
        self.assertFalse(self._raise(condition="fall", threshold=0.1))
        self.january.unlink()
        self.assertFalse(self._raise(condition="fall", threshold=1, is_percent=False))
        self.february.unlink()
        self.assertFalse(self._raise(threshold=1000))

    def test_periods_in_a_row(self):
        self.assertEqual(len(self._raise(threshold=110, in_a_row=2)), 1)
        self.assertFalse(self._raise(threshold=110, in_a_row=3))
        alert = self._raise(condition="fall", threshold=0.1, in_a_row=2)
        self.assertIn("2 periods in a row", alert.sentence)

    def test_each_company_has_its_own_alert(self):
        rule = self._create_rule(company_id=False, threshold=501)
        rule._watch()
        found = self._alerts(rule)
        self.assertEqual(found[("2026-02-01", "Segment A")], "new")
        self.assertEqual(found[("2026-02-01", "Segment B")], "new")
        seen = (
            self.env["crm.alert"]
            .with_user(self.rep)
            .search([("rule_id", "=", rule.id)])
        )
        self.assertEqual(seen.company_id, self.company_a)

    def test_money_is_shown_in_the_currency_of_the_company(self):
        self.measure.unit = "money"
        self.company_a.currency_id = self.env.ref("base.EUR")
        alert = self._raise()
        self.assertEqual(alert.currency_id, self.env.ref("base.EUR"))
        self.assertIn("€", alert.value_display)
        self.assertIn("€", alert.sentence)

    # --- CORRECTED FIGURES

    def test_an_alert_that_no_longer_holds_becomes_void(self):
        alert = self._raise()
        alert.with_user(self.manager).action_acknowledge()
        self.february.value = 95
        alert.rule_id._watch()
        self.assertEqual((alert.state, alert.value), ("void", 95))
        self.assertIn("95", alert.message_ids[0].body)
        self.assertFalse(alert.activity_ids)
        alert.rule_id._watch()
        self.assertEqual(len(alert.rule_id.alert_ids), 1)
        self.february.value = 70
        alert.rule_id._watch()
        self.assertEqual((alert.state, alert.value), ("new", 70))
        self.assertEqual(len(alert.activity_ids), 1)

    def test_a_closed_alert_keeps_what_it_was_about(self):
        alert = self._raise()
        alert.write({"result": "Strike is over"})
        alert.action_close()
        self.february.value = 95
        alert.rule_id._watch()
        self.assertEqual((alert.state, alert.value), ("closed", 80))

    def test_figures_of_an_alert_are_nobodys_to_write(self):
        alert = self._raise().with_user(self.manager)
        for name, value in (
            ("value", 1),
            ("threshold", 1),
            ("is_recovered", True),
            ("date_closed", "2026-01-01 00:00:00"),
            ("date_from", "2020-01-01"),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                alert.write({name: value})
        self.assertEqual((alert.value, alert.threshold), (80, 90))
        self.assertFalse(alert.date_closed)

    def test_only_the_system_makes_alerts_void(self):
        alert = self._raise().with_user(self.manager)
        with self.assertRaises(UserError):
            alert.state = "void"
        self.assertEqual(alert.state, "new")

    # --- WORKING ON IT

    def test_manager_finds_cause_acts_and_closes(self):
        alert = self._raise().with_user(self.manager)
        with Form(alert) as form:
            form.cause_id = self.env.ref("crm_strategy.crm_alert_cause_supply")
            with form.action_ids.new() as action:
                action.name = "Call the mills"
                action.user_id = self.rep
                action.date_due = date(2026, 3, 20)
        alert.action_start()
        todo = alert.activity_ids.filtered(lambda a: a.user_id == self.rep)
        self.assertEqual(
            (todo.summary, todo.date_deadline), ("Call the mills", date(2026, 3, 20))
        )
        with self.assertRaises(ValidationError), self.cr.savepoint():
            alert.action_close()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            alert.write({"result": "   ", "state": "closed"})
        self.assertEqual(alert.state, "progress")
        alert.action_ids.with_user(self.rep).write({"effect": "Two ordered"})
        alert.action_ids.with_user(self.rep).action_done()
        self.assertFalse(todo.active)
        self.assertEqual(alert.action_ids.date_done, date(2026, 3, 15))
        with freeze_time("2026-03-17 12:00:00"):
            alert.result = "Orders are back"
            alert.action_close()
        self.assertEqual(alert.state, "closed")
        self.assertFalse(alert.activity_ids)
        alert.action_reopen()
        self.assertEqual((alert.state, alert.date_closed), ("progress", False))

    def test_elapsed_days(self):
        alert = self._raise()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_alert SET create_date = '2026-03-14 12:00:00' WHERE id = %s",
            [alert.id],
        )
        alert.invalidate_recordset(["create_date"])
        alert.action_acknowledge()
        with freeze_time("2026-03-17 00:00:00"):
            alert.result = "Done"
            alert.action_close()
        self.assertEqual((alert.days_to_acknowledge, alert.days_to_close), (1.0, 2.5))

    def test_the_figure_afterwards_shows_whether_it_worked(self):
        alert = self._raise()
        self.assertFalse(alert.date_after)
        alert.write({"result": "Done"})
        alert.action_close()
        self.march.write({"value": 130, "is_final": True})
        with freeze_time("2026-04-02 12:00:00"):
            alert.rule_id._watch()
        self.assertEqual(alert.date_after, date(2026, 3, 31))
        self.assertEqual((alert.value_after, alert.is_recovered), (130, True))
        self.assertEqual(alert.after_display, "130")

    def test_a_decision_begins_with_the_alert(self):
        alert = self._raise().with_user(self.manager)
        context = alert.action_create_decision()["context"]
        with Form(
            self.env["crm.decision"].with_user(self.manager).with_context(**context)
        ) as form:
            form.name = "Stock"
        self.assertEqual(form.record.alert_id, alert)
        self.assertEqual(form.record.question, "Test orders is 80, below 90")
        self.assertEqual(alert.decision_ids, form.record)

    # --- OWNERS

    def test_an_archived_owner_is_replaced(self):
        leaver = self._create_user("seg_leaver", "crm_strategy.group_manager")
        rule = self._create_rule(user_id=leaver.id)
        self.assertFalse(rule.warning)
        leaver.active = False
        self.assertIn("archived", rule.warning)
        self.measure.user_id = self.rep
        rule._watch()
        self.assertEqual(rule.alert_ids.user_id, self.rep)
        self.assertIn("seg_leaver", rule.alert_ids.message_ids[0].body)
        self.measure.user_id = False
        first = rule._get_owner(self.company_a)
        self.assertTrue(first.has_group("crm_strategy.group_manager"))
        self.assertIn(self.company_a, first.company_ids)

    def test_a_new_owner_gets_the_activity(self):
        alert = self._raise().with_user(self.manager)
        alert.user_id = self.rep
        self.assertEqual(alert.activity_ids.user_id, self.rep)
        alert.with_user(self.rep).action_acknowledge()
        self.assertEqual(alert.state, "acknowledged")

    # --- BAD RULES

    def test_a_rule_without_threshold_is_refused(self):
        vals = {"name": "Empty", "measure_id": self.measure.id}
        rules = self.env["crm.alert.rule"]
        with self.assertRaises(ValidationError), self.cr.savepoint():
            rules.create(vals)
        for threshold in (0, -0.1):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._create_rule(condition="fall", threshold=threshold)
        self.assertFalse(rules.search([("measure_id", "=", self.measure.id)]))

    def test_an_archived_measure_is_not_watched(self):
        rule = self._create_rule()
        self.measure.active = False
        self.assertIn("archived", rule.warning)
        rule._watch()
        self.assertFalse(rule.alert_ids)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._create_rule()

    def test_a_rule_that_has_raised_alerts_stays(self):
        rule = self._raise().rule_id
        with self.assertRaises(ValidationError):
            rule.with_user(self.manager).unlink()
        self.assertTrue(rule.exists())

    # --- TRIAL

    def test_a_trial_shows_past_periods_and_raises_nothing(self):
        rule = self._create_rule(threshold=110).with_user(self.manager)
        action = rule.action_try()
        trial = (
            self.env["crm.alert.trial"].with_user(self.manager).browse(action["res_id"])
        )
        self.assertEqual((trial.period_count, trial.raised_count), (4, 2))
        self.assertEqual(
            [
                (str(line.date_from), line.value_display, line.is_raised)
                for line in trial.line_ids
            ],
            [
                ("2026-02-01", "80", True),
                ("2026-01-01", "100", True),
                ("2025-12-01", "120", False),
                ("2025-02-01", "200", False),
            ],
        )
        self.assertFalse(rule.alert_ids)

    # --- SCREENS

    def test_the_measure_shows_its_alerts_and_the_alert_the_records(self):
        alert = self._raise()
        self.assertEqual(self.measure.with_user(self.manager).open_alert_count, 1)
        action = self.measure.action_open_alerts()
        self.assertEqual(self.env["crm.alert"].search(action["domain"]), alert)
        drill = alert.with_user(self.manager).action_drill()
        self.assertEqual(drill["res_model"], "crm.sale.movement")

    # --- RIGHTS

    def test_readers_read_owners_write_nobody_creates(self):
        alert = self._raise()
        reader = alert.with_user(self.rep)
        self.assertEqual(reader.value_display, "80")
        self.assertDenied(reader.action_acknowledge)
        self.assertDenied(lambda: reader.write({"result": "x"}))
        self.assertDenied(
            lambda: (
                self.env["crm.alert.action"]
                .with_user(self.rep)
                .create({"alert_id": alert.id, "name": "Mine"})
            )
        )
        self.assertDenied(
            lambda: alert.rule_id.with_user(self.rep).write({"threshold": 1})
        )
        self.assertDenied(alert.rule_id.with_user(self.rep).action_check)
        self.assertDenied(alert.with_user(self.manager).unlink)
        self.assertDenied(lambda: alert.with_user(self.employee).read(["value"]))
        self.assertDenied(lambda: alert.with_user(self.portal).read(["value"]))
        self.assertEqual((alert.state, alert.result), ("new", False))
        self.assertFalse(alert.action_ids)

    # --- SPEED

    def test_lists_cost_the_same_for_many(self):
        for month in range(1, 13):
            self._keep(self.company_a, date(2024, month, 1), date(2024, month, 28), 1)
        rule = self._create_rule(date_from=date(2024, 1, 1))
        self.measure.refresh_count = 30
        rule._watch()
        # searched as a screen does: what a one2many gave is forgotten with the cache
        alerts = self.env["crm.alert"].search([("rule_id", "=", rule.id)])
        self.assertEqual(len(alerts), 13)
        spec = {
            "display_name": {},
            "sentence": {},
            "after_display": {},
            "allowed_actions": {},
            "is_drillable": {},
            "user_id": {"fields": {"display_name": {}}},
        }
        alerts[:2].with_user(self.rep).web_read(spec)
        for some in (alerts[:2], alerts):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(13):
                some.with_user(self.rep).web_read(spec)

    def test_a_watch_of_many_periods_reads_the_figures_once(self):
        rule = self._create_rule(threshold=0)
        rule._watch()
        self.env.flush_all()
        with self.assertQueryCount(8):
            rule._watch()

    def test_two_companies_of_one_manager(self):
        self.manager.company_ids = [Command.link(self.company_b.id)]
        rule = self._create_rule(company_id=False, threshold=501)
        rule._watch()
        both = self.env["crm.alert"].with_user(self.manager)
        both = both.with_context(
            allowed_company_ids=(self.company_a + self.company_b).ids
        )
        found = both.search([("rule_id", "=", rule.id)])
        self.assertEqual(found.company_id, self.company_a + self.company_b)

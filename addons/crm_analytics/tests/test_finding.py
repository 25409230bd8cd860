from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .finding_common import FEBRUARY, TODAY, FindingCommon

JOB = "odoo.addons.crm_strategy.models.crm_job_pass"
WATCH = "odoo.addons.crm_analytics.models.finding.crm_finding_watch"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestFinding(FindingCommon):
    """What is found, and what becomes of it when figures change."""

    # --- WHAT IS FOUND

    def test_a_figure_out_of_the_usual_is_proposed_once(self):
        finding = self._look()
        self.assertEqual(
            (finding.kind, finding.side, finding.tone, finding.state, finding.value),
            ("outlier", "above", "bad", "proposed", 20),
        )
        self.assertEqual(finding.date_from, FEBRUARY)
        self.assertAlmostEqual(finding.expected_low, 10.5 - 3.5 * 0.7413)
        self.assertAlmostEqual(finding.expected_high, 10.5 + 3.5 * 0.7413)
        self.assertAlmostEqual(finding.strength, 12.8)  # 9.5 / 0.7413
        self.assertEqual(
            finding.name, "Test waits, Feb 2026: 20, usually 7.91 to 13.09"
        )
        self.assertEqual(finding.date_proposed, date(2026, 3, 15))
        self.assertFalse(finding.user_id)
        self.assertFalse(finding.activity_ids)
        self.assertEqual(self._look(), finding)

    def test_what_is_better_makes_good_and_bad_news(self):
        finding = self._look()
        self.measure.direction = "more"
        self.assertEqual(finding.tone, "good")
        self.measure.direction = "neutral"
        self.assertEqual(finding.tone, "neutral")

    def test_the_running_and_unfinished_periods_are_not_judged(self):
        self.rows[-1].is_final = False
        self._keep_months(self.company_a, [99], date(2026, 3, 1), is_final=False)
        self.assertFalse(self._look())

    def test_too_few_missing_and_constant_figures_tell_nothing(self):
        self.assertFalse(self._set_figures([*self.USUAL[:7], 20]))
        self.assertFalse(self._set_figures([*self.USUAL, None]))
        self.assertFalse(self._set_figures([0] * 12 + [7]))
        self.assertEqual(self._set_figures([5] * 12 + [4]).side, "below")

    def test_a_new_level_after_three_months(self):
        found = self._set_figures([*self.USUAL, 20, 19, 21])
        self.assertEqual(
            {(f.date_from.month, f.kind) for f in found},
            {(12, "outlier"), (2, "level")},
        )
        level = found.filtered(lambda f: f.kind == "level")
        self.assertEqual(
            level.name,
            "Test waits has been at a higher level for 3 periods up to Feb 2026: 21, "
            "usually 9.02 to 11.98",  # 10.5 -+ 2 x 0.7413
        )

    def test_six_months_in_one_direction_are_a_trend_once(self):
        falls = [11, 10.5, 10.2, 10, 9.7, 9.5]
        trend = self._set_figures([*self.USUAL, *falls])
        self.assertEqual((trend.kind, trend.tone, trend.count), ("trend", "good", 6))
        self.assertIn("has fallen for 6 periods up to Feb 2026: 9.50", trend.name)
        trend.sudo().unlink()
        found = self._set_figures([*self.USUAL, *falls, 9.4])
        self.assertEqual(found.date_from, date(2026, 1, 1))  # not again in February

    def test_a_season_is_allowed_for(self):
        year = [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 80]
        self.assertFalse(self._set_figures([*year, *year, *year]))
        finding = self._set_figures([*year, *year, *year[:11], 40])
        self.assertEqual((finding.side, finding.is_seasonal), ("below", True))

    def test_a_part_has_findings_of_its_own(self):
        rows = self._keep_months(self.company_b, [*self.USUAL, 30])
        for row in rows:
            row.write(
                {
                    "dimension_model": "res.partner.category",
                    "dimension_res_id": self.tag.id,
                    "dimension_label": "North",
                    "company_id": self.company_a.id,
                }
            )
        found = self._look()
        self.assertEqual(sorted(found.mapped("value")), [20, 30])
        north = found.filtered("dimension_label")
        self.assertIn("Test waits (North), Feb 2026: 30", north.name)
        self.assertFalse(north.is_drillable)
        self.assertEqual(self._look(), found)

    # --- GOALS

    def _create_goal(self, value, **vals):
        return self.env["crm.measure.target"].create(
            {
                "measure_id": self.measure.id,
                "company_id": self.company_a.id,
                "date_from": FEBRUARY,
                "value": value,
                "user_id": self.manager.id,
                **vals,
            }
        )

    def test_goals_are_judged_when_their_period_is_over(self):
        self.rows[-1].value = 12
        self._create_goal(11)
        self._create_goal(15, date_from=date(2026, 3, 1))
        missed = self._look()
        self.assertEqual((missed.kind, missed.tone), ("goal_missed", "bad"))
        self.assertEqual(missed.user_id, self.manager)
        self.assertAlmostEqual(missed.strength, 1.3)  # 1 / 0.7413
        self.assertEqual(missed.name, "Test waits, Feb 2026: 12, goal of 11 missed")
        self.rows[-1].value = 10
        found = self._look()
        self.assertEqual(missed.state, "withdrawn")
        self.assertEqual((found - missed).kind, "goal_reached")
        self.assertEqual((found - missed).tone, "good")

    def test_goals_of_another_length(self):
        self.rows[-1].value = 12
        goal = self._create_goal(90, period="year", date_from=date(2025, 1, 1))
        self.assertFalse(self._look())
        self._keep(self.company_a, goal.date_from, goal.date_to, 100).period = "year"
        missed = self._look()
        self.assertEqual((missed.kind, missed.period), ("goal_missed", "year"))
        self.assertEqual(missed.strength, 1)
        goal.unlink()
        self._look()
        self.assertEqual(missed.state, "withdrawn")

    # --- CORRECTED FIGURES

    def test_a_proposal_follows_its_figure_and_is_withdrawn(self):
        finding = self._look()
        self.rows[-1].value = 25
        self._look()
        self.assertEqual((finding.state, finding.value), ("proposed", 25))
        self.rows[-1].value = 11
        self._look()
        self.assertEqual((finding.state, finding.value), ("withdrawn", 25))
        self.assertIn("was 25 and is 11 now", finding.message_ids[0].body)
        self.rows[-1].value = 18
        self.assertEqual(self._look(), finding)
        self.assertEqual((finding.state, finding.value), ("proposed", 18))
        self.rows[-1].unlink()
        self._look()
        self.assertEqual(finding.state, "withdrawn")

    def test_what_was_decided_stays_and_is_not_proposed_again(self):
        finding = self._look()
        finding.with_user(self.manager).dismissal_reason = "Stocktaking"
        finding.with_user(self.manager).action_dismiss()
        for figure in (11, 20, 30):
            self.rows[-1].value = figure
            self.assertEqual(self._look(), finding)
            self.assertEqual((finding.state, finding.value), ("dismissed", 20))

    def test_rules_of_the_company_decide(self):
        policy = self.env["crm.finding.policy"]._ensure(self.company_a)
        policy = policy.with_user(self.analyst)
        policy.threshold = 13
        self.assertFalse(self._look())
        policy.threshold = 12
        finding = self._look()
        self.assertEqual(finding.kind, "outlier")
        policy.threshold = 13
        self._look()
        self.assertEqual(finding.state, "withdrawn")
        for vals in ({"threshold": 0.5}, {"trend_count": 2}, {"period_count": 7}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                policy.write(vals)
                self.env.flush_all()

    # --- COMPANIES

    def test_each_company_has_its_own_findings(self):
        self._keep_months(self.company_b, [*self.USUAL, 15])
        self.findings.with_user(self.manager).with_context(
            allowed_company_ids=self.company_a.ids
        ).action_look()
        found = self.findings.search([("measure_id", "=", self.measure.id)])
        self.assertEqual(found.company_id, self.company_a)
        in_b = self._look(self.company_b)
        self.assertEqual(in_b.value, 15)
        seen = self.findings.with_user(self.manager).search(
            [("measure_id", "=", self.measure.id)]
        )
        self.assertEqual(seen, found.with_user(self.manager))
        with self.assertRaises(AccessError):
            in_b.with_user(self.manager).conclusion = "Not mine"

    # --- JOB

    def _find(self, measures):
        found = self.findings.search([("measure_id", "in", measures.ids)])
        return sorted((f.measure_id.name, f.state) for f in found)

    def _poison(self, bad):
        whole = type(self.findings)._get_series

        def get_series(findings, measure, companies):
            if measure == bad:
                findings.env.cr.execute("SELECT 1 / 0")
            return whole(findings, measure, companies)

        return patch.object(type(self.findings), "_get_series", get_series)

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.ir_cron_finding_look").method_direct_trigger()
        self.env.invalidate_all()

    def test_a_measure_that_fails_stops_no_other(self):
        bad = self._create_measure("test_bad", "A bad one", sequence=1)
        self._keep_months(self.company_a, [*self.USUAL, 20], measure=bad)
        both = self.measure | bad
        with self._poison(bad), mute_logger(WATCH, JOB, "odoo.sql_db"):
            result = self.findings.with_user(self.analyst).action_look()
            self.assertEqual(result["params"]["type"], "danger")
            self.assertIn("A bad one", result["params"]["message"])
            self.assertEqual(self._find(both), [("Test waits", "proposed")])
            self.findings.search([("measure_id", "in", both.ids)]).unlink()
            self._run_cron()
            self.assertEqual(self._find(both), [("Test waits", "proposed")])
        for _run in range(2):
            self._run_cron()
            self.assertEqual(
                self._find(both),
                [("A bad one", "proposed"), ("Test waits", "proposed")],
            )
        passes = self.env["crm.job.pass"]
        self.assertFalse(passes.search([("name", "=", self.findings._name)]))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestFindingDecide(FindingCommon):
    """What people do with a finding, and who may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finding = cls._look()

    def _act(self, user=None):
        return self.finding.with_user(user or self.manager)

    def test_a_manager_accepts_with_a_conclusion_and_an_action(self):
        with Form(self._act()) as form:
            form.user_id = self.analyst
            form.conclusion = "The warehouse moved"
            form.next_action = "Ask the warehouse for a plan"
        self._act().action_accept()
        self.assertEqual(self.finding.state, "accepted")
        self.assertEqual(self.finding.decided_by_id, self.manager)
        activity = self.finding.activity_ids
        self.assertEqual(
            (activity.user_id, activity.summary, activity.date_deadline),
            (self.analyst, "Ask the warehouse for a plan", date(2026, 3, 22)),
        )
        self.rows[-1].value = 11
        self._look()
        self.assertEqual((self.finding.state, self.finding.value), ("accepted", 20))
        self._act().action_reopen()
        self.assertFalse(self.finding.activity_ids)
        self.assertFalse(self.finding.decided_by_id)

    def test_accepting_without_an_action_plans_nothing(self):
        self._act().conclusion = "It was the strike"
        self._act().action_accept()
        self.assertFalse(self.finding.activity_ids)
        self.assertEqual(self.finding.user_id, self.manager)

    def test_conclusion_and_reason_are_needed(self):
        for action in ("action_accept", "action_dismiss"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                getattr(self._act(), action)()
            self.finding.invalidate_recordset()
            self.assertEqual(self.finding.state, "proposed")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._act().write({"state": "accepted", "conclusion": "  "})

    def test_only_the_moves_of_the_table(self):
        with self.assertRaises(UserError), self.cr.savepoint():
            self._act().state = "withdrawn"
        with self.assertRaises(UserError), self.cr.savepoint():
            self._act().action_reopen()
        self.assertEqual(self._act().allowed_actions, "accept,dismiss")
        self.assertEqual(self._act(self.analyst).allowed_actions, "")

    def test_an_analyst_reads_and_looks_but_does_not_decide(self):
        finding = self._act(self.analyst)
        self.assertIn("Feb 2026", finding.name)
        self.assertDenied(lambda: finding.write({"conclusion": "Mine"}))
        self.assertDenied(finding.action_accept)
        self.assertFalse(finding.conclusion)
        self.assertEqual(finding.state, "proposed")

    def test_others_see_nothing(self):
        for user in (self.rep, self.rep_all, self.employee, self.portal):
            with self.subTest(user=user.login):
                self.assertDenied(lambda u=user: self._act(u).read(["value"]))
                self.assertDenied(self.findings.with_user(user).action_look)
                self.assertDenied(self._act(user).action_accept)
        self.assertEqual(self.finding.state, "proposed")

    def test_figures_are_nobodys_to_write(self):
        for vals in ({"value": 1}, {"kind": "trend"}, {"date_from": "2020-01-01"}):
            self.assertDenied(lambda v=vals: self._act().write(v))
        self.assertDenied(self._act().unlink)
        self.assertDenied(lambda: self._act().copy())
        self.assertEqual((self.finding.value, self.finding.kind), (20, "outlier"))

    def test_the_responsible_can_read_findings(self):
        for user in (self.rep, self.employee):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._act().user_id = user
        self.measure.user_id = self.rep
        self.finding.unlink()
        self.assertFalse(self._look().user_id)
        self.measure.user_id = self.analyst
        self.findings.search([("measure_id", "=", self.measure.id)]).unlink()
        self.assertEqual(self._look().user_id, self.analyst)

    def test_records_behind_the_figure_and_the_measure(self):
        action = self._act().action_drill()
        drill = self.measure.with_user(self.manager)._get_drill_action(
            self.company_a, FEBRUARY, date(2026, 2, 28)
        )
        self.assertEqual(action["domain"], drill["domain"])
        self.assertIn("Test waits", action["name"])
        self.assertEqual(self._act().action_open_measure()["res_id"], self.measure.id)
        self.assertEqual(len(self.finding.sparkline.split('"x"')) - 1, 9)
        measure = self.measure.with_user(self.manager)
        self.assertEqual(measure.open_finding_count, 1)
        self.assertIn(
            ("measure_id", "=", measure.id), measure.action_open_findings()["domain"]
        )
        self.assertNotIn("open_finding_count", self._read_fields(self.rep))

    def _read_fields(self, user):
        return self.env["crm.measure"].with_user(user).fields_get()

    def test_the_list_costs_the_same_for_many(self):
        for number in range(6):
            measure = self._create_measure(f"test_{number}", f"Test {number}")
            self._keep_months(self.company_a, [*self.USUAL, 20], measure=measure)
            self._look(measure=measure)
        findings = self.findings.with_user(self.manager)
        names = ("name", "tone", "value_display", "usual_display", "is_drillable")
        spec = {name: {} for name in names}
        spec["user_id"] = {"fields": {"display_name": {}}}
        domain = [("company_id", "=", self.company_a.id)]
        findings.web_search_read(domain, spec, limit=1)
        counts = []
        for limit in (1, 7):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            result = findings.web_search_read(domain, spec, limit=limit)
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(result["records"]), limit)
        self.assertLessEqual(counts[1], counts[0] + 1)  # and the count of all

    def test_an_inactive_measure_is_left_alone(self):
        self.measure.active = False
        self.rows[-1].value = 11
        self.findings.with_user(self.manager).action_look()
        self.assertEqual(self.finding.state, "proposed")

    def test_the_company_of_the_manager_may_be_two(self):
        self.manager.company_ids = [Command.link(self.company_b.id)]
        self._keep_months(self.company_b, [*self.USUAL, 15])
        self.findings.with_user(self.manager).with_context(
            allowed_company_ids=(self.company_a | self.company_b).ids
        ).action_look()
        found = self.findings.search([("measure_id", "=", self.measure.id)])
        self.assertEqual(found.company_id, self.company_a | self.company_b)

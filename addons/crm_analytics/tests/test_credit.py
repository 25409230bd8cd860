from contextlib import closing
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.credit import crm_credit_policy_run
from ..tools import credit
from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCredit(CreditCommon):
    """Score, grade, limit and review; what the monthly run writes."""

    def test_score_grade_limit_and_review_by_hand(self):
        self.assertEqual(self.credit._assess_all(), 2)
        good, bad = self._of(self.good), self._of(self.bad)
        # (3 x 100 + 1 x 100) / 4 = 100; 3 months x 1,000
        self.assertEqual((good.score, good.risk_grade), (100, "A"))
        self.assertEqual(good.monthly_invoiced, 1000)
        self.assertEqual(good.credit_limit_proposed, 3000)
        self.assertEqual(good.date_review, credit.review_day(self.today, 12))
        # (3 x 0 + 1 x 60) / 4 = 15; 0 months - 2,000
        self.assertEqual((bad.score, bad.risk_grade), (15, "E"))
        self.assertEqual(bad.credit_limit_proposed, 0)
        self.assertEqual(bad.exposure, 3000)
        self.assertEqual(bad.date_review, credit.review_day(self.today, 1))
        self.assertEqual(bad.grade_change, "first")
        self.assertFalse(self._of(self.gone), "archived")
        lines = {line["code"]: line for line in bad._explain()}
        self.assertEqual(
            [(k, v["value"], v["points"], v["contribution"]) for k, v in lines.items()],
            [("late", 80, 0, 0), ("orders", 6, 60, 15), ("external", None, None, None)],
        )
        self.assertIn("Pays on time", bad.explanation)

    def test_sql_says_what_the_plain_formulas_say(self):
        rows = {}
        for late, count, revenue, overdue in (
            (0, 0, 5000, 0),
            (19.9, 4, 100, 3),
            (20, 5, 1234.56, 77.77),
            (59.9, 9, 99999, 1),
            (60, 10, -500, 0),
            (100, 30, 7777, 9000),
        ):
            partner = self._create_customer(f"C{late}")
            self._card_of(partner)
            self._set_figures(
                partner,
                late_share=late,
                recent_order_count=count,
                overdue_amount=overdue,
            )
            card = self.env["crm.scorecard.profitability"].search(
                [("partner_id", "=", partner.id)]
            )
            card.invoiced_revenue = revenue
            rows[partner] = late, count, revenue, overdue
        self.credit._assess_all()
        cuts = self.credit._get_cuts()
        for partner, (late, count, revenue, overdue) in rows.items():
            one = self._of(partner)
            steps = [
                [(s.value_from, s.points) for s in factor.step_ids]
                for factor in (self.late, self.orders)
            ]
            score = credit.credit_score(
                [
                    (credit.step_points(late, steps[0]), 3),
                    (credit.step_points(count, steps[1]), 1),
                ]
            )
            grade = credit.grade_of(score, cuts)
            limit = credit.credit_limit(
                self.company.currency_id.round(revenue / 12),
                self.credit[f"months_{grade.lower()}"],
                overdue,
                100,
            )
            found = one.score, one.risk_grade, one.credit_limit_proposed
            self.assertEqual(found, (score, grade, limit), partner.name)
            draft = self._draft(partner, self.env.user)
            found = draft.score, draft.risk_grade, draft.credit_limit_proposed
            self.assertEqual(found, (score, grade, limit), "a draft says the same")
            self.assertEqual(draft.date_review, one.date_review)

    def test_tables_and_external_rating(self):
        country = self.late.copy(
            {
                "code": "land",
                "source": "country",
                "weight": 4,
                "step_ids": [
                    Command.clear(),
                    Command.create(
                        {"country_id": self.env.ref("base.de").id, "points": 50}
                    ),
                ],
            }
        )
        self.good.country_id = self.env.ref("base.de")
        self.bad.country_id = self.env.ref("base.fr")
        rating = {"company_id": self.company.id, "agency": "Bank", "rating": "B"}
        self.env["crm.credit.rating"].create(
            [
                {
                    **rating,
                    "partner_id": self.bad.id,
                    "points": 90,
                    "date": "2020-01-01",
                },
                {
                    **rating,
                    "partner_id": self.bad.id,
                    "points": 0,
                    "date": "2020-02-01",
                    "date_end": "2020-03-01",
                },
            ]
        )
        self.external.weight = 1
        self.credit._assess_all()
        self.assertEqual(self._of(self.good).score, 75)  # (400 + 4 x 50) / 8
        self.assertEqual(self._of(self.bad).score, 30)  # (60 + 90) / 5
        country.write({"is_unknown_counted": True, "unknown_points": 100})
        self.credit._assess_all()
        draft = self._draft(self.bad, self.env.user)
        self.assertEqual(draft.score, 61)  # (60 + 90 + 400) / 9

    # --- EVERY MONTH

    def test_run_writes_what_is_new_and_waits_where_the_grade_changed(self):
        self.credit._assess_all()
        self.assertEqual(self.credit._assess_all(), 0, "nothing new")
        first = self._of(self.bad)
        self._set_figures(self.bad, late_share=30, overdue_amount=0)
        self._set_figures(self.good, recent_order_count=7)
        self.assertEqual(self.credit._assess_all(), 2)
        good = self._of(self.good)
        self.assertEqual((good.score, good.grade_change), (90, "same"))
        self.assertEqual(len(self._of(self.good, "superseded")), 1)
        self.assertEqual(self._of(self.bad), first, "still in force")
        waiting = self._of(self.bad, "proposed")
        # (3 x 50 + 60) / 4 = 52.5
        self.assertEqual((waiting.score, waiting.risk_grade), (53, "C"))
        self.assertEqual((waiting.former_grade, waiting.grade_change), ("E", "better"))
        self.assertEqual(self.credit._assess_all(), 0, "proposed already")
        waiting.with_user(self.finance).action_approve()
        self.assertEqual(first.state, "superseded")
        self.assertEqual(waiting.decided_by_id, self.finance)
        self._set_figures(self.bad, late_share=90)
        self.credit.is_change_decided = False
        self.credit._assess_all()
        self.assertEqual(self._of(self.bad).grade_change, "worse")

    def test_stale_proposal_ends_and_people_are_left_alone(self):
        self.credit._assess_all()
        self._set_figures(self.bad, late_share=30)
        self.credit._assess_all()
        waiting = self._of(self.bad, "proposed")
        self._set_figures(self.bad, late_share=80)
        self.assertEqual(self.credit._assess_all(), 0)
        self.assertEqual(waiting.state, "superseded")
        draft = self._draft(self.good, self.manager)
        self._set_figures(self.good, late_share=100)
        self.assertEqual(self.credit._assess_all(), 0)
        self.assertEqual(draft.state, "draft")

    def test_a_forgotten_draft_holds_nobody_back(self):
        self.credit._assess_all()
        draft = self._draft(self.good, self.manager)
        self._set_figures(self.good, late_share=80)
        self.credit._assess_all()
        self.assertFalse(self._of(self.good, "proposed"))
        self.env.flush_all()
        draft._write({"write_date": fields.Datetime.now() - timedelta(days=32)})
        self.credit._assess_all()
        self.assertEqual(len(self._of(self.good, "proposed")), 1)
        self.assertEqual(draft.state, "draft")

    def test_a_list_takes_the_same_queries_for_any_number_of_rows(self):
        self.credit._assess_all()
        rows = self.assessments.with_user(self.finance)
        view = rows.get_view(view_type="list")
        names = etree.fromstring(view["arch"]).xpath("//field/@name")
        counts = []
        for customers in (self.good, self.good | self.bad):
            some = rows.search([("partner_id", "in", customers.ids)])
            some.web_read({name: {} for name in names})
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.web_read({name: {} for name in names})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 8)

    def test_override_holds_until_its_review(self):
        draft = self._draft(
            self.bad, self.seller, override_grade="B", override_reason="Guaranteed"
        )
        # 2 months x 1,000 - 2,000
        self.assertEqual((draft.risk_grade, draft.credit_limit_proposed), ("B", 0))
        draft.action_propose()
        draft.with_user(self.finance).action_approve()
        self._set_figures(self.bad, late_share=90)
        self.credit._assess_all()
        self.assertFalse(self._of(self.bad, "proposed"))
        draft.sudo().date_review = self.today - timedelta(days=1)
        self.assertIn(draft, self.assessments.search([("is_review_due", "=", True)]))
        self.credit._assess_all()
        self.assertEqual(self._of(self.bad, "proposed").grade_change, "worse")

    def test_cron_and_two_companies(self):
        other = self.env["crm.credit.policy"]._ensure(self.other_company)
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.ir_cron_credit_assess").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self._of(self.good)), 1)
        self.assertEqual(self._of(self.good).company_id, self.company)
        self.assertTrue(self.credit.date_assessed)
        self.assertTrue(other.date_assessed)
        self.assertFalse(other.assess_error)

    def test_without_payments_there_is_no_grade_and_it_says_why(self):
        """Orders alone say nothing of how somebody pays; an agency's rating does."""
        new = self._create_customer("New")
        self._card_of(new)
        self._set_figures(new, recent_order_count=12)
        card = self.env["crm.scorecard.profitability"].search(
            [("partner_id", "=", new.id)]
        )
        card.invoiced_revenue = 0
        self.assertEqual(self.credit._assess_all(), 2)
        self.assertFalse(self._of(new))
        draft = self._draft(new, self.manager)
        self.assertFalse(draft.score_grade)
        self.assertIn("nothing was invoiced", draft.explanation)
        with self.assertRaises(UserError):
            draft.action_propose()
        self.env["crm.credit.rating"].create(
            {
                "partner_id": new.id,
                "company_id": self.company.id,
                "agency": "Bank",
                "rating": "B",
                "points": 60,
            }
        )
        draft.action_compute()
        # (1 x 100 + 3 x 60) / 4 = 70
        self.assertEqual((draft.score, draft.risk_grade), (70, "B"))
        self.assertNotIn("nothing was invoiced", draft.explanation)

    def test_what_the_figures_do_not_give_any_more_ends(self):
        """What a person decided stays until he decides otherwise."""
        draft = self._draft(
            self.bad, self.seller, override_grade="B", override_reason="Guaranteed"
        )
        draft.action_propose()
        draft.with_user(self.finance).action_approve()
        self.credit._assess_all()
        former = self._of(self.good)
        for partner in self.good | self.bad:
            for part in ("performance", "profitability"):
                rows = self.env[f"crm.scorecard.{part}"]
                rows.search([("partner_id", "=", partner.id)]).unlink()
        self.credit._assess_all()
        self.assertEqual((former.state, draft.state), ("superseded", "in_force"))
        run = self.env["crm.credit.run"].search([], limit=1)
        self.assertEqual((run.unknown_count, run.ended_count), (2, 1))

    # --- RUNS

    def test_a_run_is_on_record(self):
        action = self.credit.with_user(self.analyst).action_assess()
        self.assertEqual(action["params"]["type"], "success")
        run = self.env["crm.credit.run"].with_user(self.analyst).search([])
        self.assertEqual((run.mode, run.state, run.user_id), ("manual", "done", self.analyst))
        self.assertEqual((run.customer_count, run.inserted_count), (2, 2))
        self.assertEqual((run.changed_count, run.waiting_count), (0, 0))
        self.assertEqual(run.assessment_ids, self._of(self.good) | self._of(self.bad))
        self.assertEqual(run.parameters["rules"]["cut_a"], 80)
        self.assertIn("Grade A from: 80", run.parameter_text)
        self.assertIn("Pays on time x 3.0 (0: 100, 20: 50, 60: 0)", run.parameter_text)
        domain = run.action_view_assessments()["domain"]
        self.assertEqual(self.assessments.search_count(domain), 2)
        self._set_figures(self.bad, late_share=30, overdue_amount=0)
        self.credit._assess_all()
        last = self.env["crm.credit.run"].search([], limit=1)
        self.assertEqual(
            (last.inserted_count, last.changed_count, last.waiting_count), (1, 1, 1)
        )
        for user in (self.seller, self.finance):
            with self.assertRaises(AccessError):
                run.with_user(user).write({"customer_count": 9})
        run.sudo().date_start = fields.Datetime.now() - timedelta(days=181)
        self.env["crm.credit.run"]._gc_runs()
        self.assertEqual(self.env["crm.credit.run"].search([]), last)
        self.assertEqual(len(self._of(self.good)), 1, "assessments outlive their run")

    @mute_logger("odoo.addons.crm_analytics.models.crm_run_mixin")
    def test_a_failure_stays_on_record_and_leaves_nothing_else(self):
        broken = patch.object(
            type(self.assessments), "_insert_sql", side_effect=UserError("No space")
        )
        with broken:
            action = self.credit.with_user(self.analyst).action_assess()
        self.assertEqual(action["params"]["message"], "No space")
        run = self.env["crm.credit.run"].search([])
        self.assertEqual((run.state, run.error), ("failed", "No space"))
        self.assertEqual(self.credit.assess_error, "No space")
        self.assertFalse(self._of(self.good))
        self.credit._assess_all()
        self.assertFalse(self.credit.assess_error)

    def test_many_customers_are_assessed_by_the_job(self):
        policy = self.credit.with_user(self.analyst)
        with patch.object(crm_credit_policy_run, "AT_ONCE", 1):
            self.assertEqual(policy.action_assess()["params"]["type"], "info")
            policy.action_assess()
        runs = self.env["crm.credit.run"]
        self.assertEqual(runs.search([]).mapped("state"), ["asked"])
        self.assertFalse(self._of(self.good))
        self.credit.invalidate_recordset(["asked_at"])
        self.assertTrue(policy.asked_at)
        self.assertTrue(policy.get_refresh(self.company.id)["asked"])
        with self.assertRaises(AccessError):
            self.credit.with_user(self.seller).get_refresh(self.company.id)
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.ir_cron_credit_attend").method_direct_trigger()
        self.env.invalidate_all()
        run = runs.search([])
        self.assertEqual((run.state, run.user_id), ("done", self.analyst))
        self.assertEqual(run.inserted_count, 2)
        self.assertFalse(policy.get_refresh(self.company.id)["asked"])

    # --- PREVIEW

    def _preview(self, **values):
        """Open the preview as analyst, with ``{field of the policy: number}``."""
        action = self.credit.with_user(self.analyst).action_preview()
        preview = self.env["crm.rule.preview"].with_user(self.analyst)
        preview = preview.browse(action["res_id"])
        for line in preview.line_ids:
            if line.res_model == "crm.credit.policy" and line.field_name in values:
                line.value = values[line.field_name]
        return preview

    def test_preview_of_cut_points_and_months(self):
        self.credit._assess_all()
        before = (self.credit.read(), self.assessments.search([]).read())
        preview = self._preview(cut_b=14, cut_c=13, cut_d=12, months_a=2, months_b=5)
        preview.action_preview()
        self.env.invalidate_all()
        self.assertEqual(
            (self.credit.read(), self.assessments.search([]).read()), before
        )
        text = " ".join(etree.HTML(preview.result).itertext())
        text = " ".join(text.split())
        # Bad: 15 is B now, 5 x 1,000 - 2,000; Good: A, 2 x 1,000
        self.assertIn("E → B : 1", text.replace("B: 1", "B : 1"))
        self.assertIn("Bad: E, 0 → B, 3,000", text)
        self.assertIn("Good: A, 3,000 → A, 2,000", text)
        with closing(self.env.cr.savepoint()):
            preview._prepare()
            preview._write_rules()
            self.env.flush_all()
            preview._compare()
            amount = preview._read_amount("credit_limit", "Limit")
        self.env.invalidate_all(flush=False)
        money = self.company.currency_id.format
        self.assertEqual(
            amount, ("Limit", money(3000), money(5000), money(2000), 1, 1)
        )
        preview.action_apply()
        self.credit.is_change_decided = False
        self.credit._assess_all()
        found = {
            one.partner_id: (one.risk_grade, one.credit_limit_proposed)
            for one in self._of(self.good) | self._of(self.bad)
        }
        self.assertEqual(found, {self.good: ("A", 2000), self.bad: ("B", 3000)})

    def test_preview_of_weights_and_steps(self):
        preview = self._preview()
        late = preview.line_ids.filtered(
            lambda li: li.res_model == "crm.credit.factor" and li.res_id == self.late.id
        )
        late.value = 0
        steps = {
            (line.res_id, line.field_name): line
            for line in preview.line_ids
            if line.res_model == "crm.credit.factor.step"
        }
        first, second, _third = self.late.step_ids.sorted()
        # each in the place of the other
        steps[first.id, "value_from"].value = second.value_from
        steps[second.id, "value_from"].value = first.value_from
        preview.action_preview()
        # by orders alone: Bad has 60 points, so B
        self.assertIn("Bad", preview.result)
        self.assertEqual((self.late.weight, first.value_from), (3, 0))
        preview.action_apply()
        self.assertEqual((self.late.weight, first.value_from), (0, 20))
        self.assertEqual(second.value_from, 0)

    def test_preview_keeps_what_people_decided_and_is_not_for_everybody(self):
        draft = self._draft(
            self.bad, self.seller, override_grade="C", override_reason="Guaranteed"
        )
        draft.action_propose()
        draft.with_user(self.finance).action_approve()
        preview = self._preview(cut_b=14, cut_c=13, cut_d=12)
        preview.action_preview()
        self.assertNotIn("Bad", preview.result)
        for user in (self.seller, self.finance):
            with self.assertRaises(AccessError):
                self.credit.with_user(user).action_preview()

from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

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

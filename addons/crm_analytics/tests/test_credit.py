from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.crm_strategy.tools.measure_period import Period

from ..tools import credit
from .seven_p_common import SevenPCommon


@tagged("post_install", "-at_install")
class TestCredit(SevenPCommon):
    """Score, grade and limit by hand-computed figures; who decides; what follows.

    Good pays on time (grade A), Bad pays all late (grade E). Both were invoiced 12,000
    in the last 12 months, so 1,000 per month; Bad owes 2,000 past its due date.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assessments = cls.env["crm.credit.assessment"]
        cls.credit = cls.env["crm.credit.policy"]._ensure(cls.company)
        cls.finance = new_test_user(
            cls.env,
            "credit_finance",
            groups="account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        known = cls.env["crm.credit.factor"]._ensure(cls.company)
        known.active = False
        factors = known.filtered(lambda f: f.code in ("late", "orders", "external"))
        factors.active = True
        cls.late, cls.orders, cls.external = (
            factors.filtered(lambda f, c=code: f.code == c)
            for code in ("late", "orders", "external")
        )
        cls._set_steps(cls.late, 3, {0: 100, 20: 50, 60: 0})
        cls._set_steps(cls.orders, 1, {0: 0, 5: 60, 10: 100})
        cls.good = cls._create_customer("Good", user_id=cls.seller.id)
        cls.bad = cls._create_customer("Bad", user_id=cls.seller.id)
        cls.gone = cls._create_customer("Gone", active=False)
        cls.other = cls._create_customer("Other's", user_id=cls.manager.id)
        for partner in cls.good | cls.bad | cls.gone:
            cls._card_of(partner)
        cls._set_figures(cls.good, late_share=10, recent_order_count=12)
        cls._set_figures(
            cls.bad,
            late_share=80,
            recent_order_count=6,
            overdue_amount=2000,
            open_amount=3000,
        )
        cls.today = cls.env["crm.sale.fact"]._get_today(cls.company)

    # --- DATA

    @classmethod
    def _set_steps(cls, factor, weight, steps):
        factor.write(
            {
                "weight": weight,
                "step_ids": [
                    Command.clear(),
                    *[
                        Command.create({"value_from": start, "points": points})
                        for start, points in steps.items()
                    ],
                ],
            }
        )

    @classmethod
    def _card_of(cls, partner):
        keys = {"partner_id": partner.id, "company_id": cls.company.id}
        cls.env["crm.customer.scorecard"].create(keys)
        for part in ("performance", "persistency", "profitability", "product"):
            vals = {"invoiced_revenue": 12000} if part == "profitability" else {}
            cls.env[f"crm.scorecard.{part}"].create({**keys, **vals})

    @classmethod
    def _set_figures(cls, partner, **figures):
        for part in ("performance", "persistency"):
            model = cls.env[f"crm.scorecard.{part}"]
            row = model.search([("partner_id", "=", partner.id)])
            row.write({n: v for n, v in figures.items() if n in model._fields})

    def _of(self, partner, state="in_force"):
        return self.assessments.search(
            [("partner_id", "=", partner.id), ("state", "=", state)]
        )

    def _draft(self, partner, user, **vals):
        draft = self.assessments.with_user(user).create(
            {"partner_id": partner.id, **vals}
        )
        return draft

    # --- FIGURES

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

    # --- WHO

    def test_four_eyes(self):
        draft = self._draft(self.good, self.manager)
        draft.action_propose()
        with self.assertRaises(AccessError):
            draft.action_approve()
        with self.assertRaises(AccessError):
            draft.write({"state": "in_force"})
        with self.assertRaises(AccessError):
            draft.with_user(self.seller).action_approve()
        with self.assertRaises(AccessError):
            draft.with_user(self.seller).action_reset()
        self.assertEqual(draft.state, "proposed")
        draft.with_user(self.finance).action_approve()
        self.assertEqual(draft.state, "in_force")
        with self.assertRaises(AccessError):
            draft.action_apply_limit()
        self.assertFalse(draft.date_applied)

    def test_people_enter_nothing_that_the_system_knows(self):
        draft = self._draft(self.good, self.seller)
        for vals in ({"score": 99}, {"proposed_by_id": False}, {"risk_grade": "A"}):
            with self.assertRaises(AccessError):
                draft.write(vals)
        with self.assertRaises(ValidationError):
            draft.override_grade = "A"
        with self.assertRaises(UserError):
            draft.partner_id = self.bad
        draft.action_propose()
        with self.assertRaises(UserError):
            draft.write({"override_grade": "A", "override_reason": "x"})
        self.assertFalse(draft.override_grade)
        with self.assertRaises(AccessError):
            self._draft(self.other, self.seller)
        with self.assertRaises(AccessError):
            self._draft(self.good, self.clerk)
        with self.assertRaises(AccessError):
            self._draft(self.good, self.analyst)

    def test_the_hosts_limit_stays_with_accounting(self):
        self.good.with_company(self.company).credit_limit = 700
        self.credit._assess_all()
        one = self._of(self.good)
        self.assertEqual(one.with_user(self.finance).current_limit, 700)
        for user in (self.seller, self.manager):
            with self.assertRaises(AccessError):
                one.with_user(user).read(["current_limit"])
        with self.assertRaises(AccessError):
            one.with_user(self.seller).action_apply_limit()
        self.assertEqual(self.good.with_company(self.company).credit_limit, 700)
        one.with_user(self.manager).action_apply_limit()
        self.assertEqual(self.good.with_company(self.company).credit_limit, 3000)
        self.assertEqual(self.good.with_company(self.other_company).credit_limit, 0)
        self.assertEqual(one.applied_by_id, self.manager)
        self.assertIn("3,000", one.message_ids[-1:].body + one.message_ids[:1].body)

    def test_no_limit_at_all_is_not_what_zero_means(self):
        self.credit._assess_all()
        one = self._of(self.bad)
        one.with_user(self.finance).action_apply_limit()
        limit = self.bad.with_company(self.company).credit_limit
        self.assertEqual(limit, self.company.currency_id.rounding)

    def test_unknown_customer_is_graded_by_hand(self):
        draft = self._draft(self.other, self.manager)
        self.assertFalse(draft.risk_grade)
        with self.assertRaises(UserError):
            draft.action_propose()
        with Form(draft) as form:
            form.override_grade = "C"
            form.is_limit_overridden = True
            form.override_limit = 500
            form.override_reason = "Trial order"
        draft.action_propose()
        self.assertEqual((draft.state, draft.credit_limit_proposed), ("proposed", 500))
        draft.with_user(self.finance).action_reject()
        self.assertEqual((draft.state, draft.decided_by_id), ("rejected", self.finance))

    # --- WHAT FOLLOWS

    def test_quotation_warns_once(self):
        self.credit._assess_all()
        order = self._create_order(self.bad, "2026-05-01", 100, confirm=False)
        fine = self._create_order(self.good, "2026-05-01", 100, confirm=False)
        seen = order.with_user(self.seller)
        self.assertIn("risk grade E", seen.partner_credit_warning)
        self.assertFalse(fine.partner_credit_warning)
        self._of(self.bad).with_user(self.finance).action_apply_limit()
        self.company.account_use_credit_limit = True
        order.invalidate_recordset(["partner_credit_warning"])
        self.assertNotIn("risk grade", order.partner_credit_warning)
        self.assertIn("credit limit", order.partner_credit_warning)

    def test_scorecard_and_measure_show_what_is_in_force(self):
        self._create_order(self.good, "2026-05-01", 12000)
        self._refresh("2026-06-30")
        performance = self.env["crm.scorecard.performance"]
        self._set_figures(self.bad, open_amount=0)
        row = performance.search([("partner_id", "=", self.good.id)])
        row.write({"open_amount": 1000})
        draft = self._draft(
            self.good, self.seller, override_grade="D", override_reason="Rumours"
        )
        draft.action_propose()
        draft.with_user(self.finance).action_approve()
        measure = self.env.ref("crm_analytics.crm_measure_exposure_at_risk")
        day = self.env["crm.sale.fact"]._get_today(self.company)
        period = Period(day, day)
        found = measure._measure_exposure_at_risk(self.company, [period])
        self.assertEqual(found[day].value, 1.0)
        action = measure._drill_exposure_at_risk(self.company, day, day)
        self.assertEqual(self.assessments.search(action["domain"]), draft)
        self._refresh("2026-06-30", mode="incremental")
        row = performance.search([("partner_id", "=", self.good.id)])
        self.assertEqual((row.risk_grade, row.credit_score), ("D", draft.score))

    def test_merged_customers_have_one_assessment(self):
        self.credit._assess_all()
        kept = self._of(self.good)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.good | self.bad).ids, self.good)
        self.assertEqual(self._of(self.good), kept)
        history = self.assessments.search([("partner_id", "=", self.good.id)])
        self.assertEqual(set(history.mapped("state")), {"in_force", "superseded"})

    def test_rules_are_checked(self):
        with self.assertRaises(ValidationError):
            self.credit.cut_b = 80
        with self.assertRaises(ValidationError):
            self.credit.review_e = 0
        with self.assertRaises(UserError):
            self.late.unlink()
        with self.assertRaises(AccessError):
            self.credit.with_user(self.finance).action_assess()
        self.credit.with_user(self.analyst).action_assess()
        contact = self._create_customer(
            "Contact", parent_id=self.good.id, is_company=False
        )
        with self.assertRaises(ValidationError):
            self._draft(contact, self.manager)
        self.assertEqual(fields.Date.to_date(self.credit.date_assessed), self.today)

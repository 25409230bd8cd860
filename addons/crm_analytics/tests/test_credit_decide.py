from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.crm_strategy.tools.measure_period import Period

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditDecide(CreditCommon):
    """Who decides and applies limits; what follows from it elsewhere."""

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

    def test_who_drafts_or_overrides_does_not_decide(self):
        """Also where a colleague proposes it; of the monthly ones anybody may."""
        draft = self._draft(self.good, self.manager)
        draft.with_user(self.finance).write(
            {"override_grade": "B", "override_reason": "Slow season"}
        )
        self.assertEqual(draft.overridden_by_id, self.finance)
        draft.with_user(self.seller).action_propose()
        for user in (self.manager, self.finance):
            with self.assertRaises(AccessError):
                draft.with_user(user).action_approve()
        self.assertEqual(draft.state, "proposed")
        boss = self.manager.copy({"login": "credit_boss", "name": "Boss"})
        draft.with_user(boss).action_approve()
        self.assertEqual(draft.state, "in_force")
        self.credit._assess_all()
        self._set_figures(self.bad, late_share=0)
        self.credit._assess_all()
        self.assertFalse(self._of(self.bad, "proposed")._get_authors())

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

    def test_an_applied_limit_is_undone(self):
        customer = self.good.with_company(self.company)
        customer.credit_limit = 700
        draft = self._draft(self.good, self.seller)
        draft.action_propose()
        draft.with_user(self.finance).action_approve()
        one = draft.with_user(self.finance)
        with self.assertRaisesRegex(UserError, "no applied limit"):
            one.action_undo_limit()
        one.action_apply_limit()
        self.assertEqual((customer.credit_limit, one.replaced_limit), (3000, 700))
        self.assertTrue(customer.use_partner_credit_limit)
        with self.assertRaises(AccessError):
            draft.with_user(self.seller).action_undo_limit()
        self.assertEqual(customer.credit_limit, 3000)
        draft.with_user(self.manager).action_undo_limit()
        self.assertEqual(customer.credit_limit, 700)
        self.assertFalse(draft.date_applied)
        self.assertEqual(self.good.with_company(self.other_company).credit_limit, 0)
        one.action_apply_limit()
        customer.credit_limit = 2500
        with self.assertRaisesRegex(UserError, "changed since"):
            one.action_undo_limit()
        self.assertEqual(customer.credit_limit, 2500)

    def test_no_limit_before_is_none_after_undo(self):
        self.credit._assess_all()
        one = self._of(self.good).with_user(self.finance)
        one.action_apply_limit()
        one.action_undo_limit()
        customer = self.good.with_company(self.company)
        self.assertEqual(customer.credit_limit, 0)
        self.assertFalse(customer.use_partner_credit_limit)

    def test_a_limit_that_stays_needs_no_second_apply(self):
        self.credit._assess_all()
        self._of(self.good).with_user(self.finance).action_apply_limit()
        self._set_figures(self.good, recent_order_count=7)
        self.credit._assess_all()
        renewed = self._of(self.good)
        self.assertEqual((renewed.score, renewed.applied_by_id), (90, self.finance))
        draft = self._draft(self.good, self.seller)
        draft.action_propose()
        draft.with_user(self.manager).action_approve()
        self.assertEqual(draft.applied_by_id, self.finance)
        self.assertEqual(draft.with_user(self.finance).applied_limit, 3000)
        draft.with_user(self.finance).action_undo_limit()
        self.assertEqual(self.good.with_company(self.company).credit_limit, 0)

    # --- REVIEWS

    def _remind(self):
        self.assessments._remind_of_reviews(self.credit)
        return self.env["mail.activity"].search(
            [("res_model", "=", "crm.credit.assessment")]
        )

    def test_the_responsible_is_reminded_once_of_a_review(self):
        self.credit._assess_all()
        self.assertFalse(self._remind())
        good, bad = self._of(self.good), self._of(self.bad)
        yesterday = self.today - timedelta(days=1)
        (good | bad).date_review = yesterday
        activity = self._remind()
        # Good is renewed by the figures alone
        self.assertEqual((activity.res_id, activity.user_id), (bad.id, self.seller))
        self.assertIn("grade E", activity.summary)
        self.assertEqual(activity.date_deadline, yesterday)
        self.assertEqual(self._remind(), activity)
        self.credit._assess_all()
        self.assertEqual(bad.state, "superseded")
        self.assertFalse(self._remind())

    def test_who_reviews_is_said_by_the_rules(self):
        self.credit.review_user_id = self.finance
        draft = self._draft(
            self.good, self.seller, override_grade="B", override_reason="Rumours"
        )
        draft.action_propose()
        draft.with_user(self.manager).action_approve()
        draft.sudo().date_review = self.today - timedelta(days=1)
        self.assertEqual(self._remind().user_id, self.finance)
        again = self._draft(self.good, self.seller)
        again.action_propose()
        again.with_user(self.manager).action_approve()
        self.assertFalse(self._remind(), "reviewed")

    def test_nobody_is_reminded_of_archived_customers_or_who_may_not_see_them(self):
        self.credit._assess_all()
        bad = self._of(self.bad)
        bad.date_review = self.today - timedelta(days=1)
        self.credit.review_user_id = self.clerk
        self.assertFalse(self._remind())
        self.assertTrue(bad.is_review_due)
        self.credit.review_user_id = False
        self.bad.active = False
        self.assertFalse(self._remind())
        self.assertFalse(bad.is_review_due)
        self.assertFalse(self.assessments.search([("is_review_due", "=", True)]))

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
        other = self._create_customer("Never assessed")
        self._create_order(other, "2026-05-02", 100)
        self._refresh("2026-06-30", mode="incremental")
        row = performance.search([("partner_id", "=", other.id)])
        self.assertIs(row.credit_limit_proposed, False, "not known, not 0")

    def test_the_assessment_before_is_told(self):
        self.credit._assess_all()
        first = self._of(self.bad)
        self.assertNotIn("Points Before", first.explanation)
        self._set_figures(self.bad, late_share=0)
        draft = self._draft(self.bad, self.seller)
        draft.action_propose()
        draft.with_user(self.finance).action_approve()
        self.assertEqual(first.state, "superseded")
        lines = {line["code"]: line for line in draft._explain()}
        self.assertEqual(
            (lines["late"]["points"], lines["late"]["previous_points"]), (100, 0)
        )
        self.assertEqual(lines["orders"]["window"], "")
        self.assertIn("Points Before", draft.explanation)
        self.assertIn("12 months", draft.explanation)

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

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import Form, tagged

from .remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyDecision(RemedyCommon):
    """What may be granted by whom: policy, budget, exceptions, like cases."""

    def _policy(self, remedy_type):
        return self.policies.filtered(lambda p: p.remedy_type == remedy_type)

    # --- POLICY

    def test_decision_needs_a_remedy(self):
        complaint = self._create_complaint()
        with self.assertRaises(UserError):
            self._decide(complaint)
        self.assertEqual(complaint.state, "progress")
        self._add(complaint, "apology")
        self._decide(complaint)
        self.assertEqual(
            (complaint.state, complaint.remedy_ids.state), ("inform", "done")
        )

    def test_agent_grants_what_the_policy_leaves_to_agents(self):
        complaint = self._create_complaint()
        remedy = self._add(complaint, "apology")
        self._decide(complaint, self.agent)
        self.assertEqual((remedy.state, remedy.granted_by_id), ("done", self.agent))

    def test_agent_asks_the_head_of_service(self):
        complaint = self._create_complaint()
        remedy = self._add(complaint, "discount", amount=50.0)
        self.assertEqual(remedy.with_user(self.agent).verdict, "manager")
        self.assertEqual(remedy.with_user(self.head).verdict, "granted")
        with self.assertRaises(UserError) as e:
            self._decide(complaint, self.agent)
        self.assertIn(self.head.name, str(e.exception))
        self.assertEqual((complaint.state, remedy.state), ("progress", "draft"))

    def test_most_special_line_decides(self):
        special = self.env["crm.complaint.policy"].create(
            {
                "remedy_type": "discount",
                "kind_id": self.kind.id,
                "buyer": "first",
                "percent_max": 40.0,
                "grant": "agent",
            }
        )
        complaint = self._create_complaint(pails=2)  # 100.00
        remedy = self._add(complaint, "discount", amount=40.0)
        self.assertTrue(complaint.is_first_buyer)
        self._decide(complaint, self.agent)
        self.assertEqual((remedy.state, remedy.policy_id), ("done", special))
        self.order.copy().action_confirm()
        again = self._create_complaint(pails=2)
        self.assertFalse(again.is_first_buyer)
        more = self._add(again, "discount", amount=40.0)
        self.assertEqual(
            (more.with_user(self.head).verdict, more.with_user(self.head).verdict_note),
            ("approval", "Exceeds the policy limit"),
        )

    def test_value_class_and_lifecycle_of_the_customer_count(self):
        scheme = self.env["crm.segmentation"].create({"name": "Value"})
        segment = self.env["crm.segment"].create(
            {"name": "A", "segmentation_id": scheme.id, "method": "manual"}
        )
        self.env["crm.segment.membership"].create(
            {
                "segmentation_id": scheme.id,
                "segment_id": segment.id,
                "partner_id": self.customer.id,
                "date_start": "2020-01-01",
                "start_reason": "manual",
            }
        )
        self.env["crm.complaint.policy"].create(
            {"remedy_type": "discount", "segment_id": segment.id, "percent_max": 50.0}
        )
        complaint = self._create_complaint(pails=2)
        remedy = self._add(complaint, "discount", amount=50.0)
        self.assertEqual(remedy.with_user(self.head).verdict, "granted")
        remedy.amount = 50.01
        self.assertEqual(remedy.with_user(self.head).verdict, "approval")

    def test_rejection_has_a_reason(self):
        complaint = self._create_complaint()
        self._add(complaint, "reject")
        with self.assertRaises(ValidationError):
            self._decide(complaint)
        complaint.remedy_ids.with_user(self.head).reason = "Stored outside for a year"
        self._decide(complaint)
        self.assertEqual(complaint.state, "inform")

    def test_proposal_takes_the_wish_and_the_most_of_the_policy(self):
        complaint = self._create_complaint(pails=4, drums=2, wish="discount")
        complaint.with_user(self.agent).action_propose()
        self.assertEqual(complaint.remedy_ids.amount, 76.0)  # 20 % of 380
        other = self._create_complaint(pails=4, drums=2, wish="replacement")
        other.with_user(self.agent).action_propose()
        self.assertEqual(other.remedy_ids.line_ids.mapped("quantity"), [4.0, 2.0])

    def test_wrong_gift_is_an_exception(self):
        complaint = self._create_complaint()
        remedy = self._add(complaint, "apology", gift_product_id=self.pail.id)
        self.assertEqual(remedy.with_user(self.head).verdict, "approval")
        self._policy("apology").gift_product_id = self.pail
        remedy.invalidate_recordset(["verdict", "verdict_note"])
        self.assertEqual(remedy.with_user(self.head).verdict, "granted")

    def test_replacement_is_no_purchase(self):
        complaint = self._create_complaint(pails=4)
        self._add(complaint, "replacement")
        self._decide(complaint)
        counts = complaint._count_purchases(self.company)
        self.assertEqual(counts, {self.customer.id: 1})
        today = fields.Date.today()
        domain = self.env["crm.sale.fact"]._get_purchase_domain(
            self.company, today - relativedelta(days=1), today + relativedelta(days=1)
        )
        own = [("partner_id", "=", self.customer.id)]
        self.assertEqual(
            self.env["sale.order"].search(domain & Domain(own)), self.order
        )

    # --- EXCEPTIONS

    def test_exception_needs_reason_and_approval_by_somebody_else(self):
        complaint = self._create_complaint(pails=2)
        remedy = self._add(complaint, "discount", amount=60.0)
        with self.assertRaises(UserError) as e:
            self._decide(complaint)
        self.assertIn("Enter the reason", str(e.exception))
        mine = complaint.with_user(self.head)
        mine.exception_reason = "Ten years with us"
        with self.assertRaises(UserError) as e:
            self._decide(complaint)
        self.assertIn("needs approval first", str(e.exception))
        mine.action_request_approval()
        steps = complaint.approval_step_ids
        self.assertIn(self.other, steps.approver_ids)
        self.assertNotIn(self.head, steps.approver_ids)
        self.assertIn("Ten years with us", steps[0].summary)
        with self.assertRaises(UserError):
            self._decide(complaint)
        complaint.with_user(self.other).action_approve()
        self._decide(complaint)
        self.assertEqual((complaint.state, remedy.state), ("inform", "done"))

    def test_more_than_was_approved_is_asked_for_again(self):
        complaint = self._create_complaint(pails=2)
        remedy = self._add(complaint, "discount", amount=60.0)
        mine = complaint.with_user(self.head)
        mine.exception_reason = "Ten years with us"
        mine.action_request_approval()
        complaint.with_user(self.other).action_approve()
        remedy.with_user(self.head).amount = 90.0
        self.assertEqual(complaint.approval_state, "none")
        with self.assertRaises(UserError):
            self._decide(complaint)
        self.assertEqual(remedy.state, "draft")

    def test_company_without_a_rule_says_so(self):
        self.env["crm.approval.rule"].search(
            [("model", "=", "crm.complaint")]
        ).active = False
        complaint = self._create_complaint(pails=2)
        self._add(complaint, "discount", amount=60.0)
        complaint.exception_reason = "Ten years with us"
        with self.assertRaises(UserError) as e:
            self._decide(complaint)
        self.assertIn("no approval rule", str(e.exception))

    # --- BUDGET

    def _create_budget(self, amount, **vals):
        today = fields.Date.today()
        return self.env["crm.complaint.budget"].create(
            {
                "name": "Month",
                "team_id": self.team.id,
                "amount": amount,
                "date_from": today - relativedelta(days=10),
                "date_to": today + relativedelta(days=10),
                **vals,
            }
        )

    def test_budget_counts_what_binds_us(self):
        budget = self._create_budget(1000.0)
        company = self._create_budget(5000.0, team_id=False)
        complaint = self._create_complaint(pails=4, drums=2)
        self._add(complaint, "replacement", [4, 0])
        self._add(complaint, "refund", [0, 2])
        self._decide(complaint)
        # 4 pails cost 120, 2 drums credited at 90
        self.assertEqual((budget.spent, budget.remaining), (300.0, 700.0))
        self.assertEqual((budget.used_percent, budget.remedy_count), (30.0, 2))
        self.assertEqual(company.spent, 300.0)
        complaint.with_user(self.head).action_return("Again")
        budget.invalidate_recordset()
        self.assertEqual((budget.spent, budget.remedy_count), (0.0, 0))

    def test_beyond_the_budget_nothing_or_only_with_approval(self):
        budget = self._create_budget(100.0, over="refuse")
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "replacement")  # costs 120
        self.assertEqual(remedy.with_user(self.head).verdict, "refused")
        with self.assertRaises(UserError) as e:
            self._decide(complaint)
        self.assertIn("have the budget raised", str(e.exception))
        self.assertEqual((complaint.state, remedy.state), ("progress", "draft"))
        budget.over = "approval"
        with self.assertRaises(UserError) as e:
            self._decide(complaint)
        self.assertIn("exception", str(e.exception))
        budget.amount = 120.0
        self._decide(complaint)
        budget.invalidate_recordset()
        self.assertEqual((remedy.state, budget.remaining), ("granted", 0.0))

    def test_two_complaints_decided_together_share_the_budget(self):
        self._create_budget(150.0, over="refuse")
        complaints = self._create_complaint(pails=4) | self._create_complaint(pails=4)
        for complaint in complaints:
            self._add(complaint, "replacement")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._decide(complaints)
        self.env.invalidate_all()
        self.assertEqual(complaints.mapped("state"), ["progress", "progress"])
        self.assertEqual(complaints.remedy_ids.mapped("state"), ["draft", "draft"])

    def test_budgets_of_a_team_do_not_overlap(self):
        self._create_budget(100.0)
        self._create_budget(100.0, team_id=False)
        with self.assertRaises(ValidationError):
            self._create_budget(200.0)

    # --- LIKE CASES

    def test_like_cases_are_those_of_kind_amount_and_year(self):
        for quantity, percent in ((2, 5), (2, 10), (3, 20), (10, 1)):
            complaint = self._create_complaint(pails=quantity)
            amount = complaint.amount * percent / 100
            self._add(complaint, "discount", amount=amount)
            self._decide(complaint)
        old = self._create_complaint(pails=2)
        self._add(old, "discount", amount=1.0)
        self._decide(old)
        old.remedy_ids.day_granted = fields.Date.today() - relativedelta(months=13)
        other = self._create_complaint(
            pails=2, kind_id=self.env.ref("crm_service.crm_complaint_kind_late").id
        )
        self._add(other, "discount", amount=1.0)
        self._decide(other)
        complaint = self._create_complaint(pails=2)
        # 100.00: those of 100, 100 and 150 count, that of 500 does not
        found = complaint._fetch_like_cases()
        self.assertEqual(
            found,
            {
                "count": 3,
                "least": 5.0,
                "most": 20.0,
                "median": 10.0,
                "remedy": "discount",
            },
        )
        self.assertIn("10", complaint.with_user(self.head).decision_panel)
        self.env.flush_all()
        complaint.company_currency_id.read(["rounding"])
        with self.assertQueryCount(1):
            complaint._fetch_like_cases()

    # --- RIGHTS

    def test_finance_and_warehouse_do_steps_without_seeing_complaints(self):
        complaint = self._create_complaint(pails=4)
        self._add(complaint, "replacement")
        self._decide(complaint)
        for user in (self.finance, self.stock):
            with self.assertRaises(AccessError):
                complaint.with_user(user).read(["description"])
            with self.assertRaises(AccessError):
                complaint.remedy_ids.with_user(user).read(["amount"])
        step = complaint.step_ids[0].with_user(self.finance)
        self.assertEqual(step.products, "4 Units Pail")
        self.assertIn("Works", step.ship_to)
        self.assertEqual(step.document_name, complaint.remedy_ids.sale_order_id.name)

    def test_salesperson_reads_the_remedies_of_his_customers(self):
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "discount", amount=10.0)
        mine = remedy.with_user(self.rep)
        self.assertEqual(mine.amount, 10.0)
        with self.assertRaises(AccessError):
            mine.amount = 20.0
        self.customer.user_id = self.other
        mine.invalidate_recordset()
        with self.assertRaises(AccessError):
            mine.read(["amount"])

    def test_two_companies_do_not_see_each_other(self):
        other = self.env["res.company"].create({"name": "Remedy B"})
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "discount", amount=10.0)
        self.agent.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertFalse(remedy.with_user(self.agent).search([("id", "=", remedy.id)]))

    def test_agent_opens_a_remedy_without_rights_on_invoices(self):
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "replacement")
        self.assertFalse(remedy.has_documents)
        self._decide(complaint)
        view = "crm_service.crm_complaint_remedy_view_form"
        self.env.invalidate_all()
        form = Form(remedy.with_user(self.agent), view=view)
        self.assertTrue(form.has_documents)
        action = remedy.with_user(self.agent).action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("sale.order", remedy.sale_order_id.id),
        )

    # --- CUSTOMER MERGED

    def test_remedies_follow_the_remaining_customer(self):
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "discount", amount=10.0)
        self._decide(complaint)
        kept = self.env["res.partner"].create({"name": "Kept", "is_company": True})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [kept.id, self.customer.id], kept
        )
        self.env.invalidate_all()
        self.assertEqual(remedy.partner_id, kept)
        order = self.env["sale.order"].create(
            {
                "partner_id": kept.id,
                "order_line": [Command.create({"product_id": self.pail.id})],
            }
        )
        self.assertEqual(order.amount_untaxed, 40.0)

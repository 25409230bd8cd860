from datetime import timedelta

from odoo.tests import TransactionCase, tagged

from .demo_story_common import DemoStory


@tagged("post_install", "-at_install")
class TestDemoStoryService(DemoStory, TransactionCase):
    """What the demo story says of complaints and satisfaction, chapters 12 to 15."""

    def _get_case(self, key):
        return self.env.ref(f"crm_service.crm_complaint_{key}")

    # --- MR ZHANG'S PARCEL

    def test_zhangs_parcel_went_the_whole_way_in_the_right_order(self):
        case = self._get_case("zhang")
        self.assertEqual(case.state, "closed")
        self.assertEqual((case.channel, case.result), ("portal", "resolved"))
        self.assertEqual(case.cause_id.code, "packaging_seal")
        self.assertEqual(case.line_ids.quantity, 2.0)
        self.assertEqual(case.amount, 528.0)
        self.assertTrue(case._has_picture())
        dates = [
            case.date_received,
            case.date_replied,
            case.date_decided,
            case.step_ids.filtered(lambda s: s.department == "finance").date_end,
            case.date_executed,
            case.date_told,
            case.date_confirmed,
            case.date_closed,
        ]
        self.assertEqual(dates, sorted(dates))
        self.assertEqual(len(set(dates)), len(dates))
        self.assertEqual(case.date_confirmed - case.date_told, timedelta(days=3))
        for promise in ("reply", "decision", "resolution"):
            self.assertEqual(case[f"{promise}_state"], "kept", promise)

    def test_zhangs_parcel_was_done_by_the_right_people(self):
        case = self._get_case("zhang")
        people = {step.department: step.done_by_id.login for step in case.step_ids}
        self.assertEqual(people, {"finance": "sofia", "warehouse": "tariq"})
        remedy = case.remedy_ids
        self.assertEqual(remedy.granted_by_id.login, "yusuf")
        self.assertEqual((remedy.state, remedy.remedy_type), ("done", "replacement"))
        self.assertEqual(remedy.cost, 282.0)
        self.assertTrue(remedy.carrier_name and remedy.tracking_ref)
        self.assertEqual(remedy.sale_order_id.amount_total, 0.0)
        calls = case.contact_ids.sorted("date")
        self.assertEqual(calls.mapped("outcome"), ["told", "received"])
        self.assertEqual(calls.user_id.login, "amara")

    def test_stock_stood_beside_the_decision(self):
        case = self._get_case("zhang")
        proof = self.env["crm.complaint.stock"].search([("complaint_id", "=", case.id)])
        self.assertEqual(proof.mapped("quantity_free"), [240.0])
        self.assertEqual(proof.date_kept, case.date_decided)
        moves = case.remedy_ids.picking_ids.move_ids
        self.assertEqual(moves.filtered(lambda m: m.state == "done").quantity, 2.0)

    def test_zhang_rated_five(self):
        scores = self.env["crm.satisfaction.score"].search(
            [("complaint_id", "=", self._get_case("zhang").id)]
        )
        self.assertEqual([(s.kind, s.value) for s in scores], [("csat", 5)])

    def test_zhang_sees_his_own_on_the_portal(self):
        cases = self.env["crm.complaint"].search(
            self.env["crm.complaint"]._get_portal_domain(self.zhang)
        )
        expected = self._get_case("zhang") | self._get_case("zhang_foil")
        self.assertEqual(cases, expected)

    # --- THE DESK TODAY

    def test_one_case_of_each_sort(self):
        states = {
            "new": "new",
            "zhang_foil": "new",
            "waiting": "progress",
            "gate": "decided",
            "credit": "decided",
            "execution": "execution",
            "inform": "inform",
            "due": "follow_up",
            "overdue": "follow_up",
            "reopened": "progress",
            "opinion": "progress",
            "rejected": "closed",
            "exception": "progress",
            "late": "progress",
        }
        for key, state in states.items():
            self.assertEqual(self._get_case(key).state, state, key)
        self.assertTrue(self._get_case("waiting").is_waiting)
        self.assertEqual(self._get_case("reopened").reopen_count, 1)
        self.assertEqual(self._get_case("opinion").type, "opinion")
        self.assertEqual(self._get_case("rejected").result, "rejected")
        self.assertEqual(self._get_case("late").decision_state, "late")
        self.assertEqual(self._get_case("exception").decision_state, "warned")
        self.assertEqual(self._get_case("inform").currency_id.name, "USD")
        self.assertEqual(self._get_case("due").date_contact, self.today)
        self.assertLess(self._get_case("overdue").date_contact, self.today)
        self.assertEqual(
            self._get_case("double1").duplicate_ids, self._get_case("double2")
        )
        self.assertTrue(self._get_case("new")._has_picture())

    def test_departments_have_their_steps(self):
        for login, tasks in {
            "sofia": {"approve_replacement", "post_credit_note"},
            "tariq": {"ship_replacement"},
        }.items():
            steps = self._as(login, self.env["crm.complaint.step"])
            ready = steps.search([("state", "=", "ready")])
            self.assertEqual(set(ready.mapped("task")), tasks, login)
        transfer = self._get_case("execution").remedy_ids.picking_ids
        self.assertEqual(transfer.state, "assigned")

    def test_an_exception_waits_for_lin(self):
        case = self._get_case("exception")
        self.assertEqual(case.approval_state, "pending")
        steps = self._as("lin", self.env["crm.approval.step"])
        waiting = steps.search([("is_mine", "=", True), ("state", "=", "pending")])
        self.assertIn(case.id, waiting.mapped("res_id"))

    # --- A YEAR OF COMPLAINTS

    def test_a_year_of_closed_cases(self):
        closed = self.env["crm.complaint"].search([("state", "=", "closed")])
        self.assertEqual(len(closed), 42)
        self.assertEqual(self.env["crm.complaint"].search_count([]), 57)
        self.assertFalse(closed.filtered(lambda c: not c.result or not c.result_note))
        self.assertGreaterEqual(len(closed.commercial_partner_id.country_id), 10)
        self.assertGreaterEqual(len(closed.kind_id), 8)
        self.assertGreaterEqual(len(closed.cause_id), 12)
        self.assertEqual(closed.currency_id.mapped("name"), ["CNY", "USD"])

    def test_new_caps_halved_the_leaks(self):
        action = self.env.ref("crm_service.crm_corrective_action_caps")
        self.assertEqual(action.state, "verified")
        self.assertEqual((action.before_count, action.after_count), (4, 2))
        self.assertEqual(action.change_percent, -50.0)

    def test_budgets_of_twelve_months_are_kept(self):
        budgets = self.env["crm.complaint.budget"].search([("team_id", "=", False)])
        self.assertEqual(len(budgets), 12)
        self.assertFalse(budgets.filtered(lambda b: b.remaining < 0))

    # --- SATISFACTION

    def test_answers_over_months_and_a_low_one_to_talk_about(self):
        scores = self.env["crm.satisfaction.score"].search([])
        self.assertEqual(set(scores.mapped("kind")), {"csat", "nps", "ces"})
        months = {score.date.strftime("%Y-%m") for score in scores}
        self.assertGreaterEqual(len(months), 11)
        low = scores.filtered("is_low")
        self.assertTrue(low.activity_ids)
        self.assertTrue(all(low.mapped("followed_up_on")))

    def test_nothing_is_sent(self):
        mails = self.env["mail.mail"].search([("model", "=like", "crm.%")])
        self.assertFalse(mails.filtered(lambda m: m.model.startswith("crm.comp")))
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        self.assertFalse(queue.active)

    # --- AFTER THE SALE

    def test_orders_are_late_and_followed_up(self):
        late = self.env["crm.late.order"].search([("days_late", ">", 0)])
        known = late.filtered("crm_late_reason")
        self.assertEqual(
            sorted(known.mapped("crm_late_reason")),
            ["production", "quality", "stock", "transport"],
        )
        cases = self.env["crm.after.sale"].search([])
        states = set(cases.mapped("state"))
        self.assertLessEqual({"waiting", "running"}, states)
        due = cases.milestone_ids.filtered(lambda m: m.state in ("due", "late"))
        self.assertTrue(due.mail_activity_id)
        deliveries = self.env["crm.delivery.report"].search([])
        self.assertLess(
            0, len(deliveries.filtered("days_late")), "some deliveries were late"
        )
        self.assertLess(len(deliveries.filtered("days_late")), len(deliveries))

from odoo.tests import TransactionCase, tagged

from .demo_story_common import DemoStory


@tagged("post_install", "-at_install")
class TestDemoStorySales(DemoStory, TransactionCase):
    """What the demo story says of visits, care and the salespeople's day."""

    # --- VISITS

    def test_visits_stand_in_all_states(self):
        visits = self.env["crm.sales.activity"].search([("is_visit", "=", True)])
        states = set(visits.mapped("state"))
        self.assertEqual(
            states, {"proposed", "planned", "confirmed", "done", "cancelled"}
        )
        self.assertTrue(visits.filtered("is_overdue"))
        self.assertTrue(visits.filtered("competitor_note"))
        self.assertTrue(visits.filtered("market_note"))

    def test_plan_has_room_and_a_past(self):
        plan = self.env.ref("crm_service.crm_visit_plan_demo")
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.user_id.login, "lin")
        people = plan.person_ids
        self.assertEqual(sorted(people.user_id.mapped("login")), ["chen", "marta"])
        self.assertTrue(all(person.capacity for person in people))
        self.assertFalse(any(people.mapped("lacking_count")))
        self.assertTrue(plan.ahead_count)

    def test_who_put_off_a_visit_is_due(self):
        rows = self.env["crm.visit.due"].search(
            [("state", "in", ("overdue", "due"))], order="id"
        )
        waiting = rows.partner_id
        for name in ("andes_cables", "sunrise_conductors", "lakeside_utilities"):
            self.assertIn(self.env.ref(f"crm_strategy.partner_{name}"), waiting)

    def test_coverage_tells_planned_and_done(self):
        rows = self.env["crm.visit.coverage.report"].search([])
        self.assertLessEqual(
            {"chen", "marta"}, set(rows.user_id.mapped("login")), "both visit"
        )

    # --- THE DAY

    def test_days_are_full(self):
        for login in ("chen", "marta", "wu"):
            touches = self._as(login, self.env["crm.sales.activity"]).search(
                [
                    ("user_id.login", "=", login),
                    ("state", "in", ("planned", "confirmed")),
                ]
            )
            days = {touch.date_start.date() for touch in touches}
            self.assertTrue([day for day in days if day <= self.today], login)
            home = self._as(login, self.env["crm.sales.home"]).get_home()
            empty = {s["key"] for s in home["sections"] if not s["rows"]}
            # the story may have been told yesterday
            self.assertLessEqual(empty, {"today"}, login)

    # --- CARE

    def test_care_rules_have_results(self):
        birthday = self.env.ref("crm_service.crm_care_rule_birthday")
        silence = self.env.ref("crm_service.crm_care_rule_silence")
        touches = self.env["crm.sales.activity"].search(
            [("care_rule_id", "in", (birthday + silence).ids), ("state", "=", "done")]
        )
        self.assertEqual(len(touches), 6)
        by_rule = {
            rule: touches.filtered(lambda t, r=rule: t.care_rule_id == r)
            for rule in (birthday, silence)
        }
        self.assertEqual(len(by_rule[birthday]), 2)
        self.assertEqual(len(by_rule[silence]), 4)

    # --- THE CUSTOMER PAGE

    def test_page_of_a_mill_is_full(self):
        mill = self.env.ref("crm_strategy.partner_hongyuan_rolling")
        page = self._as("chen", self.env["crm.customer.page"]).get_page(mill.id)
        keys = {section["key"] for section in page["sections"]}
        self.assertLessEqual(
            {"who", "buying", "business", "competitors", "service"}, keys
        )

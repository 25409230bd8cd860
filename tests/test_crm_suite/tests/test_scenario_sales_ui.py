from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .sales_scene import SalesScene


class SalesStories(SalesScene, HttpCase):
    """Two stories in the browser, each by the person whose day it is."""

    def _speak_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        modules = self.env["ir.module.module"].search(
            [("name", "in", ["crm_strategy", "crm_service"])]
        )
        modules._update_translations("zh_CN")
        (self.anna | self.ben | self.head).lang = "zh_CN"

    def _tour(self, name, url, login):
        self.start_tour(url, f"crm_sales_scene_{name}", login=login)
        self.env.invalidate_all()

    # --- A SALESPERSON'S DAY

    def _play_day(self):
        told = self._count_told()
        self._tour("day", "/odoo/my-day", "sales_anna")
        self._check_call()
        self._check_visit()
        self.assertEqual(self._count_told(), told)

    def _check_call(self):
        following = self.call.next_activity_id
        self.assertRecordValues(
            self.call | following,
            [
                {
                    "state": "done",
                    "outcome_id": self.outcome.id,
                    "next_step": "Send the price list",
                    "done_by_id": self.anna.id,
                    "partner_id": self.foundry.id,
                },
                {
                    "state": "planned",
                    "outcome_id": False,
                    "next_step": False,
                    "done_by_id": False,
                    "partner_id": self.foundry.id,
                },
            ],
        )
        self.assertEqual(following.name, "Send the price list")
        self.assertEqual(following.date_start.date(), self.today + timedelta(7))

    def _check_visit(self):
        self.assertEqual(
            (self.visit.state, self.visit.outcome_id, self.visit.findings),
            ("done", self.outcome, "They melt more. 产量增加"),
        )
        observation = self.env["crm.partner.observation"].search(
            [("partner_id", "=", self.foundry.id)]
        )
        self.assertRecordValues(
            observation,
            [
                {
                    "attribute_id": self.capacity.id,
                    "value_number": 1250.0,
                    "source": "visit",
                    "date": self.today,
                    "user_id": self.anna.id,
                    "sales_activity_id": self.visit.id,
                }
            ],
        )
        self.assertRecordValues(
            self.visit.need_ids,
            [
                {
                    "name": "Ingots of 20 kg",
                    "partner_id": self.foundry.id,
                    "source": "visit",
                    "user_id": self.anna.id,
                }
            ],
        )
        self.assertEqual(self.visit.event_id.partner_ids, self.anna.partner_id)

    # --- A MANAGER'S QUARTER

    def _play_quarter(self):
        told = self._count_told()
        self._tour("plan", "/odoo/visit-plans", "sales_head")
        plan = self.env["crm.visit.plan"].search([("company_id", "=", self.company.id)])
        visits = self._check_plan(plan)
        before = dict(zip(visits, visits.mapped("date_start"), strict=True))
        self._tour("shift", f"/odoo/visit-plans/{plan.id}", "sales_head")
        self._check_shifted(visits, before)
        self._tour("coverage", "/odoo/visit-coverage", "sales_head")
        self._tour("late", "/odoo/late-orders", "sales_head")
        self._tour("person", "/odoo/my-day", "sales_head")
        self.assertEqual(self._count_told(), told)

    def _check_plan(self, plan):
        """Three visits a customer; one of the first is today's, entered by hand."""
        end = fields.Date.add(self.today, months=3) - timedelta(1)
        self.assertRecordValues(
            plan,
            [
                {
                    "name": "Scene quarter",
                    "state": "active",
                    "team_id": self.team.id,
                    "period": "quarter",
                    "date_from": self.today,
                    "date_to": end,
                    "is_unassigned_included": False,
                    "proposed_count": 0,
                    "ahead_count": 8,
                }
            ],
        )
        days = [self.today + timedelta(n) for n in range((end - self.today).days + 1)]
        room = 4 * len([day for day in days if day.weekday() < 5])
        people = {
            person.user_id: (
                person.capacity,
                person.planned_count,
                person.lacking_count,
            )
            for person in plan.person_ids
        }
        self.assertEqual(people, {self.anna: (room, 5, 0), self.ben: (room, 3, 0)})
        visits = plan.visit_ids.sorted(lambda v: (v.date_start, v.id))
        self.assertEqual(set(visits.mapped("state")), {"planned"})
        counts = [
            len(visits.filtered(lambda v, c=customer: v.partner_id == c))
            for customer in self.customers
        ]
        self.assertEqual(counts, [2, 3, 3])
        self._check_events(visits)
        return visits

    def _check_events(self, visits):
        """Each stands in the calendar of the salesperson, and of nobody else."""
        self.assertEqual(len(visits.event_id), 8)
        for visit in visits:
            event = visit.event_id
            self.assertEqual(
                (event.start, event.stop, event.partner_ids),
                (visit.date_start, visit.date_end, visit.user_id.partner_id),
            )

    def _check_shifted(self, visits, before):
        """All are confirmed, two are a week later."""
        self.assertEqual(visits.mapped("state"), ["confirmed"] * 8)
        moved = visits.filtered(lambda visit: visit.date_start != before[visit])
        self.assertEqual(len(moved), 2)
        for visit in moved:
            self.assertEqual(visit.date_start, before[visit] + timedelta(7))
        self._check_events(visits)


@tagged("post_install", "-at_install")
class TestScenarioSalesUi(SalesStories):
    def test_a_salespersons_day(self):
        self._play_day()

    def test_a_managers_quarter(self):
        self._play_quarter()


@tagged("post_install", "-at_install")
class TestScenarioSalesPhoneUi(SalesStories):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_salespersons_day_in_chinese(self):
        self._speak_chinese()
        self._play_day()

    def test_a_managers_quarter_in_chinese(self):
        self._speak_chinese()
        self._play_quarter()

from datetime import datetime, timedelta
from itertools import pairwise

from lxml import html
from pytz import timezone, utc

from odoo import fields
from odoo.tests import tagged

from .demo_story_common import DemoStoryBrowser

VISIT_REPORT = "crm_service.crm_visit_report"
CUSTOMER_PAGE = "crm_service.customer_page_document"


class SalesStories(DemoStoryBrowser):
    """Chen's day and Lin's quarter, each by the person whose it is.

    Today Chen calls Changfeng Wheels; the report of a visit to Metalix is missing.
    Whatever day the story was loaded on, today's touches are brought to today.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chen, cls.lin, cls.marta = (
            cls.env.ref(f"crm_strategy.res_users_{name}")
            for name in ("chen", "lin", "marta")
        )
        touch = "crm_service.crm_sales_activity_"
        cls.call = cls.env.ref(f"{touch}day_changfeng")
        cls.visit = cls.env.ref(f"{touch}v13")
        cls.customers = (cls.call | cls.visit).partner_id
        cls._bring_to_today(cls.call, 10)
        cls._bring_to_today(cls.env.ref(f"{touch}day_northern"), 14)

    @classmethod
    def _bring_to_today(cls, touch, hour):
        zone = timezone(cls.chen.tz)
        noon = datetime.now(zone).replace(hour=hour, minute=0, second=0, microsecond=0)
        touch.date_start = noon.astimezone(utc).replace(tzinfo=None)
        cls.env.flush_all()

    def _play(self, name, login, **facts):
        cookies = {f"story_{key}": str(value) for key, value in facts.items()}
        told = self._count_told()
        self._tour(f"crm_sales_story_{name}", login, cookies=cookies)
        self.assertEqual(self._count_told(), told, "nobody was told by mail")

    def _count_told(self):
        """Return (mails, messages to customers): neither may grow."""
        told = self.env["res.partner"].search([("ref", "=like", "C1%")])
        told |= told.child_ids
        notifications = self.env["mail.notification"]
        return (
            self.env["mail.mail"].search_count([]),
            notifications.search_count([("res_partner_id", "in", told.ids)]),
        )

    def _get_facts(self):
        """Return what My Day has to say of Chen, from the documents themselves."""
        zone = timezone(self.chen.tz)
        midnight = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        begin = midnight.astimezone(utc).replace(tzinfo=None)
        touches = self.env["crm.sales.activity"].search(
            [
                ("state", "in", ("planned", "confirmed")),
                ("date_start", "<", begin + timedelta(days=1)),
                "|",
                ("user_id", "=", self.chen.id),
                ("user_ids", "in", self.chen.ids),
            ]
        )
        todos = self.env["mail.activity"].search(
            [
                ("user_id", "=", self.chen.id),
                ("date_deadline", "<=", midnight.date()),
            ]
        )
        is_overdue = todos.filtered(lambda todo: todo.date_deadline < midnight.date())
        before = touches.filtered(lambda touch: touch.date_start < begin)
        return {
            "today": len(touches - before) + len(todos - is_overdue),
            "overdue": len(before) + len(is_overdue),
            "late": len(self._get_late_orders()),
        }

    def _get_late_orders(self):
        orders = self.env["sale.order"].search(
            [("user_id", "=", self.chen.id), ("state", "=", "sale")]
        )
        late = orders.filtered(
            lambda order: any(
                line.product_id.type == "consu"
                and line.qty_delivered < line.product_uom_qty
                for line in order.order_line
            )
        )
        return late.filtered(lambda o: self._get_days_late(o) > 0)

    def _get_days_late(self, order):
        promised = order.commitment_date or order.expected_date
        return (self.today - promised.date()).days

    # --- A SALESPERSON'S DAY

    def _play_day(self):
        facts = self._get_facts()
        orders = self.env["sale.order"].search_count(
            [
                ("partner_id", "=", self.call.partner_id.id),
                ("state", "=", "sale"),
                ("crm_remedy_id", "=", False),
            ]
        )
        self._play("day", "chen", orders=orders, **facts)
        self._check_call()
        self._check_visit()
        self._check_prints()

    def _check_call(self):
        following = self.call.next_activity_id
        informed = self.env.ref("crm_service.crm_sales_activity_outcome_informed")
        self.assertRecordValues(
            self.call | following,
            [
                {
                    "state": "done",
                    "outcome_id": informed.id,
                    "next_step": "Send the price list",
                    "done_by_id": self.chen.id,
                    "partner_id": self.call.partner_id.id,
                },
                {
                    "state": "planned",
                    "outcome_id": False,
                    "next_step": False,
                    "done_by_id": False,
                    "partner_id": self.call.partner_id.id,
                },
            ],
        )
        self.assertEqual(following.name, "Send the price list")
        ahead = following.date_start - self.call.date_start
        self.assertIn(round(ahead / timedelta(days=1)), (6, 7), "the browser's clock")

    def _check_visit(self):
        interested = self.env.ref("crm_service.crm_sales_activity_outcome_interested")
        self.assertEqual(
            (self.visit.state, self.visit.outcome_id, self.visit.findings),
            ("done", interested, "They melt more. 产量增加"),
        )
        answers = self.visit.read(["findings_properties"])[0]["findings_properties"]
        self.assertEqual(
            [answer.get("value") for answer in answers], [1250, None, None]
        )
        self.assertRecordValues(
            self.visit.need_ids,
            [
                {
                    "name": "Ingots of 20 kg",
                    "partner_id": self.visit.partner_id.id,
                    "source": "visit",
                    "user_id": self.chen.id,
                }
            ],
        )

    def _check_prints(self):
        """On paper stands what was entered, in Chen's language."""
        report = self._print(VISIT_REPORT, self.visit)
        for text in ("Metalix", "Planned volume (t)", "1250", "Ingots of 20 kg"):
            self.assertIn(text, report)
        page = self._print(CUSTOMER_PAGE, self.visit.partner_id)
        titles = {
            "en_US": ("Findings", "What They Buy"),
            "zh_CN": ("发现", "购买情况"),
        }[self.chen.lang]
        self.assertIn(titles[0], report)
        self.assertIn(titles[1], page)

    def _print(self, name, record):
        reports = self._as("chen", self.env["ir.actions.report"])
        reports = reports.with_context(lang=self.chen.lang, tz=self.chen.tz)
        content, _kind = reports._render_qweb_html(name, record.ids)
        return " ".join(html.fromstring(content).text_content().split())

    # --- A MANAGER'S QUARTER

    def _play_quarter(self):
        mill = self.env.ref("crm_strategy.partner_hongyuan_rolling")
        [order] = self._get_late_orders().filtered(lambda o: o.partner_id == mill)
        self._play(
            "people",
            "lin",
            person=self.chen.name.split()[0],
            days=self._get_days_late(order),
            **self._get_facts(),
        )
        plans = self.env["crm.visit.plan"]
        known = plans.search([])
        team = self.env.ref("crm_strategy.crm_team_metal")
        self._play("plan", "lin", team=team.with_context(lang=self.lin.lang).name)
        self._check_plan(plans.search([]) - known, team)

    def _check_plan(self, plan, team):
        """Chen's visits of a quarter; the third was swapped, the first two stayed."""
        end = fields.Date.add(plan.date_from, months=3) - timedelta(days=1)
        visits = plan.visit_ids.sorted("date_start")
        self.assertRecordValues(
            plan,
            [
                {
                    "name": "Spring quarter",
                    "state": "active",
                    "team_id": team.id,
                    "period": "quarter",
                    "date_to": end,
                    "is_unassigned_included": False,
                    "proposed_count": 0,
                    "ahead_count": len(visits),
                }
            ],
        )
        ahead = plan.date_from - fields.Date.add(self.today, months=3)
        self.assertIn(ahead.days, (-1, 0), "the browser's clock is that of UTC")
        self.assertEqual(visits.partner_id.user_id, self.chen)
        self.assertEqual(plan.person_ids.user_id, self.chen)
        self.assertEqual(plan.person_ids.lacking_count, 0)
        self._check_cadence(visits)
        self._check_hours(plan, visits)
        self._check_people(visits)

    def _check_cadence(self, visits):
        """Who has the service level Gold is visited twelve times a year."""
        gold = self.env.ref("crm_service.crm_visit_cadence_demo")
        self.assertEqual(gold.visits_per_year, 12)
        mill = self.env.ref("crm_strategy.partner_hongyuan_rolling")
        to_mill = visits.filtered(lambda visit: visit.partner_id == mill)
        self.assertAlmostEqual(len(to_mill), 12 / 4, delta=1)
        days = to_mill.mapped("date_start")
        for day, following in pairwise(days):
            self.assertGreaterEqual((following - day).days, 20)

    def _check_hours(self, plan, visits):
        """On working days, in the hours of the plan, never two at a time."""
        zone = timezone(self.chen.tz)
        starts = [utc.localize(v.date_start).astimezone(zone) for v in visits]
        self.assertEqual(len(set(starts)), len(starts))
        for start in starts:
            self.assertLess(start.weekday(), 5)
            self.assertTrue(plan.date_from <= start.date() <= plan.date_to)
            self.assertTrue(9 <= start.hour < 17)

    def _check_people(self, visits):
        """Each stands in the calendar of whoever goes, and of nobody else."""
        confirmed = visits.filtered(lambda visit: visit.state == "confirmed")
        swapped = visits.filtered(lambda visit: visit.user_id == self.marta)
        self.assertEqual((len(confirmed), len(swapped)), (2, 1))
        self.assertFalse(swapped & confirmed)
        self.assertEqual((visits - swapped).user_id, self.chen)
        self.assertEqual(len(visits.event_id), len(visits))
        for visit in visits:
            event = visit.event_id
            self.assertEqual(
                (event.start, event.stop, event.partner_ids),
                (visit.date_start, visit.date_end, visit.user_id.partner_id),
            )


@tagged("post_install", "-at_install")
class TestDemoStoryDesk(SalesStories):
    def test_day_and_quarter(self):
        self._play_day()
        self._play_quarter()

    def test_day_and_quarter_in_chinese(self):
        self._speak("zh_CN")
        self._play_day()
        self._play_quarter()


@tagged("post_install", "-at_install")
class TestDemoStoryPhone(SalesStories):
    browser_size = "390x844"
    touch_enabled = True

    def test_day_and_quarter(self):
        self._play_day()
        self._play_quarter()

    def test_day_and_quarter_in_chinese(self):
        self._speak("zh_CN")
        self._play_day()
        self._play_quarter()

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .care_common import NOW
from .sales_home_common import SalesHomeCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSalesHome(SalesHomeCommon):
    """Tuesday, 10 o'clock in Shanghai: the day began at 16:00 UTC on Monday."""

    def test_day_of_the_reader_from_midnight_to_midnight(self):
        for name, start, state in (
            ("Monday night", "2026-03-09 15:59:00", "planned"),
            ("Midnight", "2026-03-09 16:00:00", "confirmed"),
            ("Done", "2026-03-10 01:00:00", "done"),
            ("Evening", "2026-03-10 15:59:00", "planned"),
            ("Wednesday", "2026-03-10 16:00:00", "planned"),
            ("Proposed", "2026-03-10 03:00:00", "proposed"),
            ("Cancelled", "2026-03-10 03:00:00", "cancelled"),
        ):
            self._create_touch(name=name, date_start=start, state=state)
        home = self._get_home(self.rep)
        self.assertEqual(
            [
                (row["note"], row["is_done"], row["tone"], row["badge"])
                for row in home["today"]["rows"]
            ],
            [
                ("Midnight", False, "warning", "Confirmed"),
                ("Done", True, False, False),
                ("Evening", False, False, False),
            ],
        )
        self.assertEqual(home["today"]["count"], 2)
        [late] = home["overdue"]["rows"]
        self.assertEqual((late["note"], late["days_late"]), ("Monday night", 1))
        self.assertEqual(home["home"]["today"], "2026-03-10")

    def test_phone_of_the_contact_goes_before_that_of_the_firm(self):
        self._create_touch(
            date_start="2026-03-10 03:00:00", contact_ids=[Command.link(self.boss.id)]
        )
        self._create_touch(date_start="2026-03-10 04:00:00")
        rows = self._get_home(self.rep)["today"]["rows"]
        self.assertEqual(
            [row["phone"] for row in rows], ["+86 371 1001", "+86 371 1000"]
        )

    def test_to_dos_and_meetings_stand_beside_the_touches(self):
        def plan(day, summary):
            self.foundry.activity_schedule(
                "mail.mail_activity_data_todo",
                day,
                summary=summary,
                user_id=self.rep.id,
            )

        plan("2026-03-10", "Send samples")
        plan("2026-03-07", "Send prices")
        plan("2026-03-11", "Tomorrow")
        touch = self._create_touch(date_start="2026-03-10 06:00:00")
        events = self.env["calendar.event"].create(
            [
                {
                    "name": name,
                    "start": start,
                    "stop": stop,
                    "partner_ids": [Command.set(self.rep.partner_id.ids)],
                    "user_id": self.rep.id,
                }
                for name, start, stop in (
                    ("Sales round", "2026-03-10 05:00:00", "2026-03-10 06:00:00"),
                    ("Yesterday", "2026-03-09 05:00:00", "2026-03-09 06:00:00"),
                    ("Same as the call", "2026-03-10 06:00:00", "2026-03-10 07:00:00"),
                )
            ]
        )
        if touch.event_id:
            touch.event_id.unlink()
        touch = self._create_touch(
            date_start="2026-03-10 06:30:00", event_id=events[2].id
        )
        home = self._get_home(self.rep)
        titles = [row["title"] for row in home["today"]["rows"]]
        self.assertIn("Sales round", titles)
        self.assertNotIn("Same as the call", titles)
        self.assertEqual(titles[-1], "Foundry")  # no hour: last
        self.assertEqual(home["today"]["rows"][-1]["note"], "To-Do · Send samples")
        self.assertEqual(
            [(row["note"], row["days_late"]) for row in home["overdue"]["rows"]],
            [("To-Do · Send prices", 3)],
        )

    def test_pipeline_by_stage(self):
        new, won = self.env["crm.stage"].create(
            [
                {"name": "Fresh", "sequence": -2},
                {"name": "Bagged", "sequence": -1, "is_won": True},
            ]
        )
        offer = self.env["crm.stage"].create({"name": "Offer", "sequence": 0})
        for name, stage, amount in (
            ("A", new, 100),
            ("B", new, 300),
            ("C", offer, 200),
            ("D", won, 5000),
        ):
            self._create_lead(name, stage_id=stage.id, expected_revenue=amount)
        self._create_lead("Lost", stage_id=new.id).action_set_lost()
        self._create_lead("Lead", type="lead", stage_id=new.id)
        self._create_lead("His", user_id=self.other.id, stage_id=new.id)
        section = self._get_home(self.rep)["pipeline"]
        self.assertEqual(
            [
                (row["title"], row["note"], row["amount"], row["share"])
                for row in section["rows"]
            ],
            [
                ("Fresh", "2 opportunities", 400.0, 1.0),
                ("Offer", "1 opportunity", 200.0, 0.5),
            ],
        )
        self.assertEqual((section["count"], section["amount"]), (3, 600.0))
        home = self.env["crm.sales.home"].with_user(self.rep)
        action = home.open_section("me", "pipeline", str(new.id))
        leads = self.env["crm.lead"].with_user(self.rep).search(action["domain"])
        self.assertEqual(sorted(leads.mapped("name")), ["A", "B"])

    def test_customers_by_class_and_without_a_plan(self):
        second = self._create_partner("Second", is_company=True, user_id=self.rep.id)
        third = self._create_partner("Third", is_company=True, user_id=self.rep.id)
        plain = self._create_partner("Plain", is_company=True, user_id=self.rep.id)
        self._place(self.gold, self.foundry, second, self.mill)
        self._place(self.silver, third)
        self._create_touch(date_start="2026-03-20 06:00:00")
        self._create_touch(second, date_start="2026-03-02 06:00:00")  # overdue
        self._create_touch(third, date_start="2026-03-20 06:00:00", state="proposed")
        section = self._get_home(self.rep)["customers"]
        self.assertEqual(
            [
                (row["title"], row["note"], row["badge"], row["share"])
                for row in section["rows"]
            ],
            [
                ("Gold", "2 customers", "1 without a plan", 0.5),
                ("Silver", "1 customer", "1 without a plan", 0.0),
                ("Without a Class", "1 customer", "1 without a plan", 0.0),
            ],
        )
        self.assertEqual(section["count"], 3)
        home = self.env["crm.sales.home"].with_user(self.rep)
        for key, expected in (
            (str(self.gold.id), self.foundry | second),
            ("False", plain),
            (False, self.foundry | second | third | plain),
        ):
            action = home.open_section("me", "customers", key)
            found = self.env["res.partner"].with_user(self.rep).search(action["domain"])
            self.assertEqual(found, expected)
        partners = self.env["res.partner"].with_user(self.rep)
        without = partners.search(
            [
                ("crm_next_touch_date", "=", False),
                ("id", "in", (self.foundry | second | third).ids),
            ]
        )
        self.assertEqual(without, second | third)
        self.assertEqual(
            str(self.foundry.with_user(self.rep).crm_next_touch_date),
            "2026-03-20 06:00:00",
        )
        self.assertFalse(second.with_user(self.rep).crm_next_touch_date)

    def test_alerts_of_the_owner(self):
        rule = self.env["crm.alert.rule"].create(
            {
                "name": "Care low",
                "measure_id": self.env.ref("crm_service.crm_measure_care_contacts").id,
                "condition": "below",
                "threshold": 5,
                "user_id": self.rep.id,
            }
        )
        alerts = self.env["crm.alert"].create(
            [
                {
                    "rule_id": rule.id,
                    "measure_id": rule.measure_id.id,
                    "company_id": self.company.id,
                    "period": "month",
                    "date_from": f"2026-{month:02}-01",
                    "date_to": f"2026-{month:02}-28",
                    "condition": "below",
                    "threshold": 5,
                    "value": 1,
                    "user_id": user.id,
                }
                for month, user in ((1, self.rep), (2, self.other))
            ]
        )
        section = self._get_home(self.rep)["alerts"]
        self.assertEqual([row["id"] for row in section["rows"]], alerts[0].ids)
        self.assertEqual(
            section["rows"][0]["title"], "Proactive Contacts is 1, below 5"
        )

    def test_late_orders_of_the_salesperson(self):
        goods = self.env["product.product"].create(
            {"name": "Slab", "type": "consu", "is_storable": True, "list_price": 50}
        )

        def order(day, user):
            line = {"product_id": goods.id, "product_uom_qty": 4}
            return self._create_order(
                "2026-02-01 10:00:00",
                user_id=user.id,
                commitment_date=f"{day} 10:00:00",
                order_line=[Command.create(line)],
            )

        late = order("2026-03-05", self.rep)
        order("2026-03-10", self.rep)
        order("2026-03-01", self.other)
        section = self._get_home(self.rep)["late"]
        [row] = section["rows"]
        self.assertEqual((row["model"], row["id"]), ("sale.order", late.id))
        self.assertEqual(row["note"], f"{late.name} · 0 % delivered")
        self.assertEqual((row["date"], row["days_late"]), ("2026-03-05", 5))

    def test_nothing_to_do_says_so(self):
        home = self._get_home(self.rep)
        for key in ("today", "overdue", "late", "pipeline", "alerts"):
            with self.subTest(section=key):
                self.assertFalse(home[key]["rows"])
                self.assertFalse(home[key]["count"])
                self.assertTrue(home[key]["empty"])

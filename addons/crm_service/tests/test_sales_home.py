from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .care_common import NOW, CareCommon


class SalesHomeCommon(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_service_value_scheme_id = cls.env["crm.segmentation"].create(
            {
                "name": "Value of Care",
                "kind": "exclusive",
                "company_id": cls.company.id,
                "segment_ids": [
                    Command.create({"name": "Gold", "sequence": 1}),
                    Command.create({"name": "Silver", "sequence": 2}),
                ],
            }
        )
        cls.gold, cls.silver = cls.company.crm_service_value_scheme_id.segment_ids

    @classmethod
    def _get_home(cls, user, who="me"):
        """Return the sections by key, as the browser asks for them."""
        home = cls.env["crm.sales.home"].with_user(user).with_company(cls.company)
        home = home.with_context(tz=user.tz, allowed_company_ids=cls.company.ids)
        payload = home.get_home(who)
        return {section["key"]: section for section in payload["sections"]} | {
            "home": payload
        }

    @classmethod
    def _place(cls, segment, *partners):
        for partner in partners:
            cls.env["crm.segment.membership"].create(
                {
                    "segmentation_id": segment.segmentation_id.id,
                    "segment_id": segment.id,
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "date_start": "2026-01-01 00:00:00",
                    "start_reason": "manual",
                    "is_exclusive": True,
                }
            )

    @classmethod
    def _create_lead(cls, name, **vals):
        return cls.env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "user_id": cls.rep.id,
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                **vals,
            }
        )

    def assertTitles(self, section, titles, count=None):
        self.assertEqual([row["title"] for row in section["rows"]], titles)
        self.assertEqual(section["count"], len(titles) if count is None else count)


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


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSalesHomeRights(SalesHomeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_touch(name="Ours", date_start="2026-03-10 05:00:00")
        cls._create_touch(
            cls.mill,
            name="Theirs",
            user_id=cls.other.id,
            date_start="2026-03-10 05:00:00",
        )

    def test_salesperson_sees_his_own_day_only(self):
        home = self._get_home(self.rep)
        self.assertTitles(home["today"], ["Foundry"])
        self.assertEqual([c["key"] for c in home["home"]["choices"]], ["me"])
        for who in ("team", f"user,{self.other.id}", f"user,{self.leader.id}", "x"):
            with self.subTest(who=who), self.assertRaises(AccessError):
                self._get_home(self.rep, who)
            with self.assertRaises(AccessError):
                self.env["crm.sales.home"].with_user(self.rep).open_section(
                    who, "today"
                )

    def test_leader_sees_the_tree(self):
        home = self._get_home(self.leader)
        self.assertTitles(home["today"], [])
        self.assertEqual(
            [choice["key"] for choice in home["home"]["choices"]],
            ["me", "team", f"user,{self.rep.id}"],
        )
        for who in ("team", f"user,{self.rep.id}"):
            self.assertTitles(self._get_home(self.leader, who)["today"], ["Foundry"])
        [row] = self._get_home(self.leader, "team")["today"]["rows"]
        self.assertIn("care_rep", row["note"])
        with self.assertRaises(AccessError):
            self._get_home(self.leader, f"user,{self.other.id}")

    def test_manager_sees_everybody(self):
        self.env["crm.team"].create(
            {
                "name": "Mills",
                "company_id": self.company.id,
                "member_ids": [Command.set(self.other.ids)],
            }
        )
        home = self._get_home(self.manager, "team")
        titles = [row["title"] for row in home["today"]["rows"]]
        self.assertEqual(sorted(titles), ["Foundry", "Mill"])
        self.assertTitles(
            self._get_home(self.manager, f"user,{self.other.id}")["today"], ["Mill"]
        )

    def test_others_have_no_day(self):
        staff = self._create_user("care_staff", "base.group_user")
        for user in (self.agent, staff):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._get_home(user)

    def test_touches_of_another_company_stay_there(self):
        self.rep.company_ids |= self.company_b
        self._create_touch(
            name="B", company_id=self.company_b.id, date_start="2026-03-10 05:00:00"
        )
        self.assertTitles(self._get_home(self.rep)["today"], ["Foundry"])

    def test_customer_of_a_merged_double(self):
        double = self._create_partner("Double", is_company=True, user_id=self.rep.id)
        self._create_touch(double, date_start="2026-03-10 06:00:00")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.foundry | double).ids, self.foundry)
        self.assertTitles(self._get_home(self.rep)["today"], ["Foundry", "Foundry"])


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSalesHomeBudget(SalesHomeCommon):
    def _fill(self, number):
        """So much of everything, each with a customer of its own."""
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {i}",
                    "is_company": True,
                    "user_id": self.rep.id,
                    "phone": "1",
                }
                for i in range(number)
            ]
        )
        for partner in partners:
            self._create_touch(partner, date_start="2026-03-10 05:00:00")
            self._create_touch(partner, date_start="2026-03-01 05:00:00")
            partner.activity_schedule(
                "mail.mail_activity_data_todo", "2026-03-10", user_id=self.rep.id
            )
            self._create_lead(partner.name, partner_id=partner.id, expected_revenue=10)
        self._place(self.gold, *partners)

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._get_home(self.rep)
        return self.cr.sql_log_count - before

    def test_as_many_queries_for_thirty_as_for_two(self):
        self._fill(2)
        self._count_queries()  # fills caches of the registry
        few = self._count_queries()
        self._fill(28)
        many = self._count_queries()
        # two counts more, where there are more rows than are shown
        self.assertLessEqual(many, few + 2)
        self.assertLessEqual(many, 60)

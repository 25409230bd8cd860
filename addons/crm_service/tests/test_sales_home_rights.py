from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .care_common import NOW
from .sales_home_common import SalesHomeCommon


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

    def test_a_section_that_is_none(self):
        home = self.env["crm.sales.home"].with_user(self.rep)
        with self.assertRaises(UserError):
            home.open_section("me", "_check_is_user")

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

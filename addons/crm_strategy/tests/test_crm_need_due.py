from psycopg2 import IntegrityError

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .concept_common import ConceptCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 12:00:00")
class TestCrmNeedDue(ConceptCommon):
    """Who was asked when; the company asks every twelve months."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company_a.ids}
        )
        cls.acme = cls._create_customer("Acme", user_id=cls.rep.id)
        cls.other = cls._create_customer("Other", user_id=cls.rep_all.id)
        cls.nobody = cls._create_customer("Nobody")

    def _rows(self, user=None, companies=None, domain=()):
        due = self.env["crm.need.due"].with_user(user or self.manager)
        due = due.with_context(allowed_company_ids=(companies or self.company_a).ids)
        self.env.flush_all()
        self.env.invalidate_all()
        return due.search(
            [("partner_id.category_id", "in", self.tag.ids), *domain], order="id"
        )

    def _states(self, *args, **kwargs):
        rows = self._rows(*args, **kwargs)
        return {row.partner_id.name: row.state for row in rows}

    # --- WHO IS DUE

    def test_a_customer_is_due_after_the_months_of_the_company(self):
        self._create_need(self.acme, date="2025-03-15")
        self._create_need(self.other, date="2025-03-16")
        self.assertEqual(
            self._states(), {"Acme": "due", "Other": "asked", "Nobody": "never"}
        )
        row = self._rows(domain=[("partner_id", "=", self.other.id)])
        self.assertEqual(
            (str(row.date_last), str(row.date_due)), ("2025-03-16", "2026-03-16")
        )
        self.company_a.crm_need_months = 11
        self.assertEqual(self._states()["Other"], "due")

    def test_the_day_of_the_company_counts(self):
        self._create_need(self.acme, date="2025-03-16")
        self.company_a.partner_id.tz = "Asia/Shanghai"
        (self.manager | self.rep).tz = "America/Los_Angeles"
        with freeze_time("2026-03-15 15:59:00"):
            self.assertEqual(self._states()["Acme"], "asked")
        with freeze_time("2026-03-15 16:01:00"):  # tomorrow has begun in Shanghai
            self.assertEqual(self._states()["Acme"], "due")
            self.manager.company_ids |= self.company_b
            both = self.company_a | self.company_b
            self._create_need(self.acme, date="2025-03-16", company_id=both[1].id)
            states = {
                row.company_id: row.state
                for row in self._rows(companies=both)
                if row.partner_id == self.acme
            }
            self.assertEqual(states, {both[0]: "due", both[1]: "asked"})

    def test_the_last_need_counts_and_all_are_counted(self):
        self._create_need(self.acme, date="2023-01-01", state="met", result="Done")
        self._create_need(self.acme, date="2026-02-01")
        self._create_need(self.acme, date="2024-01-01")
        row = self._rows(domain=[("partner_id", "=", self.acme.id)])
        self.assertEqual(str(row.date_last), "2026-02-01")
        self.assertEqual((row.need_count, row.open_count, row.state), (3, 2, "asked"))

    def test_contacts_and_archived_customers_are_not_listed(self):
        contact = self._create_customer("Ann", is_company=False, parent_id=self.acme.id)
        self._create_need(contact, date="2026-03-01")
        self.nobody.active = False
        self.assertEqual(self._states(), {"Acme": "asked", "Other": "never"})

    def test_needs_of_a_merged_customer_count_for_the_remaining_one(self):
        double = self._create_customer("Acme Ltd")
        self._create_need(double, date="2026-01-10")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((double + self.acme).ids, self.acme)
        self.assertEqual(
            self._states(), {"Acme": "asked", "Other": "never", "Nobody": "never"}
        )

    # --- COMPANIES

    def test_each_company_asks_for_itself(self):
        self.manager.company_ids |= self.company_b
        self.company_b.crm_need_months = 1
        self._create_need(self.acme, date="2026-01-01")
        self._create_need(self.acme, date="2026-01-01", company_id=self.company_b.id)
        self.other.company_id = self.company_b
        both = self.company_a | self.company_b
        rows = self._rows(companies=both)
        self.assertEqual(
            {(row.partner_id.name, row.company_id.name): row.state for row in rows},
            {
                ("Acme", "Segment A"): "asked",
                ("Acme", "Segment B"): "due",
                ("Nobody", "Segment A"): "never",
                ("Nobody", "Segment B"): "never",
                ("Other", "Segment B"): "never",
            },
        )
        self.assertEqual(len(set(rows.ids)), 5)
        self.assertEqual(set(self._states()), {"Acme", "Nobody"})

    @mute_logger("odoo.sql_db")
    def test_no_month_at_all_is_refused(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.company_a.crm_need_months = 0
            self.env.flush_all()

    # --- RIGHTS

    def test_who_sees_whose_customers(self):
        self.assertEqual(set(self._states(self.rep)), {"Acme", "Nobody"})
        everyone = {"Acme", "Other", "Nobody"}
        self.assertEqual(set(self._states(self.rep_all)), everyone)
        self.assertEqual(set(self._states(self.manager)), everyone)
        self.assertDenied(lambda: self._rows(self.employee))
        self.assertDenied(lambda: self._rows(self.portal))

    def test_a_leader_sees_the_customers_of_his_team(self):
        team = self.env["crm.team"].create(
            {"name": "Tree", "user_id": self.rep.id, "company_id": self.company_a.id}
        )
        member = self._create_user("seg_member", "sales_team.group_sale_salesman")
        team.member_ids = member
        self.other.user_id = member
        row = self._rows(self.rep, domain=[("partner_id", "=", self.other.id)])
        self.assertEqual(row.team_id, team)

    # --- FROM THE LIST

    def test_a_need_recorded_from_the_list_takes_the_customer_off_it(self):
        row = self._rows(self.rep, domain=[("partner_id", "=", self.acme.id)])
        action = row.action_record_need()
        self.env["crm.need"].with_user(self.rep).with_context(
            **action["context"]
        ).create({"name": "Shorter billets"})
        need = self.acme.need_ids
        self.assertEqual((need.user_id, need.company_id), (self.rep, self.company_a))
        self.assertEqual(self._states(self.rep)["Acme"], "asked")
        self.assertEqual(
            self.env["crm.need"].search(row.action_open_needs()["domain"]), need
        )
        self.assertEqual(row.action_open_customer()["res_id"], self.acme.id)

    def test_list_costs_the_same_for_many(self):
        for index in range(20):
            self._create_customer(f"C{index}", user_id=self.rep.id)
        rows = self._rows(self.rep)
        spec = {
            "partner_id": {"fields": {"display_name": {}}},
            "user_id": {"fields": {"display_name": {}}},
            "phone": {},
            "lifecycle_state": {},
            "date_last": {},
            "state": {},
        }
        rows.web_read(spec)
        for some in (rows[:2], rows):
            self.env.invalidate_all()
            with self.assertQueryCount(8):  # two of them for the company's days
                some.web_read(spec)

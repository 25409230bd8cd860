from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .care_common import NOW, CareCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareLimits(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss.crm_birthday = "1970-03-12"

    def test_cap_counts_touches_before_and_after_but_no_proposals(self):
        for start, state, planned in (
            ("2026-03-03 10:00:00", "done", 0),
            ("2026-03-20 10:00:00", "planned", 0),
            ("2026-03-20 10:00:00", "proposed", 1),
            ("2026-03-11 10:00:00", "cancelled", 1),
            ("2026-02-01 10:00:00", "done", 1),
        ):
            with self.subTest(start=start, state=state):
                touch = self._create_touch(date_start=start, state=state)
                rule = self._create_rule(cap_days=10)
                rule._plan()
                self.assertEqual(len(self._get_touches(rule)), planned)
                self.assertEqual(rule.last_capped, 1 - planned)
                (touch | self._get_touches(rule)).unlink()

    def test_incoming_call_is_no_contact_of_ours(self):
        self._create_touch(
            date_start="2026-03-09 10:00:00", state="done", direction="in"
        )
        rule = self._create_rule(cap_days=10)
        rule._plan()
        self.assertEqual(len(self._get_touches(rule)), 1)

    def test_cap_counts_questionnaires(self):
        satisfaction = self.env["crm.satisfaction.rule"].create(
            {
                "name": "Asked",
                "company_id": self.company.id,
                "survey_id": self.env.ref("crm_service.survey_nps").id,
                "trigger": "cadence",
            }
        )
        self.env["crm.satisfaction.request"].create(
            {
                "rule_id": satisfaction.id,
                "company_id": self.company.id,
                "survey_id": satisfaction.survey_id.id,
                "key": "asked",
                "partner_id": self.buyer.id,
                "commercial_partner_id": self.foundry.id,
                "date_planned": "2026-03-05",
                "date_sent": "2026-03-05 10:00:00",
            }
        )
        rule = self._create_rule(cap_days=10)
        rule._plan()
        self.assertFalse(self._get_touches(rule))
        rule.cap_days = 7
        rule._plan()
        self.assertEqual(len(self._get_touches(rule)), 1)

    def test_all_contacts_of_a_company_count_together(self):
        self.buyer.crm_birthday = "1980-03-14"
        rule = self._create_rule(cap_days=7)
        rule._plan()
        self.assertEqual(self._get_touches(rule).contact_ids, self.boss)
        self.assertEqual((rule.last_planned, rule.last_capped), (1, 1))

    def test_opted_out_contact_and_company(self):
        self.buyer.crm_birthday = "1980-03-14"
        self.boss.crm_care_opt_out = True
        rule = self._create_rule()
        rule._plan()
        self.assertEqual(self._get_touches(rule).contact_ids, self.buyer)
        self.assertEqual(rule.last_opted_out, 1)
        self.foundry.crm_care_opt_out = True
        again = self._create_rule()
        again._plan()
        self.assertFalse(self._get_touches(again))
        self.assertEqual(again.last_opted_out, 2)

    def test_archived_contact_and_customer(self):
        rule = self._create_rule()
        rule._plan()
        touch = self._get_touches(rule)
        (self.buyer | self.boss).action_archive()
        self.foundry.action_archive()
        rule._plan()
        self.assertEqual(touch.state, "cancelled")
        self.assertEqual(touch.cancel_reason, "The customer was archived.")
        self.buyer.crm_birthday = "1980-03-14"
        rule._plan()
        self.assertEqual(self._get_touches(rule), touch)

    def test_open_limit_per_person(self):
        self.buyer.crm_birthday = "1980-03-11"
        rule = self._create_rule(open_limit=1)
        rule._plan()
        self.assertEqual(self._get_touches(rule).contact_ids, self.buyer)
        self.assertEqual((rule.last_planned, rule.last_waiting), (1, 1))
        self._get_touches(rule).action_cancel("Done otherwise.")
        rule._plan()
        self.assertEqual(self._get_touches(rule).contact_ids, self.boss | self.buyer)

    def test_other_company_has_its_own(self):
        self.foundry.company_id = self.company
        rule = self._create_rule(company_id=self.company_b.id)
        rule._plan()
        self.assertFalse(self._get_touches(rule))
        self.foundry.company_id = False
        rule._plan()
        self.assertEqual(rule.last_no_owner, 1)  # the salesperson is not there
        self.rep.company_ids |= self.company_b
        rule._plan()
        self.assertEqual(self._get_touches(rule).company_id, self.company_b)
        alone = self.env["crm.care.rule"].with_user(self.manager)
        self.assertNotIn(rule, alone.search([]))

    def test_owner(self):
        desk = self.env["crm.service.team"].create(
            {
                "name": "Desk",
                "company_id": self.company.id,
                "member_ids": [Command.set(self.agent.ids)],
            }
        )
        self.foundry.user_id = False
        for vals, owner in (
            ({}, self.env["res.users"]),
            ({"user_id": self.other.id}, self.other),
            ({"owner": "agent", "service_team_id": desk.id}, self.agent),
            ({"owner": "user", "user_id": self.leader.id}, self.leader),
        ):
            with self.subTest(**vals):
                rule = self._create_rule(**vals)
                rule._plan()
                self.assertEqual(self._get_touches(rule).user_id, owner)
                self.assertEqual(rule.last_no_owner, 0 if owner else 1)

    def test_salesperson_who_left_is_replaced(self):
        rule = self._create_rule(user_id=self.other.id)
        self.rep.action_archive()
        rule._plan()
        self.assertEqual(self._get_touches(rule).user_id, self.other)

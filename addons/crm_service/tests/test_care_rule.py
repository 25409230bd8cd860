from datetime import date
from functools import partial
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.care import anniversary
from .care_common import NOW, CareCommon
from .job_common import OutOfTime


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareOccasion(CareCommon):
    def test_birthday_is_planned_once_at_nine_of_the_owner(self):
        rule = self._create_rule()
        self.boss.crm_birthday = "1970-03-12"
        self.buyer.crm_birthday = "1980-04-01"  # not yet
        for _run in range(2):
            rule._plan()
        none = self.env["res.partner"]
        self.assertTouches(
            rule,
            [(self.foundry, self.boss, self.rep, "2026-03-12 01:00:00", "planned")],
        )
        touch = self._get_touches(rule)
        self.assertEqual(touch.name, "Care: Boss")
        self.assertEqual(touch.source, "care")
        self.assertEqual(touch.team_id, self.team)
        self.assertEqual(touch.care_key, f"birthday,{self.boss.id},2026")
        self.assertFalse(touch.message_ids)
        self.assertEqual((rule.last_planned, none), (0, none))

    def test_birthday_comes_again_next_year(self):
        rule = self._create_rule()
        self.boss.crm_birthday = "1970-03-12"
        rule._plan()
        with freeze_time("2027-03-11 02:00:00"):
            rule._plan()
        days = [str(touch.date_start.date()) for touch in self._get_touches(rule)]
        self.assertEqual(days, ["2026-03-12", "2027-03-12"])

    def test_born_on_29_february(self):
        rule = self._create_rule(notice_days=0)
        self.boss.crm_birthday = "1972-02-29"
        for day, planned in (
            ("2026-02-27", 0),
            ("2026-02-28", 1),
            ("2026-03-01", 1),
            ("2028-02-28", 1),
            ("2028-02-29", 2),
        ):
            with self.subTest(day=day), freeze_time(f"{day} 02:00:00"):
                rule._plan()
                self.assertEqual(len(self._get_touches(rule)), planned)

    def test_sql_and_python_agree_on_every_day(self):
        rule = self._create_rule()
        for birthday in (date(1972, 2, 29), date(1971, 2, 28), date(1999, 12, 31)):
            self.boss.crm_birthday = birthday
            found = self.env.execute_query(
                rule._get_occasions(date(2026, 1, 1), date(2029, 12, 31))
            )
            days = sorted(row[3] for row in found if row[2] == self.boss.id)
            expected = [anniversary(birthday, year) for year in range(2026, 2030)]
            self.assertEqual(days, expected)

    def test_what_was_missed_for_a_week_is_left_alone(self):
        rule = self._create_rule()
        self.boss.crm_birthday = "1970-03-03"
        self.buyer.crm_birthday = "1970-03-02"
        rule._plan()
        self.assertTouches(
            rule,
            [(self.foundry, self.boss, self.rep, "2026-03-10 01:00:00", "planned")],
        )

    def test_days_before_across_the_year(self):
        rule = self._create_rule(days=10, notice_days=0)
        self.boss.crm_birthday = "1970-01-05"
        with freeze_time("2026-12-26 02:00:00"):
            rule._plan()
        touch = self._get_touches(rule)
        self.assertEqual(str(touch.date_start), "2026-12-26 01:00:00")
        self.assertEqual(touch.care_key, f"birthday,{self.boss.id},2027")

    def test_daylight_saving_and_the_day_of_the_company(self):
        self.rep.tz = "Europe/Berlin"
        rule = self._create_rule(notice_days=30)
        self.boss.crm_birthday = "1970-03-28"
        self.buyer.crm_birthday = "1970-03-29"  # clocks go forward
        rule._plan()
        starts = [str(touch.date_start) for touch in self._get_touches(rule)]
        self.assertEqual(starts, ["2026-03-28 08:00:00", "2026-03-29 07:00:00"])
        self.company.partner_id.tz = "Asia/Shanghai"
        late = self._create_rule(notice_days=0)
        self.buyer.crm_birthday = "1970-03-11"
        with freeze_time("2026-03-10 20:00:00"):  # the 11th in Shanghai already
            late._plan()
        self.assertEqual(len(self._get_touches(late)), 1)

    def test_date_field_once_and_every_year(self):
        field = self.env["ir.model.fields"]._get("res.partner", "crm_birthday")
        once = self._create_rule(kind="date", field_id=field.id, days=30)
        yearly = self._create_rule(kind="date", field_id=field.id, is_yearly=True)
        self.foundry.crm_birthday = "2026-04-12"
        self.mill.crm_birthday = "2016-03-12"
        for _run in range(2):
            (once | yearly)._plan()
        none = self.env["res.partner"]
        self.assertTouches(
            once, [(self.foundry, none, self.rep, "2026-03-13 01:00:00", "planned")]
        )
        self.assertTouches(
            yearly, [(self.mill, none, self.other, "2026-03-12 09:00:00", "planned")]
        )

    def test_silence_is_broken_by_touch_order_and_complaint(self):
        rule = self._create_rule(
            kind="silence", direction="after", silence_days=60, notice_days=0
        )
        self._silence(self.foundry, "2026-01-01")
        self._silence(self.mill, "2026-01-01")
        self._create_order("2026-01-15 12:00:00", self.mill)
        rule._plan()
        none = self.env["res.partner"]
        self.assertTouches(
            rule, [(self.foundry, none, self.rep, "2026-03-10 01:00:00", "planned")]
        )
        self.assertEqual(
            self._get_touches(rule).care_key, f"silence,{self.foundry.id},2026-01-01"
        )

    def test_waiting_call_is_withdrawn_when_the_customer_orders(self):
        rule = self._create_rule(kind="silence", silence_days=60, notice_days=0)
        self._silence(self.foundry | self.mill, "2026-01-01")
        rule._plan()
        ours, theirs = self._get_touches(rule).sorted(lambda t: t.partner_id.name)
        theirs.action_confirm()
        for partner in (self.foundry, self.mill):
            self._create_order("2026-03-09 12:00:00", partner)
        rule._plan()
        self.assertEqual(ours.state, "cancelled")
        self.assertEqual(
            ours.cancel_reason, "The customer has been in contact in the meantime."
        )
        self.assertEqual(theirs.state, "confirmed")
        self.assertEqual((rule.last_planned, rule.last_withdrawn), (0, 1))
        # a new silence is a new occasion
        with freeze_time("2026-05-09 02:00:00"):
            rule._plan()
        keys = self._get_touches(rule).mapped("care_key")
        self.assertIn(f"silence,{self.foundry.id},2026-03-09", keys)

    def test_silent_customer_is_called_once_while_the_call_waits(self):
        rule = self._create_rule(kind="silence", silence_days=60, notice_days=0)
        self._silence(self.foundry, "2026-01-01")
        rule._plan()
        touch = self._get_touches(rule)
        touch.action_cancel("He is on holiday.")
        rule._plan()
        self.assertEqual(self._get_touches(rule), touch)

    def _silence(self, partners, day):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)",
            [day, partners.ids],
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareRule(CareCommon):
    def test_agent_rule_needs_a_team_and_a_person_of_the_company(self):
        with self.assertRaisesRegex(ValidationError, "Choose their service team"):
            self._create_rule(owner="agent")
        with self.assertRaisesRegex(ValidationError, "Choose who it is"):
            self._create_rule(owner="user")
        with self.assertRaisesRegex(ValidationError, "cannot work in Care B"):
            self._create_rule(
                company_id=self.company_b.id, owner="user", user_id=self.rep.id
            )
        with self.assertRaisesRegex(ValidationError, "needs a date field"):
            self._create_rule(kind="date")
        for domain in ("[('nothing', '=', 1)]", "__import__('os')", "[('id', '='"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self._create_rule(domain=domain)

    def test_author_must_be_able_to_read_what_is_tested(self):
        with self.assertRaises(AccessError):
            self.env["crm.care.rule"].with_user(self.head).create(
                {
                    "name": "Spy",
                    "company_id": self.company.id,
                    "kind_id": self.call.id,
                    "domain": "[('signup_type', '!=', False)]",
                }
            )
        self.assertFalse(self.env["crm.care.rule"].search([("name", "=", "Spy")]))

    def test_who_may_do_what(self):
        rule = self._create_rule()
        for user in (self.rep, self.agent):
            with self.subTest(user=user.login):
                mine = rule.with_user(user)
                self.assertEqual(mine.name, "Care")
                for forbidden in (
                    partial(mine.write, {"name": "Mine"}),
                    mine.action_plan,
                    mine.copy,
                    mine.unlink,
                ):
                    with self.assertRaises(AccessError):
                        forbidden()
        self.assertEqual(rule.name, "Care")
        self.assertFalse(rule.planned_at)
        for user in (self.head, self.manager):
            rule.with_user(user).action_plan()
            self.assertTrue(rule.planned_at)

    def test_manager_makes_a_rule_by_the_form(self):
        for user in (self.head, self.manager):
            with Form(self.env["crm.care.rule"].with_user(user)) as form:
                form.name = "Where Are You?"
                form.kind = "silence"
                form.kind_id = self.call
            rule = form.save()
            self.assertEqual((rule.direction, rule.open_limit), ("after", 5))

    def test_used_rule_cannot_be_deleted(self):
        rule, unused = self._create_rule(), self._create_rule()
        self.boss.crm_birthday = "1970-03-12"
        rule._plan()
        with self.assertRaisesRegex(ValidationError, "Archive it instead"):
            rule.with_user(self.manager).unlink()
        self.assertTrue(rule.exists())
        unused.with_user(self.manager).unlink()

    def test_merged_contacts_are_not_congratulated_twice(self):
        double = self._create_partner("Boss", parent_id=self.foundry.id)
        (self.boss | double).crm_birthday = "1970-03-12"
        rule = self._create_rule()
        double.active = False
        rule._plan()
        double.active = True
        touch = self._get_touches(rule)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.boss | double).ids, double)
        rule._plan()
        self.assertEqual(self._get_touches(rule), touch)
        self.assertEqual(touch.contact_ids, double)
        self.assertEqual(touch.care_key, f"birthday,{double.id},2026")

    def test_both_merged_contacts_had_a_touch(self):
        double = self._create_partner("Boss", parent_id=self.foundry.id)
        (self.boss | double).crm_birthday = "1970-03-12"
        rule = self._create_rule()
        rule._plan()
        touches = self._get_touches(rule)
        self.assertEqual(len(touches), 2)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.boss | double).ids, self.boss)
        rule._plan()
        self.assertEqual(self._get_touches(rule), touches)

    def test_results(self):
        rule = self._create_rule(result_days=30)
        missed = self.env.ref("crm_service.crm_sales_activity_outcome_missed")
        for number, (partner, state, outcome) in enumerate(
            (
                (self.foundry, "done", self.reached),
                (self.foundry, "done", missed),
                (self.mill, "done", self.reached),
                (self.mill, "planned", self.env["crm.sales.activity.outcome"]),
            )
        ):
            self._create_touch(
                partner,
                care_rule_id=rule.id,
                care_key=f"x,{partner.id},{number}",
                state=state,
                outcome_id=outcome.id,
                date_start="2026-02-01 10:00:00",
            )
        self._create_order("2026-02-20 10:00:00", self.buyer)
        self._create_order("2026-03-04 10:00:00", self.mill)  # a day too late
        rule = rule.with_user(self.head)
        figures = (
            rule.planned_count,
            rule.done_count,
            rule.reached_count,
            rule.bought_count,
        )
        self.assertEqual(figures, (4, 3, 2, 2))
        self.assertAlmostEqual(rule.bought_rate, 2 / 3)
        self.assertFalse(self._create_rule().planned_count)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareCron(OutOfTime, CareCommon):
    def _run(self):
        self.env.ref("crm_service.ir_cron_care_plan").method_direct_trigger()

    def test_cron_goes_on_after_a_rule_that_fails(self):
        self.env["crm.care.rule"].search([]).active = False
        self.boss.crm_birthday = "1970-03-12"
        broken, good = self._create_rule(), self._create_rule()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_care_rule SET domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", broken.id],
        )
        broken.invalidate_recordset()
        with (
            mute_logger(
                "odoo.addons.crm_service.models.satisfaction.crm_contact_rule_mixin"
            ),
            self.enter_registry_test_mode(),
        ):
            self._run()
            self._run()
        self.env.invalidate_all()
        self.assertIn("cannot be found", broken.error)
        self.assertEqual(len(self._get_touches(good)), 1)

    def test_job_out_of_time_goes_on_and_ends(self):
        self.env["crm.care.rule"].search([]).active = False
        for number in range(2):
            self._create_partner(
                f"P{number}", parent_id=self.foundry.id, crm_birthday="1970-03-12"
            )
        rules = self._create_rule() + self._create_rule()
        path = "odoo.addons.crm_service.models.care.crm_care_rule_plan.BATCH_SIZE"
        with patch(path, 1):
            ends = self._call_until_done(rules._cron_plan)
        self.assertEqual(ends, [2, 2, 1, 0], "a touch a call, the rules in turn")
        self.assertEqual([len(self._get_touches(rule)) for rule in rules], [2, 2])

    def test_more_than_a_batch(self):
        people = self.env["res.partner"].create(
            [
                {
                    "name": f"P{number}",
                    "parent_id": self.foundry.id,
                    "crm_birthday": "1970-03-12",
                }
                for number in range(7)
            ]
        )
        rule = self._create_rule()
        self.assertTrue(rule._plan(limit=3))
        self.assertTrue(rule._plan(limit=3))
        self.assertFalse(rule._plan(limit=3))
        self.assertFalse(rule._plan(limit=3))
        self.assertEqual(self._get_touches(rule).contact_ids, people)

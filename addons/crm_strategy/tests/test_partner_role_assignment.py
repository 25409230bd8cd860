from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import ExclusionViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .role_common import CHOICE, NUMBER, RoleCommon


@tagged("post_install", "-at_install")
class TestPartnerRoleAssignment(RoleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls._create_partner("Acme", user_id=cls.rep.id)

    # --- VALUES

    def test_defaults_come_from_partner_and_role(self):
        level = self.env["crm.service.level"].create({"name": "Gold"})
        self.customer_role.service_level_id = level
        assignment = self._assign(self.acme)
        self.assertEqual(assignment.state, "active")
        self.assertEqual(assignment.user_id, self.rep)
        self.assertEqual(assignment.service_level_id, level)
        self.assertEqual(assignment.division_id, self.division)
        self.assertEqual(assignment.kind, "customer")
        self.assertEqual(assignment.date_from, self.today)
        self.assertFalse(assignment.company_id)
        self.assertEqual(assignment.display_name, "Acme: Oxide / Oxide customer")

    def test_contact_is_replaced_in_the_form_and_refused_elsewhere(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.acme.id}
        )
        form = Form(self.env["crm.partner.role.assignment"].with_user(self.manager))
        form.role_id = self.customer_role
        form.partner_id = contact
        self.assertEqual(form.partner_id, self.acme)
        with self.assertRaisesRegex(ValidationError, "contact of Acme"):
            self._assign(contact)

    def test_attributes_follow_the_division(self):
        values = {NUMBER: 120.5, CHOICE: "pre"}
        assignment = self._assign(self.acme, attributes=values)
        self.assertEqual(
            dict(assignment.attributes), {NUMBER: 120.5, CHOICE: "Prebaked"}
        )
        found = self.env["crm.partner.role.assignment"].search(
            [(f"attributes.{CHOICE}", "=", "pre")]
        )
        self.assertEqual(found, assignment)

    def test_usual_attributes_of_the_role_are_given_to_its_partners(self):
        self.dealer_role.attributes = {CHOICE: "sod"}
        self.assertEqual(
            self._assign(self.acme, self.dealer_role).attributes[CHOICE], "Soderberg"
        )
        own = self._create_partner("Own")
        assignment = self._assign(own, self.dealer_role, attributes={CHOICE: "pre"})
        self.assertEqual(assignment.attributes[CHOICE], "Prebaked")
        form = Form(self.env["crm.partner.role.assignment"].with_user(self.manager))
        form.partner_id = self._create_partner("By form")
        form.role_id = self.dealer_role
        self.assertEqual(form.save().attributes[CHOICE], "Soderberg")

    def test_role_of_a_companys_division_belongs_to_it(self):
        self.division.company_id = self.company_a
        self.assertEqual(self._assign(self.acme).company_id, self.company_a)

    def test_partner_of_one_company_has_the_role_there(self):
        """Who cannot choose a company must be able to save all the same."""
        partner = self._create_partner("Of A", company_id=self.company_a.id)
        form = Form(self.env["crm.partner.role.assignment"].with_user(self.rep))
        form.partner_id = partner
        form.role_id = self.customer_role
        self.assertEqual(form.save().company_id, self.company_a)

    # --- OVERLAP

    def test_overlap_names_the_other_assignment_and_its_dates(self):
        self._assign(self.acme, date_from="2026-01-01", date_to="2026-06-30")
        with self.assertRaises(ValidationError) as caught:
            self._assign(self.acme, date_from="2026-06-30")
        self.assertEqual(
            str(caught.exception),
            "Acme already has the role Oxide / Oxide customer from 01/01/2026 to "
            "06/30/2026 (Active). Choose a time outside these dates, or edit that "
            "assignment.",
        )
        later = self._assign(self.acme, date_from="2026-07-01")
        with self.assertRaises(ValidationError):
            later.date_from = "2026-05-01"
        self._assign(self.acme, self.dealer_role, date_from="2026-01-01")

    def test_other_company_is_no_overlap_but_the_group_is(self):
        self._assign(self.acme, company_id=self.company_a.id)
        self._assign(self.acme, company_id=self.company_b.id)
        with self.assertRaises(ValidationError):
            self._assign(self.acme)

    def test_ended_leaves_its_last_day_declined_leaves_all(self):
        first = self._assign(self.acme)
        first.action_end()
        self.assertEqual((first.state, first.date_to), ("ended", self.today))
        second = self._assign(self.acme, state="proposed")
        second.action_decline()
        self._assign(self.acme)
        with self.assertRaises(ValidationError):
            first.write({"date_to": self._day(5)})

    @mute_logger("odoo.sql_db")
    def test_database_refuses_what_the_check_did_not_see(self):
        """Two people at once: neither check sees the other's row."""
        self._assign(self.acme)
        model = type(self.env["crm.partner.role.assignment"])
        with (
            patch.object(model, "_overlaps", lambda self, other: False),
            self.assertRaises(ExclusionViolation),
        ):
            self._assign(self.acme)

    @mute_logger("odoo.sql_db")
    def test_last_day_before_the_first_is_refused(self):
        with self.assertRaisesRegex(Exception, "dates_in_order"):
            self._assign(self.acme, date_from="2026-05-01", date_to="2026-04-01")

    # --- STATES

    def test_buttons_follow_the_table(self):
        assignment = self._assign(self.acme, state="proposed").with_user(self.rep)
        assignment.action_accept()
        self.assertEqual(assignment.state, "active")
        assignment.action_suspend()
        self.assertEqual(
            (assignment.state, assignment.end_reason), ("suspended", "manual")
        )
        assignment.action_resume()
        self.assertEqual((assignment.state, assignment.end_reason), ("active", False))
        with self.assertRaisesRegex(UserError, "None of these roles"):
            assignment.action_accept()
        assignment.action_end()
        assignment.action_reopen()
        self.assertEqual((assignment.state, assignment.date_to), ("active", False))

    def test_write_asks_the_table_too(self):
        assignment = self._assign(self.acme)
        with self.assertRaisesRegex(UserError, "cannot become Proposed"):
            assignment.write({"state": "proposed"})
        self.assertEqual(assignment.state, "active")
        assignment.write({"state": "ended"})
        self.assertEqual(assignment.date_to, self.today)

    def test_history_cannot_be_deleted(self):
        held = self._assign(self.acme).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "is history"):
            held.unlink()
        self.assertTrue(held.exists())
        proposal = self._assign(self.acme, self.dealer_role, state="proposed")
        proposal.with_user(self.manager).unlink()
        self.assertFalse(proposal.exists())

    def test_only_managers_agree_terms(self):
        assignment = self._assign(self.acme)
        with self.assertRaisesRegex(AccessError, "sales manager"):
            assignment.with_user(self.rep).write({"credit_note": "60 days"})
        self.assertFalse(assignment.credit_note)
        assignment.with_user(self.manager).credit_note = "60 days"
        assignment.with_user(self.rep).write({"state_note": "seen"})
        self.assertEqual(
            (assignment.credit_note, assignment.state_note), ("60 days", "seen")
        )

    def test_cron_ends_what_has_expired_in_batches(self):
        partners = [self._create_partner(f"P{i}") for i in range(5)]
        past = [
            self._assign(p, date_from=self._day(-30), date_to=self._day(-1))
            for p in partners
        ]
        past[1].action_suspend()
        open_end = self._assign(self.acme, date_to=self.today)
        cron = self.env.ref("crm_strategy.ir_cron_partner_role_end")
        with (
            patch(
                "odoo.addons.crm_strategy.models.role.crm_partner_role_state.BATCH", 2
            ),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual({a.state for a in past}, {"ended"})
        self.assertEqual({a.end_reason for a in past}, {"expired"})
        self.assertEqual({a.date_to for a in past}, {self._day(-1)})
        self.assertEqual(open_end.state, "active")

    def test_holds_today(self):
        now = self._assign(self.acme, date_from=self._day(-1), date_to=self.today)
        later = self._assign(self.acme, self.dealer_role, date_from=self._day(1))
        both = now | later
        self.assertEqual(both.filtered("is_current"), now)
        mine = [("id", "in", both.ids)]
        self.assertEqual(both.search([*mine, ("is_current", "=", True)]), now)
        self.assertEqual(both.search([*mine, ("is_current", "=", False)]), later)

    # --- WHAT BECOMES OF THE PARTNER

    def test_roles_rest_while_the_partner_is_archived(self):
        other = self._create_partner("Other")
        held = self._assign(self.acme) | self._assign(other)
        proposed = self._assign(self.acme, self.dealer_role, state="proposed")
        by_hand = self._assign(other, self.dealer_role)
        by_hand.action_suspend()
        (self.acme | other).action_archive()
        self.assertEqual(held.mapped("state"), ["suspended"] * 2)
        self.assertEqual(held.mapped("end_reason"), ["customer_archived"] * 2)
        self.assertEqual(proposed.state, "declined")
        (self.acme | other).action_unarchive()
        self.assertEqual(held.mapped("state"), ["active"] * 2)
        self.assertEqual(by_hand.state, "suspended")

    def test_person_who_becomes_a_contact_loses_his_roles(self):
        person = self._create_partner("Freelance", is_company=False)
        assignment = self._assign(person)
        person.parent_id = self.acme
        self.assertEqual(
            (assignment.state, assignment.end_reason), ("ended", "not_customer")
        )

    def test_partner_moved_to_another_company(self):
        mine = self._assign(self.acme, company_id=self.company_a.id)
        shared = self._assign(self.acme, self.dealer_role)
        self.acme.company_id = self.company_b
        self.assertEqual((mine.state, mine.end_reason), ("ended", "company"))
        self.assertEqual(shared.state, "active")

    def test_archived_role_and_division_end_their_assignments(self):
        assignment = self._assign(self.acme, date_from=self._day(-10))
        dealer = self._assign(self.acme, self.dealer_role, state="proposed")
        self.customer_role.with_user(self.manager).action_archive()
        self.assertEqual(
            (assignment.state, assignment.end_reason, assignment.date_to),
            ("ended", "role_archived", self.today),
        )
        self.division.with_user(self.manager).action_archive()
        self.assertFalse(self.dealer_role.active)
        self.assertEqual(dealer.state, "ended")

    def test_role_with_history_is_not_deleted_nor_moved(self):
        self._assign(self.acme)
        other = self.env["crm.division"].create({"name": "Metal"})
        with self.assertRaisesRegex(UserError, "history"):
            self.customer_role.unlink()
        with self.assertRaisesRegex(UserError, "stays in its division"):
            self.customer_role.division_id = other
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.division.unlink()

    # --- GROUPS

    def test_head_of_the_group_follows_moves(self):
        head = self._create_partner("Head")
        branch = self._create_partner("Branch", parent_id=head.id)
        plant = self._create_partner("Plant", parent_id=branch.id)
        at_plant, at_acme = self._assign(plant), self._assign(self.acme)
        self.assertEqual(at_plant.group_partner_id, head)
        self.assertEqual(at_acme.group_partner_id, self.acme)
        self.assertEqual(head.with_user(self.manager).group_role_count, 1)
        branch.parent_id = self.acme
        self.assertEqual(at_plant.group_partner_id, self.acme)
        self.assertEqual(self.acme.with_user(self.manager).group_role_count, 1)
        action = self.acme.with_user(self.manager).action_open_group_roles()
        found = self.env["crm.partner.role.assignment"].search(action["domain"])
        self.assertEqual(found, at_plant | at_acme)
        branch.parent_id = False
        self.assertEqual(at_plant.group_partner_id, branch)

    def test_lists_cost_the_same_for_one_and_for_many(self):
        for index in range(20):
            partner = self._create_partner(f"Q{index}", user_id=self.rep.id)
            self._assign(partner)
            self._observe(partner, "5")
        spec = {
            "partner_id": {"fields": {"display_name": {}}},
            "role_id": {"fields": {"display_name": {}}},
            "observation_count": {},
            "is_current": {},
            "attributes": {},
        }
        model = self.env["crm.partner.role.assignment"].with_user(self.rep)
        model.web_search_read([], spec, limit=1)
        counts = []
        for limit in (1, 20):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            model.web_search_read([], spec, limit=limit)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLess(counts[1], 20)


@tagged("post_install", "-at_install")
class TestPartnerRoleMerge(RoleCommon):
    def _merge(self, kept, *others):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        ids = [kept.id, *(other.id for other in others)]
        wizard._merge(ids, kept)
        self.env.invalidate_all()

    def test_both_with_the_same_role_one_stays(self):
        kept, double = self._create_partner("Kept"), self._create_partner("Double")
        mine = self._assign(kept, date_from=self._day(-30), state="proposed")
        theirs = self._assign(double, date_from=self._day(-10))
        only = self._assign(double, self.dealer_role)
        self._merge(kept, double)
        self.assertEqual((mine | theirs | only).partner_id, kept)
        self.assertEqual((mine.state, mine.end_reason), ("ended", "merged"))
        self.assertEqual(theirs.state, "active")
        self.assertEqual(only.state, "active")
        self.assertEqual(kept.with_user(self.manager).role_count, 2)

    def test_observations_follow_and_none_is_doubled(self):
        kept, double = self._create_partner("Kept"), self._create_partner("Double")
        self._observe(kept, "100", "2026-01-05")
        self._observe(double, "100", "2026-01-05")
        self._observe(double, "120", "2026-02-05")
        self._merge(kept, double)
        self.assertEqual(
            kept.observation_ids.sorted("date").mapped("value_display"),
            ["100", "120"],
        )

    def test_companies_below_the_merged_follow_its_group(self):
        kept, double = self._create_partner("Kept"), self._create_partner("Double")
        branch = self._create_partner("Branch", parent_id=double.id)
        assignment = self._assign(branch)
        self._merge(kept, double)
        self.assertEqual(assignment.group_partner_id, kept)
        self.assertEqual(assignment.state, "active")

    def test_past_roles_of_both_stay_readable(self):
        kept, double = self._create_partner("Kept"), self._create_partner("Double")
        first = self._assign(kept, date_from="2024-01-01", date_to="2024-12-31")
        first.action_end()
        second = self._assign(double, date_from="2024-06-01", date_to="2025-06-01")
        second.action_end()
        current = self._assign(double, date_from=self.today - timedelta(days=3))
        self._merge(kept, double)
        history = (first | second | current).sorted("id")
        self.assertEqual(history.partner_id, kept)
        self.assertEqual(history.mapped("state"), ["ended", "ended", "active"])
        self.assertEqual(history.mapped("end_reason"), ["manual", "merged", False])

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .policy_common import PolicyCommon


@tagged("post_install", "-at_install")
class TestCustomerPolicy(PolicyCommon):
    # --- WHO DECIDES

    def test_segment_says_service_level_and_its_cadence(self):
        self.mills.service_level_id = self.gold
        self.assertEqual(
            self._effective(self.mill),
            {
                "service_level_id": (self.gold, "segment"),
                "visits_per_year": (12, "segment"),
                "calls_per_year": (24, "segment"),
                "reply_hours": (4.0, "segment"),
            },
        )
        self.assertEqual(self._effective(self.buyer), self._effective(self.mill))
        self.assertEqual(self._effective(self.foundry), {})

    def test_level_agreed_for_a_role_stands_between_customer_and_segment(self):
        division = self.env["crm.division"].create({"name": "Metal"})
        role = self.env["crm.partner.role"].create(
            {"name": "Smelter", "division_id": division.id, "kind": "customer"}
        )
        self.mills.write({"service_level_id": self.gold.id, "needs": "Billets"})
        assignment = self.env["crm.partner.role.assignment"].create(
            {
                "partner_id": self.mill.id,
                "role_id": role.id,
                "company_id": self.company_a.id,
                "service_level_id": self.basic.id,
                "date_from": "2020-01-01",
            }
        )
        found = self._effective(self.buyer)
        self.assertEqual(found["service_level_id"], (self.basic, "role"))
        self.assertEqual(found["calls_per_year"], (2, "role"))
        self.assertEqual(found["needs"], ("Billets", "segment"))
        buyer = self.buyer.with_company(self.company_a)
        self.assertEqual(buyer.crm_service_level_source, "role Metal / Smelter")

        self._create_policy(self.mill, calls_per_year=7)
        self.assertEqual(self._effective(self.mill)["calls_per_year"], (7, "customer"))
        assignment.date_to = "2020-12-31"
        self.assertEqual(
            self._effective(self.mill)["service_level_id"], (self.gold, "segment")
        )

    def test_customer_overrides_his_segment_field_by_field(self):
        self.mills.write(
            {
                "service_level_id": self.gold.id,
                "visits_per_year": 6,
                "needs": "Straight billets",
                "special_instructions": "Send the certificate",
            }
        )
        self._create_policy(self.mill, special_instructions="Call first")
        found = self._effective(self.mill)
        self.assertEqual(found["special_instructions"], ("Call first", "customer"))
        self.assertEqual(found["needs"], ("Straight billets", "segment"))
        self.assertEqual(found["visits_per_year"], (6, "segment"))
        self.assertEqual(found["calls_per_year"], (24, "segment"))

    def test_level_of_the_customer_brings_its_own_cadence(self):
        self.mills.write({"service_level_id": self.gold.id, "visits_per_year": 30})
        self._create_policy(self.mill, service_level_id=self.basic.id)
        found = self._effective(self.mill)
        self.assertEqual(found["service_level_id"], (self.basic, "customer"))
        self.assertEqual(found["visits_per_year"], (0, "customer"))

    def test_first_scheme_decides_then_the_next(self):
        first = self._create_scheme(("Special", [("ref", "=", "mill")]), sequence=1)
        self.scheme.sequence = 2
        first._refresh()
        self.mills.write({"service_level_id": self.gold.id, "needs": "Billets"})
        first.segment_ids.service_level_id = self.basic
        found = self._effective(self.mill)
        self.assertEqual(found["service_level_id"][0], self.basic)
        self.assertEqual(found["needs"][0], "Billets")

    def test_default_level_is_for_everyone_else(self):
        self.basic.is_default = True
        self.mills.service_level_id = self.gold
        self.assertEqual(
            self._effective(self.other)["service_level_id"], (self.basic, "default")
        )
        self.assertEqual(
            self._effective(self.mill)["service_level_id"], (self.gold, "segment")
        )

    def test_one_default_level_per_company(self):
        self.basic.is_default = True
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.gold.is_default = True
            self.gold.flush_recordset()

    def test_another_company_is_not_bound(self):
        self.mills.service_level_id = self.gold
        self._create_policy(self.mill, special_instructions="Call first")
        self.assertEqual(self._effective(self.mill, self.company_b), {})

    def test_policy_holds_from_its_first_to_its_last_day(self):
        today = self.env["crm.sale.fact"]._get_today(self.company_a)
        policy = self._create_policy(
            self.mill, special_instructions="Call first", date_end=today
        )
        self.assertIn("special_instructions", self._effective(self.mill))
        policy.date_end = today - timedelta(days=1)
        self.assertEqual(self._effective(self.mill), {})
        policy.write({"date_end": False, "date_start": today + timedelta(days=1)})
        self.assertEqual(self._effective(self.mill), {})
        policy.date_start = today
        policy.active = False
        self.assertEqual(self._effective(self.mill), {})

    def test_who_leaves_the_segment_leaves_its_policy(self):
        self.mills.service_level_id = self.gold
        self.mill.ref = "none"
        self.scheme._refresh()
        self.assertEqual(self._effective(self.mill), {})

    # --- BAD INPUT

    def test_two_policies_at_a_time_are_refused(self):
        self._create_policy(self.mill, date_end="2024-12-31")
        self._create_policy(self.mill, date_start="2025-01-01", date_end="2025-12-31")
        with self.assertRaises(ValidationError):
            self._create_policy(self.mill, date_start="2024-12-31")
        self._create_policy(
            self.mill, company_id=self.company_b.id, date_start="2024-12-31"
        )
        self.assertEqual(len(self.mill.crm_policy_ids), 3)

    def test_contact_stands_for_his_company(self):
        policy = self._create_policy(self.buyer)
        self.assertEqual(policy.partner_id, self.mill)

    def test_nobody_but_customers_has_a_policy(self):
        self.other.active = False
        for partner in (self.other, self.company_a.partner_id):
            with self.assertRaises(ValidationError):
                self._create_policy(partner)

    def test_negative_cadence_and_end_before_start_are_refused(self):
        for vals in (
            {"visits_per_year": -1},
            {"cost_per_customer": -1},
            {"date_end": "2019-12-31"},
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self._create_policy(self.mill, **vals)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.mills.visits_per_year = -1
            self.mills.flush_recordset()

    def test_pricelist_and_level_of_another_company_are_refused(self):
        foreign = self._create_pricelist("B prices", company_id=self.company_b.id)
        with self.assertRaises(UserError):
            self.mills.pricelist_id = foreign
        with self.assertRaises(UserError):
            self._create_policy(self.mill, pricelist_id=foreign.id)
        self.gold.company_id = self.company_b
        with self.assertRaises(UserError):
            self.mills.service_level_id = self.gold

    def test_foreign_currency_and_archived_choices_are_said(self):
        other = self.env["res.currency"].with_context(active_test=False)
        other = other.search([("id", "!=", self.company_a.currency_id.id)], limit=1)
        other.active = True
        self.assertFalse(self.mills.policy_warning)
        self.mills.pricelist_id = self._create_pricelist("X", currency_id=other.id)
        self.assertIn(other.name, self.mills.policy_warning)
        self.mills.pricelist_id.active = False
        self.assertIn("archived", self.mills.policy_warning)

    # --- RIGHTS

    def test_salesperson_reads_own_customers_and_changes_none(self):
        own = self._create_policy(self.mill)
        foreign = self._create_policy(self.foundry)
        self.foundry.user_id = self.rep_all
        policies = self.policies.with_user(self.rep).search([])
        self.assertEqual(policies, own)
        self.assertEqual(
            self.policies.with_user(self.rep_all).search([]), own | foreign
        )
        with self.assertRaises(AccessError):
            own.with_user(self.rep).reason = "Changed"
        self.assertEqual(own.reason, "Framework contract")
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                own.with_user(user).read(["reason"])

    def test_manager_opens_and_saves_an_own_policy(self):
        self.env.ref("product.group_product_pricelist")
        mill = self.mill.with_user(self.manager).with_company(self.company_a)
        action = mill.action_open_crm_policy()
        self.assertFalse(action["res_id"])
        model = self.policies.with_user(self.manager).with_context(
            default_partner_id=action["context"]["default_partner_id"]
        )
        with Form(model) as form:
            form.reason = "Ten years a customer"
            form.service_level_id = self.gold
            form.visits_per_year = 3
        policy = form.record
        self.assertEqual(policy.partner_id, self.mill)
        self.assertEqual(policy.company_id, self.company_a)
        self.assertEqual(mill.action_open_crm_policy()["res_id"], policy.id)
        self.assertEqual(self._effective(self.mill)["visits_per_year"][0], 3)

    def test_choosing_a_level_takes_its_cadence(self):
        self.mills.visits_per_year = 5
        with Form(self.mills.with_user(self.manager)) as form:
            form.service_level_id = self.gold
            self.assertEqual(form.visits_per_year, 0)
        self.assertEqual(self.mills.visits_needed, 12)

    # --- ON THE CUSTOMER

    def test_customer_shows_policy_and_sources(self):
        self.mills.service_level_id = self.gold
        self._create_policy(self.mill, special_instructions="Call first")
        for partner in (self.mill, self.buyer):
            seen = partner.with_user(self.rep).with_company(self.company_a)
            self.assertEqual(seen.crm_service_level_id, self.gold)
            self.assertEqual(seen.crm_visits_per_year, 12)
            self.assertEqual(seen.crm_service_level_source, "segment Scheme / Mills")
            self.assertEqual(seen.crm_special_instructions, "Call first")
            self.assertEqual(
                seen.crm_special_instructions_source, "own policy of the customer"
            )
        with self.assertRaises(AccessError):
            self.mill.with_user(self.employee).read(["crm_service_level_id"])

    def test_policy_of_many_costs_as_much_as_of_one(self):
        self.mills.service_level_id = self.gold
        many = self.mill.browse()
        for number in range(40):
            many |= self._create_customer(f"Mill {number}", ref="mill")
        self.scheme._refresh()
        counts = []
        for partners in (self.mill, self.mill, many):  # the first one warms up
            self.env.invalidate_all()
            partners = partners.with_company(self.company_a)
            partners.fetch(["commercial_partner_id"])
            before = self.env.cr.sql_log_count
            partners.mapped("crm_visits_per_year")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 11)

    def test_instructions_stand_on_lead_and_quotation(self):
        self.mills.special_instructions = "Send the certificate"
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": self.buyer.id, "user_id": self.rep.id}
        )
        lead = lead.with_user(self.rep).with_company(self.company_a)
        self.assertEqual(lead.crm_special_instructions, "Send the certificate")
        order = self.env["sale.order"].with_company(self.company_a)
        order = order.with_user(self.rep).create({"partner_id": self.buyer.id})
        self.assertEqual(order.crm_special_instructions, "Send the certificate")

    # --- FIGURES OF SEGMENTS

    def test_net_gain_and_visits_of_a_segment(self):
        self._create_customer("Mill two", ref="mill")
        self.scheme._refresh()
        self.mills.write(
            {
                "service_level_id": self.gold.id,
                "cost_per_customer": 1200,
                "gain_per_customer": 5000,
            }
        )
        segment = self.mills.with_user(self.manager)
        self.assertEqual(segment.customer_count, 2)
        self.assertEqual(segment.net_gain, 7600)
        self.assertEqual(segment.visits_needed, 24)
        self.env.flush_all()
        line = self.env["crm.segment.policy.report"].with_user(self.manager)
        line = line.search([("segment_id", "=", self.mills.id)])
        self.assertEqual(
            (line.customer_count, line.visits_needed, line.calls_needed, line.net_gain),
            (2, 24, 48, 7600),
        )
        with self.assertRaises(AccessError):
            line.with_user(self.rep).read(["net_gain"])

    def test_offer_is_in_the_catalogue_before_it_is_offered(self):
        offer = self.env["crm.segment.offer"].create(
            {"name": "Cut billet", "segment_id": self.mills.id}
        )
        self.assertEqual(self.mills.offer_count, 1)
        with self.assertRaises(ValidationError):
            offer.state = "offered"
        offer.product_tmpl_id = self.env["product.template"].create({"name": "Cut"})
        offer.state = "offered"
        self.assertEqual(self.mills.offer_count, 0)
        self.assertEqual(
            self.mills.action_open_offers()["domain"],
            [("segment_id", "=", self.mills.id)],
        )
        with self.assertRaises(AccessError):
            offer.with_user(self.rep).name = "Changed"

    # --- MERGE

    def test_merge_keeps_one_policy_per_company(self):
        own = self._create_policy(self.mill, special_instructions="Own")
        double = self._create_policy(self.foundry, special_instructions="Double")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.mill | self.foundry).ids, self.mill)
        self.assertTrue(own.active)
        self.assertFalse(double.active)
        self.assertEqual(double.partner_id, self.mill)
        self.assertIn("Foundry", double.note)

    def test_merge_hands_over_the_only_policy(self):
        policy = self._create_policy(self.foundry, special_instructions="Kept")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.mill | self.foundry).ids, self.mill)
        self.assertTrue(policy.active)
        self.assertEqual(policy.partner_id, self.mill)
        self.assertFalse(policy.note)

    def test_policy_is_found_by_validity(self):
        today = fields.Date.today()
        valid = self._create_policy(self.mill)
        self._create_policy(self.foundry, date_end=today - timedelta(days=5))
        found = self.policies.search([("is_valid", "=", True)])
        self.assertEqual(found & (self.mill | self.foundry).crm_policy_ids, valid)
        over = self.policies.search([("is_valid", "=", False)])
        self.assertEqual(over, self.foundry.crm_policy_ids)

    def test_liked_products_are_inherited(self):
        product = self.env["product.template"].create({"name": "Billet"})
        self.mills.product_tmpl_ids = [Command.link(product.id)]
        self.assertEqual(
            self._effective(self.mill)["product_tmpl_ids"], (product, "segment")
        )

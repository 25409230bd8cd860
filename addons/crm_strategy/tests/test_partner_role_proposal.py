from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .role_common import RoleCommon


@tagged("post_install", "-at_install")
class TestPartnerRoleProposal(RoleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.partner.role"].search([]).write({"is_proposed": False})
        cls.category = cls.env["product.category"].create({"name": "Oxides"})
        cls.below = cls.env["product.category"].create(
            {"name": "Fine", "parent_id": cls.category.id}
        )
        cls.category.crm_division_own_id = cls.division
        cls.product = cls._create_product("Fine oxide", cls.below)
        cls.other_product = cls._create_product(
            "Other", cls.env["product.category"].create({"name": "Others"})
        )
        cls.customer_role.write(
            {"is_proposed": True, "proposal_months": 12, "proposal_min_orders": 2}
        )
        cls.acme = cls._create_partner("Acme", user_id=cls.rep.id)

    @classmethod
    def _create_product(cls, name, category):
        return cls.env["product.product"].create(
            {"name": name, "type": "service", "categ_id": category.id}
        )

    def _order(self, partner, days, product=None, company=None, confirm=True):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": (company or self.company_a).id,
                "team_id": False,
                "order_line": [
                    Command.create({"product_id": (product or self.product).id}),
                    Command.create({"product_id": (product or self.product).id}),
                ],
            }
        )
        if confirm:
            order.action_confirm()
        order.date_order = fields.Datetime.add(fields.Datetime.now(), days=days)
        return order

    def _propose(self):
        return self.customer_role._propose()[self.customer_role]

    def _roles(self, partner):
        found = self.env["crm.partner.role.assignment"].search(
            [("partner_id", "=", partner.id)], order="id"
        )
        return found.mapped("state")

    def test_who_buys_enough_is_proposed_once(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.acme.id}
        )
        self._order(contact, -10)
        self.assertEqual(self._propose(), 0)
        self._order(self.acme, -5)
        once = self._create_partner("Once")
        self._order(once, -5)
        old = self._create_partner("Old")
        self._order(old, -5)
        self._order(old, -400)
        quote = self._create_partner("Quote")
        self._order(quote, -5)
        self._order(quote, -4, confirm=False)
        elsewhere = self._create_partner("Elsewhere")
        self._order(elsewhere, -5, self.other_product)
        self._order(elsewhere, -4, self.other_product)
        self.assertEqual(self._propose(), 1)
        proposal = self.env["crm.partner.role.assignment"].search(
            [("role_id", "=", self.customer_role.id)]
        )
        self.assertEqual(proposal.partner_id, self.acme)
        self.assertEqual(proposal.state, "proposed")
        self.assertEqual(proposal.proposal_order_count, 2)
        self.assertEqual(proposal.user_id, self.rep)
        self.assertEqual(proposal.kind, "customer")
        self.assertEqual(proposal.division_id, self.division)
        self.assertEqual(proposal.group_partner_id, self.acme)
        self.assertEqual(proposal.date_from, self.today)
        self.assertEqual(self._propose(), 0)

    def test_declined_is_proposed_again_only_after_a_new_order(self):
        self._order(self.acme, -10)
        self._order(self.acme, -5)
        self._propose()
        self.acme.role_assignment_ids.with_user(self.rep).action_decline()
        self.assertEqual(self._propose(), 0)
        self._order(self.acme, 0.01)
        self.assertEqual(self._propose(), 1)
        self.assertEqual(self._roles(self.acme), ["declined", "proposed"])

    def test_who_has_the_role_is_left_out(self):
        self._order(self.acme, -10)
        self._order(self.acme, -5)
        held = self._assign(self.acme)
        self.assertEqual(self._propose(), 0)
        held.action_suspend()
        self.assertEqual(self._propose(), 0)

    def test_dealer_is_not_proposed_as_customer(self):
        self._order(self.acme, -10)
        self._order(self.acme, -5)
        dealer = self._assign(self.acme, self.dealer_role)
        self.assertEqual(self._propose(), 0)
        dealer.action_end()
        self.assertEqual(self._propose(), 1)

    def test_archived_partners_and_own_companies_are_left_out(self):
        self._order(self.acme, -10)
        self._order(self.acme, -5)
        own = self.company_b.partner_id
        self._order(own, -10)
        self._order(own, -5)
        self.acme.active = False
        self.assertEqual(self._propose(), 0)

    def test_role_of_one_company_counts_its_orders_only(self):
        self.company_b.partner_id.country_id = self.env.ref("base.de")
        self.env = self.env(
            context=dict(
                self.env.context,
                allowed_company_ids=[self.company_a.id, self.company_b.id],
            )
        )
        self._order(self.acme, -10)
        self._order(self.acme, -5, company=self.company_b)
        self.division.company_id = self.company_a
        self.assertEqual(self._propose(), 0)
        self.division.company_id = False
        self.assertEqual(self._propose(), 1)

    def test_group_head_is_set_by_the_statement(self):
        head = self._create_partner("Head")
        self.acme.parent_id = head
        self._order(self.acme, -10)
        self._order(self.acme, -5)
        self._propose()
        self.assertEqual(self.acme.role_assignment_ids.group_partner_id, head)

    def test_cron_and_button_propose(self):
        self._order(self.acme, -10)
        self._order(self.acme, -5)
        action = self.customer_role.with_user(self.manager).action_propose()
        self.assertIn("1 partners proposed", action["params"]["message"])
        other = self._create_partner("Other")
        self._order(other, -10)
        self._order(other, -5)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_strategy.ir_cron_partner_role_propose"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._roles(other), ["proposed"])

    def test_division_of_products_follows_category_and_own(self):
        metal = self.env["crm.division"].create({"name": "Metal"})
        template = self.product.product_tmpl_id
        self.assertEqual(template.crm_division_id, self.division)
        self.assertEqual(self.below.crm_division_id, self.division)
        self.below.crm_division_own_id = metal
        self.assertEqual(template.crm_division_id, metal)
        template.crm_division_own_id = self.division
        self.assertEqual(template.crm_division_id, self.division)
        self.assertEqual(self.division.with_user(self.manager).product_count, 1)
        self.below.write({"crm_division_own_id": False, "parent_id": False})
        template.crm_division_own_id = False
        self.assertFalse(template.crm_division_id)

    def test_sales_analysis_has_the_division(self):
        self._order(self.acme, -5)
        self._order(self.acme, -5, self.other_product)
        self.env.flush_all()
        rows = (
            self.env["sale.report"]
            .with_user(self.rep_all)
            ._read_group(
                [("partner_id", "=", self.acme.id)],
                ["crm_division_id"],
                ["product_uom_qty:sum"],
            )
        )
        self.assertEqual(
            {division.name: quantity for division, quantity in rows},
            {"Oxide": 2.0, False: 2.0},
        )

    def test_usual_roles_are_created_where_missing(self):
        self.division.with_user(self.manager).action_create_usual_roles()
        self.assertEqual(
            sorted(self.division.role_ids.mapped("kind")),
            [
                "competitor",
                "customer",
                "dealer",
                "distributor",
                "end_user",
                "supplier",
            ],
        )
        self.division.action_create_usual_roles()
        self.assertEqual(len(self.division.role_ids), 6)

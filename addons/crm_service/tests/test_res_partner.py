from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged, users


@tagged("post_install", "-at_install")
class TestServiceCustomers(TransactionCase):
    """A company with a buyer, a person, and an order of the buyer.

    ======== ================== ======================== ==============
    name     telephone          e-mail                   orders
    ======== ================== ======================== ==============
    Lindgren +46 8 123 456 78   info@lindgren.example    the buyer's
    Ida      (of Lindgren)      ida@lindgren.example     SVC-TEST-1
    王芳     0171 / 55 66 77    fang@home.example        none
    ======== ================== ======================== ==============
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uid_admin = cls.env.uid
        cls.agent = new_test_user(
            cls.env, "service_agent", groups="crm_service.group_agent"
        )
        cls.company_partner, cls.person = cls.env["res.partner"].create(
            [
                {
                    "name": "Lindgren",
                    "is_company": True,
                    "phone": "+46 8 123 456 78",
                    "email": "info@lindgren.example",
                },
                {
                    "name": "王芳",
                    "phone": "0171 / 55 66 77",
                    "email": "fang@home.example",
                },
            ]
        )
        cls.buyer = cls.env["res.partner"].create(
            {
                "name": "Ida",
                "parent_id": cls.company_partner.id,
                "email": "ida@lindgren.example",
            }
        )
        cls.customers = cls.company_partner + cls.buyer + cls.person
        cls.product = cls.env["product.product"].create({"name": "Bearing"})
        cls.order = cls._create_order("SVC-TEST-1", "2024-03-05 10:00:00")

    @classmethod
    def _create_order(cls, name, date_order, **values):
        order = cls.env["sale.order"].create(
            {
                "name": name,
                "partner_id": cls.buyer.id,
                "client_order_ref": f"PO/{name}",
                "order_line": [Command.create({"product_id": cls.product.id})],
                **values,
            }
        )
        order.action_confirm()
        order.date_order = date_order
        return order

    def _find(self, text):
        return self.env["res.partner"].search(
            [("service_caller", "ilike", text), ("id", "in", self.customers.ids)]
        )

    @users("service_agent")
    def test_caller_is_found_by_what_he_says(self):
        for text, expected in {
            "lindg": self.company_partner + self.buyer,
            "王芳": self.person,
            " ida@lindgren ": self.buyer,
            "0171556677": self.person,
            "+46812345678": self.company_partner,
            "svc-test-1": self.buyer,
            "PO/SVC-TEST": self.buyer,
            "SVC-TEST-2": self.env["res.partner"],
            "47": self.env["res.partner"],
        }.items():
            with self.subTest(text=text):
                self.assertEqual(self._find(text), expected)

    @users("service_agent")
    def test_agent_reads_orders_and_changes_none(self):
        order = self.order.with_user(self.env.user)
        self.assertEqual(order.read(["name"])[0]["name"], "SVC-TEST-1")
        for operation in ("create", "write", "unlink"):
            with self.subTest(operation=operation), self.assertRaises(AccessError):
                order.check_access(operation)

    @users("service_agent")
    def test_order_of_another_company_leads_to_nobody(self):
        other = self.env(user=self.uid_admin)["res.company"].create({"name": "Other"})
        self.order.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s",
            [other.id, self.order.id],
        )
        self.assertFalse(self._find("SVC-TEST-1"))

    @users("service_agent")
    def test_last_order_of_any_contact_is_that_of_the_company(self):
        self._create_order("SVC-TEST-2", "2024-05-06 10:00:00")
        self._create_order("SVC-TEST-3", "2024-04-06 10:00:00")
        partners = self.customers.with_user(self.env.user)
        self.assertEqual(
            partners.mapped("service_date_last_order"),
            [date(2024, 5, 6), date(2024, 5, 6), False],
        )

    @users("service_agent")
    def test_quotation_is_no_order(self):
        self.order.sudo()._action_cancel()
        partner = self.buyer.with_user(self.env.user)
        self.assertFalse(partner.service_date_last_order)

    def test_list_costs_the_same_for_one_and_many_customers(self):
        many = self.env["res.partner"].create(
            [{"name": f"Customer {index}"} for index in range(50)]
        )
        self.env.flush_all()
        for partners in (many[:1], many):
            partners.invalidate_recordset()
            partners.mapped("commercial_partner_id")
            with self.assertQueryCount(4):  # companies, their time zones, orders
                partners.mapped("service_date_last_order")

    def test_fields_are_for_agents_only(self):
        internal = new_test_user(self.env, "service_outsider", "base.group_user")
        known = self.env["res.partner"].with_user(internal).fields_get()
        self.assertFalse({"service_caller", "service_date_last_order"} & set(known))
        with self.assertRaises(AccessError):
            self.buyer.with_user(internal).search([("service_caller", "ilike", "ida")])

    @users("service_agent")
    def test_agent_reads_the_instructions_and_no_policy(self):
        """What to mind is shown for company and contact; the policy stays closed."""
        policies = self.env["crm.customer.policy"]
        policies.with_user(self.uid_admin).create(
            {
                "partner_id": self.company_partner.id,
                "company_id": self.env.company.id,
                "date_start": "2020-01-01",
                "reason": "Asked for it",
                "special_instructions": "Call before delivery",
            }
        )
        partners = self.customers.with_env(self.env)
        self.assertEqual(
            partners.mapped("service_special_instructions"),
            ["Call before delivery", "Call before delivery", False],
        )
        with self.assertRaises(AccessError):
            partners.mapped("crm_special_instructions")
        with self.assertRaises(AccessError):
            policies.search([])

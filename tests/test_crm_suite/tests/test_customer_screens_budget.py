from lxml import etree

from odoo.tests import new_test_user, tagged

from .builders import build, create_one_of_each
from .common import ROLES, SuiteCase

# Statements that open the page of a customer: the host's own and ours
FORM_BUDGET = {"salesperson": 99, "sales_manager": 99}

# What a customer of the list has
LISTED = (
    "crm.segment.membership",
    "crm.lifecycle.transition",
    "crm.partner.role.assignment",
    "crm.customer.scorecard",
)


@tagged("post_install", "-at_install")
class TestCustomerScreensBudget(SuiteCase):
    """Our own users read the customer's page and list at a fixed price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, f"budget_{role}", groups=ROLES[role])
            for role in FORM_BUDGET
        }
        cls.action = cls.env.ref("crm_strategy.res_partner_action_customer")

    def _open_view(self, role, view_type):
        """Return customers as ``role`` and what the view asks of them."""
        customers = self.env["res.partner"].with_user(self.users[role])
        customers = customers.with_context(
            res_partner_search_mode="customer",
            allowed_company_ids=self.env.company.ids,
        )
        views = {kind: view_id for view_id, kind in self.action.views}
        view = customers.get_views([(views[view_type], view_type)])["views"]
        arch = etree.fromstring(view[view_type]["arch"])
        for node in arch.xpath("./field[@optional='hide']"):
            arch.remove(node)
        return customers, self._get_specification(customers, arch)

    def _count(self, read, *args):
        """Return the number of statements of ``read`` with nothing in the cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read(*args)
        return self.env.cr.sql_log_count - before

    def test_the_page_of_a_customer_keeps_to_its_budget(self):
        create_one_of_each(self)
        rich = self.env["res.partner"].search([("name", "=", "One of each")])
        poor = self.env["res.partner"].create({"name": "New", "is_company": True})
        for role, budget in FORM_BUDGET.items():
            customers, specification = self._open_view(role, "form")
            self._count(customers.browse(poor.id).web_read, specification)  # rights
            for partner in (rich, poor):
                with self.subTest(role=role, customer=partner.name):
                    page = customers.browse(partner.id)
                    self.assertLessEqual(
                        self._count(page.web_read, specification), budget
                    )

    def test_the_list_costs_the_same_for_5_and_40_customers(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Listed {index:02}", "is_company": True} for index in range(40)]
        )
        for partner in partners:
            for model_name in LISTED:
                build(self.env, model_name, self.env.company, partner)
        few = [("id", "in", partners[:5].ids)]
        all_40 = [("id", "in", partners.ids)]
        for role in self.users:
            customers, specification = self._open_view(role, "list")
            self._count(customers.web_search_read, few, specification)  # rights
            with self.subTest(role=role):
                self.assertEqual(
                    self._count(customers.web_search_read, all_40, specification),
                    self._count(customers.web_search_read, few, specification),
                )

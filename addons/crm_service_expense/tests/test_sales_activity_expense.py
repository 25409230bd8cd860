from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_service.tests.activity_common import ActivityCommon


@tagged("post_install", "-at_install")
class TestSalesActivityExpense(ActivityCommon):
    """What a visit costs: its own cost and its expenses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit.cost = 400
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Anna", "user_id": cls.anna.id, "company_id": cls.company.id}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Dinner", "can_be_expensed": True, "standard_price": 0.0}
        )
        cls.touch = cls._create_touch(kind_id=cls.visit.id)

    def _create_expense(self, amount, **vals):
        return (
            self.env["hr.expense"]
            .with_user(self.anna)
            .create(
                {
                    "name": "Dinner",
                    "employee_id": self.employee.id,
                    "product_id": self.product.id,
                    "total_amount_currency": amount,
                    "company_id": self.company.id,
                    "sales_activity_id": self.touch.id,
                    **vals,
                }
            )
        )

    def test_expenses_add_to_the_cost(self):
        expense = self._create_expense(250)
        self._create_expense(50)
        self.assertEqual((self.touch.cost, self.touch.expense_count), (700.0, 2))
        self.touch.kind_cost = 100
        self.assertEqual(self.touch.cost, 400.0)
        expense.sudo().write({"approval_state": "refused"})
        self.assertEqual(self.touch.cost, 150.0)
        expense.sudo().unlink()
        self.assertEqual((self.touch.cost, self.touch.expense_count), (150.0, 1))
        action = self.touch.action_open_expenses()
        self.assertEqual(action["context"]["default_sales_activity_id"], self.touch.id)

    def test_colleagues_without_rights_on_activities_enter_expenses(self):
        clerk = new_test_user(
            self.env,
            "touch_clerk",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        employee = self.env["hr.employee"].create(
            {"name": "Clerk", "user_id": clerk.id, "company_id": self.company.id}
        )
        expense = (
            self.env["hr.expense"]
            .with_user(clerk)
            .create(
                {
                    "name": "Paper",
                    "employee_id": employee.id,
                    "product_id": self.product.id,
                    "total_amount_currency": 5,
                    "company_id": self.company.id,
                }
            )
        )
        self.assertEqual(expense.total_amount, 5.0)

    def test_only_activities_that_one_may_read(self):
        customer = self._create_customer("Carl's", self.carl)
        foreign = self._create_touch(self.carl, partner_id=customer.id)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._create_expense(10, sales_activity_id=foreign.id)
        self.assertEqual(foreign.sudo().expense_ids.ids, [])

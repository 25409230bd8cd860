from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_measure import NOW, MeasureCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmMeasureSecurity(MeasureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls._get_measure("orders")
        cls.orders._refresh_values()
        cls.row = cls.orders.value_ids.filtered(lambda r: r.company_id == cls.alpha)[0]

    def _assert_denied(self, call):
        with self.assertRaises(AccessError), self.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()

    def test_salesman_reads_and_changes_nothing(self):
        measure = self.orders.with_user(self.salesman)
        self.assertEqual(measure.value_current, 3)
        name, kept = self.orders.name, self._get_kept("orders")
        self._assert_denied(lambda: measure.write({"name": "Mine"}))
        self._assert_denied(lambda: measure.write({"method": "_measure_revenue"}))
        self._assert_denied(measure.action_refresh)
        self._assert_denied(measure.unlink)
        self._assert_denied(lambda: measure.copy({"code": "mine"}))
        self._assert_denied(
            lambda: self.env["crm.measure.backfill"].with_user(self.salesman).create({})
        )
        self.assertEqual(self.orders.name, name)
        self.assertEqual(self._get_kept("orders"), kept)

    def test_nobody_edits_values(self):
        for user in (self.salesman, self.manager):
            row = self.row.with_user(user)
            before = self.row.value
            self.assertEqual(row.value, before)
            self._assert_denied(lambda row=row: row.write({"value": 99}))
            self._assert_denied(row.unlink)
            self._assert_denied(lambda row=row: row.copy({"period": "day"}))
            self.assertEqual(self.row.value, before)

    def test_manager_edits_but_does_not_create_measures(self):
        measure = self.orders.with_user(self.manager)
        measure.write({"period": "quarter", "user_id": self.manager.id})
        self.assertEqual(self.orders.period, "quarter")
        self._assert_denied(lambda: measure.copy({"code": "mine"}))
        self._assert_denied(measure.unlink)
        self.assertTrue(self.orders.exists())

    def test_values_of_other_companies_are_hidden(self):
        values = self.env["crm.measure.value"]
        seen = values.with_user(self.salesman).search([]).company_id
        self.assertEqual(seen, self.alpha)
        seen = (
            values.with_user(self.manager)
            .with_context(allowed_company_ids=(self.alpha | self.beta).ids)
            .search([])
            .company_id
        )
        self.assertEqual(seen, self.alpha | self.beta)
        foreign = self.orders.value_ids.filtered(lambda r: r.company_id == self.beta)
        self._assert_denied(lambda: foreign[0].with_user(self.salesman).read(["value"]))

    def test_salesman_sees_his_own_movements_only(self):
        self.a2.user_id = self.manager
        self.a3.user_id = self.salesman
        movements = self.env["crm.sale.movement"].with_company(self.alpha)
        own = movements.with_user(self.salesman).search([])
        self.assertNotIn(self.a2, own.order_id)
        self.assertIn(self.a3, own.order_id)
        self.assertEqual(own.company_id, self.alpha)
        self.assertIn(self.a2, movements.with_user(self.manager).search([]).order_id)

    def test_an_employee_without_the_role_sees_nothing(self):
        clerk = new_test_user(
            self.env,
            "measure_clerk",
            "base.group_user,base.group_partner_manager",
            company_id=self.alpha.id,
            company_ids=self.alpha.ids,
        )
        self._assert_denied(lambda: self.orders.with_user(clerk).read(["name"]))
        self._assert_denied(lambda: self.row.with_user(clerk).read(["value"]))
        term = f"customers|{self.alpha.id}|2026-02-01|2026-02-28"
        self._assert_denied(
            lambda: (
                self.env["res.partner"]
                .with_user(clerk)
                .search([("measure_drill", "=", term)])
            )
        )

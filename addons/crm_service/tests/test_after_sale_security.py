from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .after_sale_common import AfterSaleCommon


@tagged("post_install", "-at_install")
class TestAfterSaleSecurity(AfterSaleCommon):
    # --- RIGHTS

    @freeze_time("2025-01-20")
    def test_who_sees_which_case(self):
        order = self._order("2025-01-02")
        self._advance()
        cases = self.env["crm.after.sale"]
        domain = [("order_id", "=", order.id)]
        for user, count in (
            (self.seller, 1),
            (self.rival, 0),
            (self.head, 1),
            (self.agent, 1),
        ):
            with self.subTest(user=user.login):
                found = cases.with_user(user).search_count(domain)
                self.assertEqual(found, count)
        milestone = self._milestone(order, "in_use")
        with self.assertRaises(AccessError):
            milestone.with_user(self.rival).action_done()
        self.assertEqual(milestone.state, "waiting")
        # he is asked to do one step, so he sees the case it belongs to
        milestone.user_id = self.rival
        self.assertEqual(cases.with_user(self.rival).search_count(domain), 1)
        with self.assertRaises(AccessError):
            self.template.with_user(self.seller).name = "Mine"
        with self.assertRaises(AccessError):
            milestone.with_user(self.seller).unlink()

    @freeze_time("2025-01-20")
    def test_order_and_customer_open_their_cases(self):
        order = self._order("2025-01-02", partner=self.miller)
        self._advance()
        for record in (order, self.miller, self.mill):
            action = record.with_user(self.seller).action_open_after_sale()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found, self._case(order))

    @freeze_time("2025-01-20")
    def test_nobody_gives_himself_a_step_of_a_colleagues_case(self):
        """Whoever has a step sees the case, and by a proposal its amount."""
        order = self._order("2025-01-02")
        self._advance()
        case = self._case(order)
        steps = self.env["crm.after.sale.milestone"].with_user(self.rival)
        vals = {"name": "Mine", "kind": "repurchase", "user_id": self.rival.id}
        for model, values in (
            (steps, {**vals, "after_sale_id": case.id}),
            (steps.with_context(default_after_sale_id=case.id), vals),
        ):
            with self.assertRaises(AccessError):
                model.create(values)
        self.assertEqual(len(case.milestone_ids), 5)
        self.assertFalse(case.with_user(self.rival).has_access("read"))
        own = steps.with_user(self.seller).create({**vals, "after_sale_id": case.id})
        self.assertTrue(own.is_added)

    # --- MERGE

    @freeze_time("2025-01-20")
    def test_merged_customers_keep_their_cases(self):
        double = self.env["res.partner"].create({"name": "Mill 2", "is_company": True})
        mine, theirs = (
            self._order("2025-01-02"),
            self._order("2025-01-03", partner=double),
        )
        self._advance()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.mill + double).ids, self.miller, extra_checks=False)
        self._advance()
        cases = self._case(mine) + self._case(theirs)
        self.assertEqual(len(cases), 2)
        self.assertEqual(cases.partner_id, self.miller.commercial_partner_id)
        self.assertEqual(
            cases.milestone_ids.partner_id, self.miller.commercial_partner_id
        )
        self.assertEqual(len(cases.milestone_ids), 10)

    # --- SPEED

    @freeze_time("2025-01-20")
    def test_list_costs_the_same_for_one_and_for_many(self):
        orders = self.env["sale.order"]
        for _number in range(4):
            orders += self._order("2025-01-02")
        self._advance()
        names = ["name", "partner_id", "next_milestone_id", "next_date", "state"]

        def count(limit):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases = self.env["crm.after.sale"].with_user(self.seller)
            cases.search_read([("order_id", "in", orders.ids)], names, limit=limit)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(4))

    def test_deleted_order_takes_its_case_along(self):
        order = self._order("2025-01-02")
        self._advance()
        case = self._case(order)
        order._action_cancel()
        order.unlink()
        self.assertFalse(case.exists())
        self.assertTrue(self.template.exists())

    def test_command_is_no_way_around(self):
        """A case cannot be given to another order by way of its milestones."""
        first, second = self._order("2025-01-02"), self._order("2025-01-03")
        self._advance()
        milestone = self._milestone(first, "in_use").with_user(self.seller)
        with self.assertRaises(UserError):
            milestone.after_sale_id = self._case(second)
        with self.assertRaises(AccessError):
            self._case(first).with_user(self.seller).line_ids = [Command.clear()]

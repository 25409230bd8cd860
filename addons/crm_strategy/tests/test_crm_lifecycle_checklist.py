from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestCrmLifecycleChecklist(LifecycleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        items = cls.env["crm.lifecycle.checklist.item"]
        items.search([]).active = False
        cls.call, cls.terms = items.create(
            [
                {"name": "Call", "state": "buying", "days_due": 0, "sequence": 1},
                {"name": "Terms", "state": "buying", "days_due": 9, "sequence": 2},
            ]
        )
        items.create({"name": "Win back", "state": "lapsed", "days_due": 1})
        cls.customer = cls._customer("Checked", 5, user_id=cls.rep.id)
        cls.policy._refresh("full")
        cls.env.invalidate_all()
        # as if the customer had come in three days ago
        cls.env.cr.execute(
            "UPDATE crm_lifecycle_transition SET create_date = %s", [cls._moment(3)]
        )

    def _todos(self, user=None, customer=None):
        todos = self.env["crm.lifecycle.todo"].with_user(user or self.rep)
        return todos.search([("partner_id", "=", (customer or self.customer).id)])

    def _statuses(self):
        return {todo.item_id.name: todo.state for todo in self._todos()}

    def test_the_list_of_the_present_state_with_what_is_overdue(self):
        self.assertEqual(self._statuses(), {"Call": "overdue", "Terms": "open"})
        todos = self._todos()
        self.assertEqual(todos.user_id, self.rep)
        self.assertEqual(
            todos.mapped("date_due"),
            [self.today - timedelta(days=3), self.today + timedelta(days=6)],
        )
        customer = self.customer.with_user(self.rep)
        self.assertEqual(customer.lifecycle_todo_ids, todos)

    def test_ticked_off_left_out_and_undone(self):
        todos = self._todos()
        todos[0].action_done()
        todos[1].action_skip()
        self.assertEqual(self._statuses(), {"Call": "done", "Terms": "skipped"})
        check = self.env["crm.lifecycle.check"].search(
            [("partner_id", "=", self.customer.id), ("state", "=", "done")]
        )
        self.assertEqual((check.user_id, check.item_id), (self.rep, self.call))
        todos = self._todos()
        with self.assertRaises(UserError):
            todos.with_user(self.rep_all).action_undo()
        self.assertEqual(self._statuses(), {"Call": "done", "Terms": "skipped"})
        todos[0].action_undo()
        todos[1].with_user(self.manager).action_undo()
        self.assertEqual(self._statuses(), {"Call": "overdue", "Terms": "open"})

    def test_a_customer_who_moves_on_has_another_list(self):
        self._todos()[0].action_done()
        self.policy.lapse_days = 3
        self._refresh()
        self.assertEqual(self._statuses(), {"Win back": "open"})
        checks = self.env["crm.lifecycle.check"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(len(checks), 1)
        with self.assertRaises(UserError):
            checks.create(
                {
                    "transition_id": self._stays(self.customer)[-1].id,
                    "item_id": self.call.id,
                }
            )

    def test_nobody_ticks_for_customers_of_others(self):
        self.customer.user_id = self.manager
        self.assertFalse(self._todos())
        stay = self._stays(self.customer)[-1]
        with self.assertRaises(AccessError):
            self.env["crm.lifecycle.check"].with_user(self.rep).create(
                {"transition_id": stay.id, "item_id": self.call.id}
            )
        self.assertFalse(self.env["crm.lifecycle.check"].search([]))

    def test_the_responsible_person(self):
        self.call.write({"responsible": "person", "user_id": self.manager.id})
        with self.assertRaises(ValidationError):
            self.terms.responsible = "person"
        self.terms.write({"responsible": "team_leader", "user_id": False})
        team = self.env["crm.team"].create(
            {
                "name": "Lifecycle",
                "user_id": self.rep_all.id,
                "company_id": self.company_a.id,
                "member_ids": [(4, self.rep.id)],
            }
        )
        self.env.flush_all()
        found = {todo.item_id: todo.user_id for todo in self._todos(self.manager)}
        self.assertEqual(found[self.call], self.manager)
        if self.rep.sale_team_id == team:
            self.assertEqual(found[self.terms], self.rep_all)

    def test_ticked_off_now_and_in_ones_own_name(self):
        stay = self._stays(self.customer)[-1]
        check = self.env["crm.lifecycle.check"].with_user(self.rep)
        check = check.create(
            {
                "transition_id": stay.id,
                "item_id": self.call.id,
                "user_id": self.manager.id,
                "date": "2001-01-01 00:00:00",
            }
        )
        self.assertEqual(check.user_id, self.rep)
        self.assertGreater(check.date.year, 2001)

    def test_checks_follow_a_merged_customer(self):
        self._todos()[0].action_done()
        keeps = self._customer("Keeps")
        self._refresh("incremental")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (keeps | self.customer).ids, keeps
        )
        self.env.invalidate_all()
        checks = self.env["crm.lifecycle.check"].search([("partner_id", "=", keeps.id)])
        self.assertEqual(len(checks), 1)

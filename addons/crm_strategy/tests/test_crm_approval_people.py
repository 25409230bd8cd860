from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalPeople(ApprovalCommon):
    """Who is asked, who stands in, who sees what."""

    # --- DEPUTIES

    @freeze_time("2024-03-04 09:00:00", as_kwarg="clock")
    def test_deputy_signs_from_the_first_day_to_the_last(self, clock):
        self._create_rule()
        self._create_deputy(self.leader, self.deputy, "2024-03-05", "2024-03-06")
        order = self._create_order()
        order.action_request_approval()
        step = self._step(order)
        self.assertFalse(self._mine(self.deputy))
        with self.assertRaises(AccessError):
            step.with_user(self.deputy).action_approve()
        self.assertEqual(step.state, "pending")
        for day in ("2024-03-05 00:30:00", "2024-03-06 23:30:00"):
            clock.move_to(day)
            self.env.invalidate_all()
            self.assertEqual(self._mine(self.deputy), step)
            self.assertEqual(self._mine(self.leader), step)
        clock.move_to("2024-03-07 00:30:00")
        self.env.invalidate_all()
        self.assertFalse(self._mine(self.deputy))
        clock.move_to("2024-03-06 12:00:00")
        self.env.invalidate_all()
        step.with_user(self.deputy).action_approve()
        self.assertEqual(
            (step.decided_by_id, step.on_behalf_id), (self.deputy, self.leader)
        )

    @freeze_time("2024-03-04 09:00:00")
    def test_deputy_named_today_is_asked_at_once(self):
        self._create_rule()
        order = self._create_order()
        order.action_request_approval()
        absence = self._create_deputy(
            self.leader, self.deputy, "2024-03-04", "2024-03-06"
        )
        self.assertEqual(self._activities(order), ["app_dep", "app_lead"])
        absence.unlink()
        self.assertEqual(self._activities(order), ["app_lead"])

    @freeze_time("2024-03-04 09:00:00")
    def test_deputy_who_is_away_hands_on(self):
        self._create_rule()
        self._create_deputy(self.leader, self.deputy, "2024-03-01", "2024-03-06")
        self._create_deputy(self.deputy, self.finance, "2024-03-04", "2024-03-04")
        order = self._create_order()
        order.action_request_approval()
        self.assertEqual(self._activities(order), ["app_dep", "app_fin", "app_lead"])
        self._mine(self.finance).action_approve()
        self.assertEqual(self._step(order, "approved").on_behalf_id, self.leader)

    @freeze_time("2024-03-04 09:00:00")
    def test_deputy_does_not_approve_what_he_asked_for_himself(self):
        self._create_rule()
        self._create_deputy(self.leader, self.rep, "2024-03-01", "2024-03-06")
        order = self._create_order()
        order.action_request_approval()
        self.assertFalse(self._mine(self.rep))
        with self.assertRaises(AccessError):
            self._step(order).with_user(self.rep).action_approve()
        self.assertEqual(order.approval_state, "pending")

    @mute_logger("odoo.sql_db")
    def test_wrong_deputies_are_refused(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._create_deputy(self.rep, self.rep, "2024-03-01", "2024-03-06")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._create_deputy(self.rep, self.head, "2024-03-06", "2024-03-01")
        self._create_deputy(self.rep, self.head, "2024-03-01", "2024-03-06")
        self._create_deputy(self.head, self.leader, "2024-03-01", "2024-03-06")
        with self.assertRaisesRegex(ValidationError, "is away in this time"):
            self._create_deputy(self.leader, self.rep, "2024-03-06", "2024-03-09")
        self._create_deputy(self.leader, self.rep, "2024-03-07", "2024-03-09")

    def test_everybody_names_his_own_deputy_only(self):
        own = self.env["crm.approval.deputy"].with_user(self.rep)
        vals = {"deputy_id": self.other.id, "date_to": "2100-01-01"}
        mine = own.create(vals)
        self.assertEqual(mine.user_id, self.rep)
        with self.assertRaises(AccessError):
            own.create({**vals, "user_id": self.leader.id})
        self.assertIn(mine, mine.with_user(self.other).search([]))
        with self.assertRaises(AccessError):
            mine.with_user(self.other).date_to = "2101-01-01"
        self.assertFalse(
            self.env["crm.approval.deputy"].with_user(self.leader).search([])
        )
        self.assertIn(mine, mine.with_user(self.head).search([]))

    def test_nobody_makes_himself_the_deputy_of_another(self):
        """Rules look at the absence as it was, not as it becomes."""
        mine = self._create_deputy(self.rep, self.other, "2024-03-01", "2024-03-06")
        with self.assertRaisesRegex(AccessError, "own absences"):
            mine.with_user(self.rep).write(
                {"user_id": self.leader.id, "deputy_id": self.rep.id}
            )
        self.assertEqual((mine.user_id, mine.deputy_id), (self.rep, self.other))
        mine.with_user(self.rep).write(
            {"user_id": self.rep.id, "deputy_id": self.finance.id}
        )
        self.assertEqual(mine.deputy_id, self.finance)
        mine.with_user(self.head).user_id = self.leader
        self.assertEqual(mine.user_id, self.leader)

    @freeze_time("2024-03-04 10:00:00")
    def test_member_and_his_deputy_are_one_signature(self):
        """Two approvals need two members, whoever signs for them."""
        group = self.env["res.groups"].create({"name": "Board"})
        group.user_ids = self.leader | self.head | self.finance
        self._create_rule(
            approver_kind="group", approver_group_id=group.id, min_approvals=2
        )
        self._create_deputy(self.leader, self.deputy, "2024-03-01", "2024-03-06")
        order = self._create_order()
        order.action_request_approval()
        self._mine(self.leader).action_approve()
        self.assertFalse(self._mine(self.deputy))
        self.assertEqual(self._step(order).decider_ids, (self.head | self.finance))

    @freeze_time("2024-03-04 10:00:00")
    def test_absent_member_does_not_sign_after_his_deputy(self):
        group = self.env["res.groups"].create({"name": "Board"})
        group.user_ids = self.leader | self.head
        self._create_rule(
            approver_kind="group", approver_group_id=group.id, min_approvals=2
        )
        self._create_deputy(self.leader, self.deputy, "2024-03-01", "2024-03-06")
        order = self._create_order()
        order.action_request_approval()
        self._mine(self.deputy).action_approve()
        self.assertFalse(self._mine(self.leader))
        self.assertEqual(self._step(order).decider_ids, self.head)

    # --- NOBODY THERE

    def test_team_without_leader_asks_the_next_above(self):
        self._create_rule()
        self.team.user_id = False
        order = self._create_order()
        order.action_request_approval()
        step = self._step(order)
        self.assertEqual((step.approver_ids, step.is_fallback), (self.head, True))

    def test_no_team_and_no_leader_asks_the_managers(self):
        self._create_rule()
        (self.team | self.team_top).user_id = False
        order = self._create_order()
        order.action_request_approval()
        self.assertEqual(self._step(order).approver_ids, self.head)

    def test_nobody_at_all_is_said_at_once(self):
        self._create_rule()
        (self.team | self.team_top).user_id = False
        order = self._create_order(user=self.head, team_id=self.team.id)
        with self.assertRaisesRegex(UserError, "finds nobody in Approval Europe"):
            order.action_request_approval()
        self.assertEqual(order.approval_state, "none")
        self.assertFalse(order.sudo().approval_step_ids)

    def test_approver_of_another_company_cannot_sign(self):
        rule = self._create_rule(approver_kind="user", approver_user_id=self.head_us.id)
        order = self._create_order()
        users, is_fallback = rule._find_approvers(order.sudo(), self.rep)
        self.assertEqual((users, is_fallback), (self.leader, True))

    def test_division_of_most_of_the_amount_decides(self):
        small, large = self.env["crm.division"].create(
            [{"name": "Small"}, {"name": "Large"}]
        )
        self.product.product_tmpl_id.crm_division_own_id = small
        other = self.env["product.product"].create(
            {"name": "More", "type": "service", "crm_division_own_id": large.id}
        )
        order = self._create_order(price=600)
        self.assertEqual(order.sudo()._get_approval_division(), small)
        order.sudo().order_line = [
            Command.create(
                {"name": "More", "product_id": other.id, "price_unit": price}
            )
            for price in (400, 300)
        ]
        self.assertEqual(order.sudo()._get_approval_division(), large)

    def test_division_names_its_responsible(self):
        division = self.env["crm.division"].create(
            {"name": "Alumina", "user_id": self.finance.id}
        )
        rule = self._create_rule(approver_kind="division")
        self.product.product_tmpl_id.crm_division_own_id = division
        order = self._create_order()
        order.action_request_approval()
        self.assertEqual(self._step(order).approver_ids, self.finance)
        self.assertEqual(rule.step_count, 1)

    def test_archived_approver_hands_on_midway(self):
        self._create_rule()
        order = self._create_order()
        order.action_request_approval()
        self.team.user_id = False
        self.leader.action_archive()
        step = self._step(order)
        self.assertEqual((step.approver_ids, step.is_fallback), (self.head, True))
        self.assertEqual(self._activities(order), ["app_head"])

    # --- WHO SEES WHAT

    def test_only_those_concerned_see_a_step(self):
        self._create_rule(approver_kind="user", approver_user_id=self.finance.id)
        order = self._create_order(note="x")
        order.action_request_approval()
        step = self._step(order)
        steps = self.env["crm.approval.step"]
        for user in (self.rep, self.finance, self.head):
            self.assertEqual(steps.with_user(user).search([]), step, user.login)
            self.assertEqual(steps.with_user(user).search_count([]), 1)
        for user in (self.other, self.deputy, self.head_us):
            own = steps.with_user(user)
            self.assertFalse(own.search([]), user.login)
            self.assertEqual(own._read_group([], [], ["amount_company:sum"]), [(0,)])
            with self.assertRaises(AccessError):
                step.with_user(user).read(["document_name", "amount"])
            with self.assertRaises(AccessError):
                step.with_user(user).action_approve()
        self.assertEqual(step.state, "pending")

    def test_approver_needs_no_right_on_the_document(self):
        self._create_rule(approver_kind="user", approver_user_id=self.finance.id)
        order = self._create_order(1234, 1000)
        order.action_request_approval()
        step = self._mine(self.finance)
        with self.assertRaises(AccessError):
            order.with_user(self.finance).read(["name"])
        self.assertFalse(step.can_open_document)
        with self.assertRaises(AccessError):
            step.action_open_document()
        self.assertIn("Northern Foil", step.document_name)
        self.assertIn("Foil 1 x Units @", step.summary)
        self.assertEqual(step.amount, 1234)
        step.action_approve()
        self.assertEqual(order.approval_state, "approved")
        self.assertTrue(step.with_user(self.rep).can_open_document)

    # --- RULES

    @mute_logger("odoo.sql_db")
    def test_wrong_rules_are_refused(self):
        wrong = [
            {"amount_min": 500, "amount_max": 400},
            {"amount_min": -1},
            {"tier": 0},
            {"min_approvals": 0},
            {"due_days": -1},
        ]
        for vals in wrong:
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._create_rule(**vals)
        for vals in (
            {"approver_kind": "user"},
            {"approver_kind": "group"},
            {"min_approvals": 2},
            {"domain": "[('no_such_field', '=', 1)]"},
            {"domain": "nonsense"},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._create_rule(**vals)

    def test_a_rule_in_the_log_is_archived_not_deleted(self):
        rule = self._create_rule()
        self._create_order().action_request_approval()
        with self.assertRaisesRegex(UserError, "Archive it"):
            rule.with_user(self.head).unlink()
        rule.with_user(self.head).action_archive()
        self.assertFalse(self._create_order().approval_is_required)

    def test_salespeople_read_rules_and_managers_edit_them(self):
        rule = self._create_rule()
        self.assertEqual(rule.with_user(self.rep).name, "Large")
        with self.assertRaises(AccessError):
            rule.with_user(self.rep).amount_min = 10**9
        rule.with_user(self.head).amount_min = 5
        with self.assertRaises(AccessError):
            rule.with_user(self.head_us).read(["name"])
        self.assertEqual(rule.amount_min, 5)

    def test_group_rule_with_too_few_members_climbs(self):
        group = self.env["res.groups"].create(
            {"name": "Small", "user_ids": [Command.set(self.finance.ids)]}
        )
        self._create_rule(
            approver_kind="group", approver_group_id=group.id, min_approvals=2
        )
        order = self._create_order()
        order.action_request_approval()
        self.assertEqual(self._step(order).approver_ids, self.finance | self.leader)

import threading
import time
from contextlib import contextmanager, suppress
from datetime import date

from psycopg2.errors import ExclusionViolation

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

# How long the second one waits for the first before the first goes on
PAUSE = 1.0


@tagged("post_install", "-at_install")
class TestRaces(BaseCase):
    """Two people at the same time, each with a connection to the database.

    What they do is committed, so everything made here is deleted again.
    """

    @contextmanager
    def _connect(self, uid=SUPERUSER_ID):
        with Registry(get_db_name()).cursor() as cr:
            yield api.Environment(cr, uid, {"tracking_disable": True})

    def _run_beside(self, call):
        """Start ``call(env)`` on a connection of its own; return thread and errors."""
        errors = []

        def run():
            try:
                with self._connect() as env:
                    call(env)
            except Exception as error:  # noqa: BLE001 (the test looks at it)
                errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(PAUSE)
        return thread, errors

    # --- ROLES

    def _create_role(self):
        with self._connect() as env:
            partner = env["res.partner"].create({"name": "Race", "is_company": True})
            division = env["crm.division"].create({"name": "Race", "code": "RACE"})
            role = env["crm.partner.role"].create(
                {"name": "Racer", "kind": "customer", "division_id": division.id}
            )
        self.addCleanup(self._drop_role, partner.id, division.id, role.id)
        return {"partner_id": partner.id, "role_id": role.id}

    def _drop_role(self, partner_id, division_id, role_id):
        with self._connect() as env:
            env.cr.execute(
                "DELETE FROM crm_partner_role_assignment WHERE partner_id = %s",
                [partner_id],
            )
            env["crm.partner.role"].browse(role_id).unlink()
            env["crm.division"].browse(division_id).unlink()
            env["res.partner"].browse(partner_id).unlink()

    @mute_logger("odoo.sql_db")
    def test_two_people_give_the_same_role_for_the_same_time(self):
        vals = self._create_role()

        def assign(env, **dates):
            env["crm.partner.role.assignment"].create(vals | dates)

        with self._connect() as env:
            assign(env, date_from=date(2024, 1, 1), date_to=date(2024, 6, 30))
            thread, errors = self._run_beside(
                lambda other: assign(
                    other, date_from=date(2024, 6, 30), date_to=date(2024, 12, 31)
                )
            )
            self.assertTrue(thread.is_alive(), "the second one waits for the first")
            env.cr.commit()
        thread.join(30)
        self.assertFalse(thread.is_alive())
        (error,) = errors
        self.assertIsInstance(error, (ExclusionViolation, ValidationError))
        with self._connect() as env:
            held = env["crm.partner.role.assignment"].search(
                [("partner_id", "=", vals["partner_id"])]
            )
            self.assertEqual(held.mapped("date_from"), [date(2024, 1, 1)])

    def test_two_people_give_the_same_role_one_after_the_other(self):
        vals = self._create_role()

        def assign(env, **dates):
            env["crm.partner.role.assignment"].create(vals | dates)

        with self._connect() as env:
            assign(env, date_from=date(2024, 1, 1), date_to=date(2024, 6, 30))
            thread, errors = self._run_beside(
                lambda other: assign(other, date_from=date(2024, 7, 1))
            )
            env.cr.commit()
        thread.join(30)
        self.assertFalse(errors)
        with self._connect() as env:
            count = env["crm.partner.role.assignment"].search_count(
                [("partner_id", "=", vals["partner_id"])]
            )
            self.assertEqual(count, 2)

    # --- APPROVALS

    def _create_request(self):
        """Return the ids of a waiting order and of its two approvers."""
        with self._connect() as env:
            users = env["res.users"].create(
                [
                    {
                        "name": f"Race {number}",
                        "login": f"crm_race_{number}",
                        "group_ids": [
                            Command.link(env.ref("crm_strategy.group_user").id)
                        ],
                        "company_id": env.company.id,
                        "company_ids": [Command.set(env.company.ids)],
                    }
                    for number in range(2)
                ]
            )
            group = env["res.groups"].create(
                {"name": "Race", "user_ids": [Command.set(users.ids)]}
            )
            partner = env["res.partner"].create({"name": "Race"})
            rule = env["crm.approval.rule"].create(
                {
                    "name": "Race",
                    "model": "sale.order",
                    "company_id": env.company.id,
                    "approver_kind": "group",
                    "approver_group_id": group.id,
                    "domain": str([("partner_id", "=", partner.id)]),
                }
            )
            order = env["sale.order"].create({"partner_id": partner.id})
            order.action_request_approval()
        made = [order, rule, group, users, partner]
        self.addCleanup(self._drop, [(part._name, part.ids) for part in made])
        return order.id, users.ids

    def _drop(self, made):
        with self._connect() as env:
            order_ids, rule_ids = made[0][1], made[1][1]
            steps = env["crm.approval.step"].search([("rule_id", "in", rule_ids)])
            steps.activity_ids.unlink()
            steps.unlink()
            env["sale.order"].browse(order_ids).unlink()
            for name, ids in made[1:]:
                records = env[name].browse(ids)
                partners = records.partner_id if name == "res.users" else None
                records.unlink()
                if partners:
                    partners.unlink()

    @mute_logger("odoo.sql_db")
    def test_two_approvers_decide_at_once(self):
        order_id, (first_id, second_id) = self._create_request()

        def find_step(env, uid):
            steps = env["crm.approval.step"].search(
                [("res_model", "=", "sale.order"), ("res_id", "=", order_id)]
            )
            return steps.with_user(uid)

        with self._connect() as env, self._connect() as other:
            find_step(env, first_id)._decide("approve")
            with self.assertRaisesRegex(UserError, "deciding on this request"):
                find_step(other, second_id)._decide("reject", "Too cheap")
            other.cr.rollback()
            env.cr.commit()
            with self.assertRaisesRegex(UserError, "Race 0 has decided"):
                find_step(other, second_id)._decide("reject", "Too cheap")
            other.cr.rollback()
        with self._connect() as env:
            order = env["sale.order"].browse(order_id)
            step = find_step(env, SUPERUSER_ID)
            self.assertEqual(order.approval_state, "approved")
            self.assertEqual(
                (step.state, step.decided_by_id.id), ("approved", first_id)
            )

    @mute_logger("odoo.sql_db")
    def test_a_request_that_is_withdrawn_while_it_is_approved(self):
        order_id, (first_id, _second_id) = self._create_request()
        with self._connect() as env, self._connect() as other:
            step = env["crm.approval.step"].search(
                [("res_model", "=", "sale.order"), ("res_id", "=", order_id)]
            )
            step.with_user(first_id)._decide("approve")
            env.flush_all()
            env.cr.commit()
            order = other["sale.order"].browse(order_id)
            with suppress(UserError):
                order.action_withdraw()
            other.cr.rollback()
        with self._connect() as env:
            order = env["sale.order"].browse(order_id)
            self.assertEqual(order.approval_state, "approved")

import threading
import time
from contextlib import contextmanager

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

# How long the second one waits for the first before the first goes on
PAUSE = 1.5
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
}


@tagged("post_install", "-at_install")
class TestRemedyRaces(BaseCase):
    """Two complaints about the same pieces, decided on two connections at once.

    What they do is committed, so everything made here is deleted again.
    """

    @contextmanager
    def _connect(self, uid=SUPERUSER_ID):
        with Registry(get_db_name()).cursor() as cr:
            yield api.Environment(cr, uid, QUIET)

    def setUp(self):
        super().setUp()
        with self._connect() as env:
            self.made = self._create_world(env)
        self.addCleanup(self._drop_world)

    def _create_world(self, env):
        """Return the ids of two complaints about all five of what was bought."""
        partner = env["res.partner"].create({"name": "Race Mill"})
        product = env["product.product"].create(
            {"name": "Race Hour", "type": "service", "taxes_id": [Command.clear()]}
        )
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 5})
                ],
            }
        )
        order.action_confirm()
        kind = env["crm.complaint.kind"].create(
            {"name": "Race", "code": "race", "proof": "none"}
        )
        team = env["crm.service.team"].create({"name": "Race"})
        policy = env["crm.complaint.policy"].create(
            {"remedy_type": "replacement", "kind_id": kind.id, "percent_max": 100.0}
        )
        complaints = env["crm.complaint"]
        for _number in range(2):
            complaint = complaints.create(
                {
                    "partner_id": partner.id,
                    "order_id": order.id,
                    "kind_id": kind.id,
                    "team_id": team.id,
                    "line_ids": [
                        Command.create(
                            {"sale_line_id": order.order_line.id, "quantity": 5}
                        )
                    ],
                }
            )
            complaint.action_take()
            env["crm.complaint.remedy"].create(
                complaint._prepare_remedy_vals("replacement")
            )
            complaints |= complaint
        return {
            "crm.complaint": complaints.ids,
            "sale.order": order.ids,
            "crm.complaint.policy": policy.ids,
            "crm.complaint.kind": kind.ids,
            "crm.service.team": team.ids,
            "product.product": product.ids,
            "product.template": product.product_tmpl_id.ids,
            "res.partner": partner.ids,
        }

    def _drop_world(self):
        with self._connect() as env:
            complaints = env["crm.complaint"].browse(self.made.pop("crm.complaint"))
            orders = complaints.remedy_ids.sale_order_id
            orders |= env["sale.order"].browse(self.made.pop("sale.order"))
            complaints.activity_ids.unlink()
            complaints.message_ids.unlink()
            steps = complaints.step_ids
            steps.activity_ids.unlink()
            steps.message_ids.unlink()
            orders.action_unlock()
            env.flush_all()
            env.cr.execute(
                "UPDATE sale_order SET state = 'cancel' WHERE id IN %s",
                [tuple(orders.ids)],
            )
            for table in ("crm_complaint_remedy", "crm_complaint_line"):
                env.cr.execute(
                    f"DELETE FROM {table} WHERE complaint_id IN %s",
                    [tuple(complaints.ids)],
                )
            env.cr.execute(
                "DELETE FROM crm_complaint WHERE id IN %s", [tuple(complaints.ids)]
            )
            env.invalidate_all(flush=False)
            orders.exists().unlink()
            for name, ids in self.made.items():
                env[name].browse(ids).exists().unlink()

    def _decide_beside(self, complaint_id):
        """Decide on a connection of its own; return thread and what came of it."""
        found = []
        seen = threading.Event()

        def run():
            try:
                with self._connect() as env:
                    complaint = env["crm.complaint"].browse(complaint_id)
                    complaint.read(["state"])  # what it reads, stands from here on
                    seen.set()
                    complaint.action_decide()
                    found.append(complaint.state)
            except Exception as error:  # noqa: BLE001 (the test looks at it)
                found.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        seen.wait(10)
        time.sleep(PAUSE)
        return thread, found

    def _get_state(self, complaint_id):
        with self._connect() as env:
            complaint = env["crm.complaint"].browse(complaint_id)
            return complaint.state, complaint.remedy_ids.mapped("state")

    @mute_logger("odoo.sql_db")
    def test_same_pieces_are_not_granted_twice_at_once(self):
        first, second = self.made["crm.complaint"]
        with self._connect() as env:
            env["crm.complaint"].browse(first).action_decide()
            env.flush_all()
            thread, found = self._decide_beside(second)
            self.assertTrue(thread.is_alive(), "the second one waits for the first")
            env.cr.commit()
        thread.join(30)
        self.assertFalse(thread.is_alive())
        # the host begins again, and then reads what was granted
        self.assertIsInstance(found[0], SerializationFailure)
        self.assertEqual(self._get_state(first), ("decided", ["granted"]))
        self.assertEqual(self._get_state(second), ("progress", ["draft"]))
        with self._connect() as env, self.assertRaisesRegex(UserError, "exception"):
            env["crm.complaint"].browse(second).action_decide()

    @mute_logger("odoo.sql_db")
    def test_second_one_goes_on_where_the_first_gives_up(self):
        first, second = self.made["crm.complaint"]
        with self._connect() as env:
            env["crm.complaint"].browse(first).action_decide()
            env.flush_all()
            thread, found = self._decide_beside(second)
            self.assertTrue(thread.is_alive(), "the second one waits for the first")
            env.cr.rollback()
        thread.join(30)
        self.assertEqual(found, ["decided"])
        self.assertEqual(self._get_state(first), ("progress", ["draft"]))

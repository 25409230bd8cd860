from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_strategy.hooks import uninstall_hook
from odoo.addons.crm_strategy.models.sales_history.crm_sales_history_match import (
    KEY_MODULE,
)

from .sales_history_common import HEADER, SalesHistoryCase
from .test_sales_history_load import LINES


@tagged("post_install", "-at_install")
class TestSalesHistoryUndo(SalesHistoryCase):
    def _count(self):
        return [
            self.env[model].with_context(active_test=False).search_count([])
            for model in (
                "sale.order",
                "sale.order.line",
                "res.partner",
                "product.template",
                "product.product",
                "product.category",
                "ir.model.data",
            )
        ]

    def test_undo_removes_all_that_was_created(self):
        before = self._count()
        job = self._load(
            [f"{line},Office / Pens" for line in LINES], HEADER + ",category"
        )
        job.action_undo()
        self.assertEqual(job.state, "undoing")
        self._run(job)
        self.assertEqual(job.state, "undone")
        self.assertEqual(self._count(), before)
        job.unlink()

    def test_undo_keeps_what_others_use(self):
        first = self._load(LINES)
        self._load(["C1,2021-01-01,B-1,P1,1,1,USD"])
        first.action_undo()
        self._run(first)
        self.assertFalse(self._get_order("A-1") + self._get_order("A-2"))
        kept = self._get_order("B-1")
        self.assertEqual(kept.partner_id.name, "C1")
        self.assertEqual(kept.order_line.product_id.name, "P1")
        names = self.env["res.partner"].search([("ref", "in", ["C1", "C2"])])
        self.assertEqual(names.mapped("name"), ["C1"])

    @mute_logger("odoo.addons.crm_strategy.models.sales_history.crm_sales_history_undo")
    def test_undo_keeps_and_reports_what_cannot_be_deleted(self):
        job = self._load(LINES)
        kept = self._get_order("A-1").partner_id
        unlink = type(kept).unlink

        def refuse(partners):
            if kept in partners:
                reason = "Needed for the yearly report"
                raise UserError(reason)
            return unlink(partners)

        job.action_undo()
        with patch.object(type(kept), "unlink", refuse):
            self._run(job)
        self.assertEqual(job.state, "undone")
        self.assertTrue(kept.exists())
        names = self.env["res.partner"].search([("ref", "in", ["C1", "C2"])])
        self.assertEqual(names, kept)
        messages = " ".join(job.message_ids.mapped("body"))
        self.assertIn(f"{kept.name} was created by this import and stays", messages)
        self.assertIn("Needed for the yearly report", messages)

    def test_undo_is_refused_while_orders_are_in_use(self):
        job = self._load(LINES)
        order = self._get_order("A-1")
        self.env["ir.attachment"].create(
            {"name": "scan", "res_model": "sale.order", "res_id": order.id}
        )
        with self.assertRaisesRegex(UserError, "in use by: Attachment"):
            job.action_undo()
        self.assertEqual(job.state, "done")
        self.assertTrue(order.exists())

    def test_nobody_tells_an_import_what_it_created(self):
        """Undoing deletes it as the system, whatever the rights of the user."""
        victim = self.env["res.partner"].create({"name": "Victim"})
        manager = new_test_user(
            self.env, "history_bare_manager", groups="crm_strategy.group_manager"
        )
        self.assertFalse(victim.with_user(manager).has_access("unlink"))
        imports = self.env["crm.sales.history.import"].with_user(manager)
        created = {"created_partner_ids": [Command.set(victim.ids)]}
        with self.assertRaises(AccessError):
            imports.create({"name": "x", "state": "done", **created})
        job = imports.create({"name": "x"})
        with self.assertRaises(AccessError):
            job.write(created)
        self.assertFalse(job.sudo().created_partner_ids)

    def test_nobody_makes_his_own_order_a_loaded_one(self):
        """It would count as delivered and invoiced."""
        seller = new_test_user(
            self.env, "history_own_seller", groups="sales_team.group_sale_salesman"
        )
        partner = self.env["res.partner"].create({"name": "Own"})
        order = self.env["sale.order"].create(
            {"partner_id": partner.id, "user_id": seller.id}
        )
        with self.assertRaises(AccessError):
            order.with_user(seller).write(
                {"sales_history_source": "old", "sales_history_key": "1"}
            )
        self.assertFalse(order.sales_history_key)

    def test_imports_with_orders_cannot_be_deleted(self):
        job = self._load(LINES)
        with self.assertRaisesRegex(UserError, "undo it first"):
            job.unlink()
        self.assertTrue(job.exists())

    @mute_logger("odoo.addons.crm_strategy.models.sales_history.crm_sales_history_load")
    def test_a_failure_is_noted_and_can_be_resumed(self):
        job = self._validate(LINES)
        job.action_queue()
        job._get_attachment().sudo().raw  # noqa: B018 the file is there
        job.sudo().state = "running"
        job.sudo().write({"state": "failed", "error": "No space left"})
        job.action_queue()
        self._run(job)
        self.assertEqual((job.state, job.error), ("done", False))

    def test_an_import_edited_meanwhile_goes_on_at_once(self):
        job = self._validate(LINES)
        job.action_queue()
        cron = self.env.ref("crm_strategy.ir_cron_sales_history")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        conflict = SerializationFailure("could not serialize access")
        with (
            patch.object(type(job), "process_batch", side_effect=conflict),
            patch.object(self.env.cr, "rollback"),
        ):
            self.assertIsNone(job._process_or_fail())
        self.assertEqual(job.state, "queued")
        again = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(len(again - triggers), 1)

    def test_uninstalling_leaves_no_key_behind(self):
        self._load(LINES)
        domain = [("module", "=", KEY_MODULE)]
        self.assertEqual(self.env["ir.model.data"].search_count(domain), 4)
        partner = self._get_order("A-1").partner_id
        uninstall_hook(self.env)
        self.assertFalse(self.env["ir.model.data"].search_count(domain))
        self.assertTrue(partner.exists())


@tagged("post_install", "-at_install")
class TestSalesHistoryTour(HttpCase):
    def test_upload_check_load(self):
        self.env.ref("base.USD").active = True
        self.env.company.currency_id.active = True
        self.start_tour("/odoo", "crm_sales_history_import_tour", login="admin")
        job = self.env["crm.sales.history.import"].search([], limit=1)
        self.assertEqual(job.state, "queued")
        while job.state in ("queued", "running"):
            job.process_batch({})
        self.assertEqual((job.state, job.created_count), ("rejects", 1))
        self.start_tour(
            f"/odoo/sales-history-import/{job.id}",
            "crm_sales_history_result_tour",
            login="admin",
        )

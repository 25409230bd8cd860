from datetime import date, timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .retention_common import TODAY, RetentionCommon


@tagged("post_install", "-at_install")
class TestRetentionProgramme(RetentionCommon):
    # --- WHO AND WHAT

    def test_customers_and_control_are_settled_with_their_purchases(self):
        self.assertEqual(
            self._rows(self._start()),
            {
                "Mill": ("programme", 2, 2, 150, 240, "kept"),
                "Mill 2": ("programme", 1, 0, 300, 0, "lapsed"),
                "Mill 3": ("programme", 0, 1, 0, 70, "won_back"),
                "Foundry": ("control", 1, 2, 100, 200, "kept"),
                "Other": ("control", 2, 0, 100, 0, "lapsed"),
            },
        )

    def test_repeat_rate_by_hand(self):
        # June: of 2 buyers 1 twice; July: of 2 buyers 1; control 1 of 2, then 1 of 1
        programme = self._start(measure_kind="repeat")
        self.assertFigures(programme, 50, 50, (50, 100), -50)
        self.assertTrue(programme.is_target_reached)

    def test_revenue_per_customer_by_hand(self):
        # 450/3, 310/3; control 200/2, 200/2
        programme = self._start(measure_kind="revenue", target_value=104)
        self.assertFigures(programme, 150, 310 / 3, (100, 100), 310 / 3 - 150)
        self.assertFalse(programme.is_target_reached)

    def test_share_without_a_purchase_by_hand(self):
        programme = self._start(measure_kind="lapsed", target_value=33.3)
        self.assertFigures(programme, 100 / 3, 100 / 3, (0, 50), -50)
        self.assertFalse(programme.is_target_reached)
        programme.target_value = 34
        self.assertTrue(programme.is_target_reached)

    def test_orders_per_customer_by_hand(self):
        programme = self._start(measure_kind="orders")
        self.assertFigures(programme, 1, 1, (1.5, 1), 0.5)

    def test_cost_per_customer_kept_beyond_control(self):
        # kept 1 of 2 buyers; the control kept 1 of 2: nothing beyond it
        programme = self._start()
        self.assertEqual((programme.kept_count, programme.kept_beyond), (1, 0))
        programme.action_ids = [
            Command.create({"name": "Visit", "cost": 900}),
            Command.create({"name": "Seminar", "cost": 300}),
        ]
        self.assertEqual(programme.cost_actual, 1200)
        self.assertEqual(programme.cost_per_kept, 0)
        self._order(self.mill_2, "2024-07-20", 5)
        programme.action_measure()
        # kept 2 of 2 against 1 of 2: one beyond it
        self.assertEqual((programme.kept_count, programme.kept_beyond), (2, 1))
        self.assertEqual(programme.cost_per_kept, 1200)

    def test_refund_lowers_the_revenue_of_its_day(self):
        order = self._order(self.mill, "2024-06-05", 1000)
        self.product.invoice_policy = "order"
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=self.company_a, install_demo=False
        )
        invoice = order._create_invoices()
        invoice.invoice_date = "2024-06-05"
        invoice.action_post()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": "2024-07-10"})
        )
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.invoice_date = "2024-07-10"
        note.action_post()
        rows = self._rows(self._start())
        self.assertEqual(rows["Mill"][3:5], (1150, 240 - 1000))

    def test_who_was_in_the_segment_at_the_start_counts(self):
        stays = self.mills.membership_ids
        late = stays.filtered(lambda m: m.partner_id == self.mill_2)
        late.date_start = "2024-07-02 12:00:00"
        gone = stays.filtered(lambda m: m.partner_id == self.mill_3)
        gone.date_end = "2024-07-20 12:00:00"
        rows = self._rows(self._start())
        self.assertEqual(
            {name: row[0] for name, row in rows.items()},
            {
                "Mill": "programme",
                "Mill 2": "control",
                "Mill 3": "programme",
                "Foundry": "control",
                "Other": "control",
            },
        )

    def test_control_segment(self):
        programme = self._start(control_segment_ids=[Command.set(self.foundries.ids)])
        self.assertEqual(programme.control_count, 1)
        self.assertFigures(programme, 50, 50, (0, 100), -100)

    def test_target_group_instead_of_segments(self):
        group = self.env["crm.target.group"].create(
            {
                "name": "Chosen",
                "mode": "fixed",
                "company_id": self.company_a.id,
                "member_ids": [Command.create({"partner_id": self.mill_2.id})],
            }
        )
        programme = self._start(segment_ids=[Command.clear()], target_group_id=group.id)
        self.assertEqual(programme.customer_count, 1)
        self.assertEqual(programme.control_count, 4)
        live = group.copy({"mode": "live", "domain": "[('ref', '=', 'mill')]"})
        programme = self._start(segment_ids=[Command.clear()], target_group_id=live.id)
        self.assertEqual(programme.customer_count, 3)

    # --- STATES

    def test_figures_before_are_frozen_and_result_at_the_finish(self):
        programme = self._start(measure_kind="revenue")
        self._order(self.mill, "2024-06-15", 3000)
        self._order(self.mill, "2024-07-15", 60)
        programme.action_measure()
        self.assertFigures(programme, 150, 370 / 3, (100, 100), 370 / 3 - 150)
        programme.action_finish()
        self._order(self.mill, "2024-07-15", 1000)
        programme.action_measure()
        self.assertEqual(programme.state, "finished")
        self.assertFigures(programme, 150, 370 / 3, (100, 100), 370 / 3 - 150)

    def test_allowed_steps(self):
        programme = self._create_programme()
        for action in ("action_finish", "action_reset"):
            with self.assertRaises(UserError):
                getattr(programme, action)()
        programme.action_start()
        with self.assertRaises(UserError):
            programme.action_start()
        programme.action_cancel()
        programme.action_reset()
        self.assertEqual(programme.state, "draft")
        self.assertFalse(programme.customer_ids)
        self.assertEqual((programme.customer_count, programme.value_before), (0, 0))
        self.assertFalse(programme.date_measured)
        programme.action_start()
        programme.action_finish()
        with self.assertRaises(UserError):
            programme.action_cancel()
        with self.assertRaises(UserError):
            programme.unlink()

    def test_started_programme_keeps_who_is_measured(self):
        programme = self._start()
        for vals in (
            {"date_start": "2024-06-01"},
            {"measure_kind": "orders"},
            {"segment_ids": [Command.set(self.foundries.ids)]},
        ):
            with self.assertRaises(UserError):
                programme.write(vals)
        programme.write({"measure_kind": "repeat", "target_value": 60})
        self.assertEqual(programme.segment_ids, self.mills)

    def test_start_needs_customers_and_its_day(self):
        programme = self._create_programme(segment_ids=[Command.clear()])
        with self.assertRaises(UserError):
            programme.action_start()
        programme = self._create_programme(
            date_start=TODAY + timedelta(days=1), date_end="2024-08-31"
        )
        with self.assertRaises(UserError):
            programme.action_start()
        self.assertEqual(programme.state, "draft")

    def test_bad_input_is_refused(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._create_programme(date_end="2024-06-30")
        with self.assertRaises(ValidationError):
            self._create_programme(control_segment_ids=[Command.set(self.mills.ids)])
        group = self.env["crm.target.group"].create(
            {"name": "Chosen", "company_id": self.company_a.id}
        )
        with self.assertRaises(ValidationError):
            self._create_programme(target_group_id=group.id)

    def test_programme_without_a_buyer_measures_zero(self):
        programme = self._start(date_start="2020-01-01", date_end="2020-01-31")
        self.assertEqual(programme.customer_count, 0)
        self.assertFigures(programme, 0, 0, (0, 0), 0)
        self.assertFalse(programme.is_target_reached)

    # --- CRON

    def test_cron_measures_what_runs_and_finishes_what_is_over(self):
        cron = self.env.ref("crm_strategy.ir_cron_retention_measure")
        over = self._start(date_end="2024-07-20")
        running = self._start(date_end="2024-08-31")
        broken = self._start(date_end="2024-07-10")
        (over | running | broken).sudo().date_measured = "2024-07-05"
        programmes = type(self.env["crm.retention.programme"])
        measure = programmes._measure_after

        def fail_one(programme):
            if programme == broken:
                reason = "Poison"
                raise UserError(reason)
            return measure(programme)

        with (
            self.enter_registry_test_mode(),
            patch.object(programmes, "_measure_after", fail_one),
        ):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(over.state, "finished")
        self.assertEqual(over.date_measured, date(2024, 7, 20))
        self.assertEqual(running.state, "running")
        self.assertEqual(running.date_measured, TODAY)
        self.assertEqual(running.days_measured, 31)
        self.assertEqual(running.days_total, 62)
        self.assertEqual(broken.state, "running")
        self.assertEqual(broken.measure_error, "Poison")

    # --- RIGHTS

    def test_salesperson_sees_own_customers_and_does_his_action(self):
        programme = self._start()
        programme.action_ids = [
            Command.create({"name": "Visit", "user_id": self.rep.id}),
            Command.create({"name": "Call", "user_id": self.manager.id}),
        ]
        mine = programme.with_user(self.rep)
        self.foundry.user_id = self.rep_all
        self.assertNotIn(self.foundry, mine.customer_ids.partner_id)
        self.assertIn(self.mill, mine.customer_ids.partner_id)
        mine.action_ids[0].action_done()
        self.assertTrue(programme.action_ids[0].is_done)
        self.assertTrue(programme.action_ids[0].date_done)
        with self.assertRaises(AccessError):
            mine.action_ids[1].action_done()
        self.assertFalse(programme.action_ids[1].is_done)
        for action in ("action_finish", "action_cancel", "action_measure"):
            with self.assertRaises(AccessError):
                getattr(mine, action)()
        self.assertEqual(programme.state, "running")

    def test_other_company_sees_nothing(self):
        programme = self._start()
        stranger = self.manager.copy({"login": "seg_b"})
        stranger.write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        programmes = self.env["crm.retention.programme"].with_user(stranger)
        self.assertNotIn(programme, programmes.search([]))

    # --- MERGE

    def test_merge_adds_up_and_doubles_nobody(self):
        programme = self._start()
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.mill_2 | self.mill_3).ids, self.mill_2)
        self.env.invalidate_all()
        rows = self._rows(programme)
        self.assertEqual(rows["Mill 2"][:5], ("programme", 1, 1, 300, 70))
        self.assertNotIn("Mill 3", rows)
        programme.action_measure()
        self.assertEqual(self._rows(programme)["Mill 2"][5], "kept")
        self.assertEqual(programme.customer_count, 2)

    def test_segment_lists_its_programmes(self):
        programme = self._start()
        self.assertEqual(self.mills.retention_programme_ids, programme)
        self.assertEqual(self.mills.retention_programme_count, 1)
        action = self.mills.action_open_retention_programmes()
        self.assertEqual(programme.search(action["domain"]), programme)

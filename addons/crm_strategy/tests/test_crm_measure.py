import json
from datetime import date

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.measure_trend import MeasureResult
from .common_measure import FEBRUARY, JANUARY, MARCH, NOW, MeasureCommon

MEASURES = {
    "revenue": {JANUARY: 100, FEBRUARY: 290, MARCH: 30},
    "orders": {JANUARY: 1, FEBRUARY: 3, MARCH: 1},
    "average_order_value": {JANUARY: 100, FEBRUARY: 110, MARCH: 30},
    "customers": {JANUARY: 1, FEBRUARY: 3, MARCH: 3},
    "new_customers": {JANUARY: 1, FEBRUARY: 2, MARCH: 0},
    "active_customers": {JANUARY: 1, FEBRUARY: 3, MARCH: 1},
    "repeat_purchase_rate": {JANUARY: 0, FEBRUARY: 1 / 3, MARCH: 2 / 3},
}
BETA = {
    "revenue": {FEBRUARY: 500, MARCH: 0},
    "orders": {FEBRUARY: 1, MARCH: 0},
    "average_order_value": {FEBRUARY: 500},
    "customers": {FEBRUARY: 1, MARCH: 1},
    "new_customers": {FEBRUARY: 1, MARCH: 0},
    "active_customers": {FEBRUARY: 1, MARCH: 0},
    "repeat_purchase_rate": {FEBRUARY: 0, MARCH: 0},
}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmMeasure(MeasureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measures = cls.env["crm.measure"].browse(
            [cls._get_measure(code).id for code in MEASURES]
        )

    def setUp(self):
        super().setUp()
        self.measures._refresh_values()

    # --- FIGURES

    def test_figures_are_those_added_up_by_hand(self):
        self.assertFalse(self.measures.filtered("error"))
        for code, expected in MEASURES.items():
            with self.subTest(measure=code):
                self.assertEqual(self._get_kept(code), expected)

    def test_figures_are_kept_apart_by_company(self):
        for code, expected in BETA.items():
            with self.subTest(measure=code):
                self.assertEqual(self._get_kept(code, self.beta), expected)

    def test_rate_explains_itself(self):
        row = self._get_measure("repeat_purchase_rate").value_ids.filtered_domain(
            [("company_id", "=", self.alpha.id), ("date_from", "=", FEBRUARY)]
        )
        self.assertEqual((row.numerator, row.denominator), (1, 3))
        self.assertEqual(row.share_display, "1 of 3")
        self.assertEqual(row.value_display, "33.3 %")

    def test_money_is_in_the_currency_of_the_company(self):
        rows = self._get_measure("revenue").value_ids
        for row in rows:
            self.assertEqual(row.currency_id, row.company_id.currency_id)

    def test_only_closed_periods_are_final(self):
        rows = self._get_measure("orders").value_ids
        mine = rows.filtered(lambda row: row.company_id == self.alpha)
        self.assertEqual(
            {row.date_from: row.is_final for row in mine},
            {JANUARY: True, FEBRUARY: True, MARCH: False},
        )

    def test_correction_in_a_later_month_leaves_the_month_of_the_credit_note(self):
        order = self._create_order(self.acme, "2026-01-20 10:00:00", 1000)
        wrong = self._invoice(order, "2026-01-21")
        self._credit(wrong, "2026-02-21", 1000)
        revenue = self._get_measure("revenue")
        revenue._refresh_values()
        kept = self._get_kept("revenue")
        self.assertEqual((kept[JANUARY], kept[FEBRUARY], kept[MARCH]), (1100, -710, 30))
        self._invoice(order, "2026-03-05")
        revenue._refresh_values()
        kept = self._get_kept("revenue")
        self.assertEqual(
            (kept[JANUARY], kept[FEBRUARY], kept[MARCH]), (1100, -710, 1030)
        )
        refunded = self.env.execute_query(
            self.env["crm.sale.fact"]._refunds_sql(self.alpha)
        )
        self.assertNotIn(order.id, [row[1] for row in refunded])

    def test_other_periods(self):
        orders = self._get_measure("orders")
        orders.period = "week"
        orders._refresh_values()
        weeks = self.env["crm.measure.value"].search(
            [
                ("measure_id", "=", orders.id),
                ("company_id", "=", self.alpha.id),
                ("period", "=", "week"),
            ]
        )
        self.assertEqual(len(weeks), 10, "5 January to the week of 15 March")
        filled = {row.date_from: row.value for row in weeks if row.value}
        self.assertEqual(
            filled,
            {
                date(2026, 1, 5): 1,
                date(2026, 1, 26): 1,
                date(2026, 2, 9): 2,
                date(2026, 3, 9): 1,
            },
        )
        self.assertEqual(len(self._get_kept("orders")), 13, "months stay kept")

    # --- DRILL-DOWN

    def _open(self, code, day, company=None, user=None):
        company = company or self.alpha
        row = self.env["crm.measure.value"].search(
            [
                ("measure_id", "=", self._get_measure(code).id),
                ("company_id", "=", company.id),
                ("date_from", "=", day),
            ]
        )
        action = (
            row.with_user(user or self.manager).with_company(company).action_drill()
        )
        action = json.loads(json.dumps(action, default=str))
        model = self.env[action["res_model"]].with_user(user or self.manager)
        context = action["context"] if isinstance(action["context"], dict) else {}
        return row, model.with_context(
            **context, allowed_company_ids=company.ids
        ).search(action["domain"])

    def test_drill_down_lists_exactly_what_is_counted(self):
        for code in ("orders", "customers", "new_customers", "active_customers"):
            for day in (JANUARY, FEBRUARY, MARCH):
                with self.subTest(measure=code, day=day):
                    row, records = self._open(code, day)
                    self.assertEqual(len(records), row.value)

    def test_drill_down_of_orders(self):
        self.assertEqual(self._open("orders", FEBRUARY)[1], self.a4 + self.a3 + self.a2)
        self.assertEqual(self._open("orders", FEBRUARY, self.beta)[1], self.b1)

    def test_drill_down_of_a_rate_lists_the_numerator(self):
        row, records = self._open("repeat_purchase_rate", MARCH)
        self.assertEqual(records, self.acme + self.bob)
        self.assertEqual(len(records), row.numerator)

    def test_drill_down_finds_archived_customers(self):
        _row, records = self._open("new_customers", FEBRUARY)
        self.assertEqual(records, self.bob + self.old)

    def test_drill_down_of_revenue_adds_up(self):
        for company in (self.alpha, self.beta):
            for day in self._get_kept("revenue", company):
                with self.subTest(company=company.name, day=day):
                    row, records = self._open("revenue", day, company)
                    total = sum(records.mapped("revenue"))
                    self.assertEqual(company.currency_id.round(total), row.value)
        _row, records = self._open("revenue", FEBRUARY)
        self.assertEqual(
            records.sorted("day").mapped(lambda r: (r.kind, r.order_id, r.revenue)),
            [
                ("purchase", self.a2, 200),
                ("purchase", self.a3, 50),
                ("purchase", self.a4, 80),
                ("refund", self.a1, -40),
                ("refund", self.a3, -50),
                ("refund", self.a3, 50),
            ],
        )

    def test_drill_down_of_the_board_opens_the_shown_period(self):
        measure = self._get_measure("orders").with_user(self.manager)
        self.assertEqual(
            self.env["sale.order"].search(measure.action_drill()["domain"]),
            self.a4 + self.a3 + self.a2,
        )

    def test_a_forged_term_is_refused(self):
        partners = self.env["res.partner"].with_user(self.salesman)
        beta_term = f"customers|{self.beta.id}|2026-02-01|2026-02-28"
        for term in ("x", "nothing|1|2026-02-01|2026-02-28", "a|b|c|d", beta_term):
            with self.subTest(term=term), self.assertRaises(UserError):
                partners.search([("measure_drill", "=", term)])

    # --- BOARD

    def test_a_flow_compares_closed_periods(self):
        measure = self._get_measure("revenue").with_company(self.alpha)
        self.assertEqual(
            (measure.value_current, measure.value_previous, measure.change),
            (290, 100, 190),
        )
        self.assertEqual((measure.change_percent, measure.tone), (1.9, "good"))
        self.assertEqual(measure.change_display, "+190.0 %")
        self.assertEqual(measure.period_display, "Feb 2026")
        self.assertIn("30.00", measure.running_display)

    def test_a_state_compares_today(self):
        measure = self._get_measure("customers").with_company(self.alpha)
        self.assertEqual((measure.value_current, measure.value_previous), (3, 3))
        self.assertEqual((measure.tone, measure.running_display), ("neutral", False))
        rate = self._get_measure("repeat_purchase_rate").with_company(self.alpha)
        self.assertEqual(rate.change_display, "+33.3 points")
        rate.direction = "less"
        self.assertEqual(rate.tone, "bad")

    def test_sparkline_runs_from_old_to_new(self):
        measure = self._get_measure("orders").with_company(self.alpha)
        points = json.loads(measure.sparkline)[0]["values"]
        self.assertEqual(
            points,
            [
                {"x": "Jan 2026", "y": 1},
                {"x": "Feb 2026", "y": 3},
                {"x": "Mar 2026", "y": 1},
            ],
        )

    def test_board_without_values(self):
        measure = self._get_measure("orders")
        measure.value_ids.unlink()
        measure = measure.with_company(self.alpha)
        self.assertFalse(measure.current_value_id)
        self.assertFalse(measure.current_display)
        with self.assertRaisesRegex(UserError, "no value yet"):
            measure.action_drill()

    def test_figures_follow_the_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        measure = self._get_measure("repeat_purchase_rate").with_company(self.alpha)
        measure = measure.with_context(lang="de_DE")
        self.assertEqual(measure.current_display, "66,7 %")
        self.assertEqual(measure.period_display, "März 2026")

    def test_board_takes_the_same_queries_for_one_and_all(self):
        fields = ["name", "current_display", "change_display", "tone", "sparkline"]
        spec = {name: {} for name in fields}
        board = self.measures.with_user(self.manager)
        counts = []
        for measures in (board[:1], board[:1], board):  # the first warms up
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            measures.web_read(spec)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 7)

    # --- REFRESH

    def test_unchanged_values_are_not_written_again(self):
        rows = self.measures.value_ids
        before = {row.id: row.write_date for row in rows}
        with freeze_time("2026-03-15 13:00:00"):
            self.measures._refresh_values()
        self.env.invalidate_all()
        self.assertEqual(
            {row.id: (row.write_date) for row in self.measures.value_ids}, before
        )

    def test_only_recent_periods_are_recomputed(self):
        orders = self._get_measure("orders")
        orders.refresh_count = 1
        self._create_order(self.bob, "2026-01-12 10:00:00", 10)
        self._create_order(self.bob, "2026-02-15 10:00:00", 10)
        orders._refresh_values()
        self.assertEqual(self._get_kept("orders"), {JANUARY: 1, FEBRUARY: 4, MARCH: 1})
        wizard = Form(
            self.env["crm.measure.backfill"]
            .with_user(self.manager)
            .with_context(active_model="crm.measure", active_ids=orders.ids)
        )
        wizard.date_from = "2026-01-31"
        wizard.save().action_backfill()
        self.assertEqual(self._get_kept("orders"), {JANUARY: 2, FEBRUARY: 4, MARCH: 1})

    def test_backfill_of_the_future_is_refused(self):
        wizard = self.env["crm.measure.backfill"].create({"date_from": "2026-04-01"})
        with self.assertRaisesRegex(UserError, "day in the past"):
            wizard.action_backfill()

    def test_a_figure_that_vanished_is_taken_away(self):
        self.assertIn(MARCH, self._get_kept("average_order_value"))
        self.a8._action_cancel()
        self.measures._refresh_values()
        self.assertNotIn(MARCH, self._get_kept("average_order_value"))
        self.assertEqual(self._get_kept("orders")[MARCH], 0)

    def test_months_that_are_over_become_final(self):
        with freeze_time("2026-04-02 12:00:00"):
            self._get_measure("orders")._refresh_values()
        self.assertEqual(
            self._get_kept("orders"),
            {JANUARY: 1, FEBRUARY: 3, MARCH: 1, date(2026, 4, 1): 0},
        )
        march = self._get_measure("orders").value_ids.filtered_domain(
            [("date_from", "=", MARCH), ("company_id", "=", self.alpha.id)]
        )
        self.assertTrue(march.is_final)

    def test_a_period_the_method_leaves_out_keeps_its_value(self):
        orders = self._get_measure("orders")
        answer = {MARCH: MeasureResult(7.0)}
        self.patch(
            type(orders), "_measure_orders", lambda self, company, periods: answer
        )
        orders._refresh_values()
        self.assertEqual(self._get_kept("orders"), {JANUARY: 1, FEBRUARY: 3, MARCH: 7})

    # --- RULES

    def test_only_measure_methods_can_be_named(self):
        orders = self._get_measure("orders")
        for method in ("unlink", "_cron_refresh_values", "_measure_orders()"):
            with (
                self.subTest(method=method),
                self.assertRaisesRegex(ValidationError, "must begin with"),
            ):
                orders.method = method
        with self.assertRaisesRegex(ValidationError, "There is no method"):
            orders.method = "_measure_of_all_things"

    def test_code_is_technical_and_unique(self):
        orders = self._get_measure("orders")
        with self.assertRaisesRegex(ValidationError, "technical name"):
            orders.code = "Many Orders"

    def test_one_value_per_period_company_and_dimension(self):
        row = self._get_measure("orders").value_ids[0]
        split = row.copy({"dimension_model": "crm.team", "dimension_res_id": 1})
        self.assertEqual(split.value, row.value)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            row.copy()

    def test_dimensions_are_no_company_figures(self):
        orders = self._get_measure("orders").with_company(self.alpha)
        row = orders.current_value_id
        row.copy({"dimension_model": "crm.team", "dimension_res_id": 1, "value": 99})
        orders.invalidate_recordset()
        self.assertEqual(orders.value_current, 3)

    def test_manager_edits_the_definition_in_the_form(self):
        measure = self._get_measure("orders").with_user(self.manager)
        with Form(measure) as form:
            form.name = "Purchases"
            form.user_id = self.manager
        self.assertEqual(measure.name, "Purchases")

    def test_refresh_button_fills_all(self):
        self.measures.value_ids.unlink()
        board = self.env["crm.measure"].with_user(self.manager)
        self.assertEqual(board.action_refresh()["tag"], "soft_reload")
        self.assertEqual(self._get_kept("orders"), MEASURES["orders"])
        self.assertEqual(str(self._get_measure("orders").refreshed_at), NOW)

    def test_values_cannot_be_changed_through_the_measure(self):
        orders = self._get_measure("orders").with_user(self.manager)
        before = self._get_kept("orders")
        with self.assertRaises(AccessError), self.cr.savepoint():
            orders.value_ids = [
                Command.update(orders.sudo().value_ids[0].id, {"value": 99})
            ]
            orders.flush_recordset()
        self.env.invalidate_all()
        self.assertEqual(self._get_kept("orders"), before)

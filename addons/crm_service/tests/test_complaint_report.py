from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .analysis_common import AnalysisCommon


@tagged("post_install", "-at_install")
class TestComplaintReport(AnalysisCommon):
    """Two complaints of north, one of south, one of another company.

    =========  ========  =============================  =======================
    complaint  customer  products                       reply, told (hours)
    =========  ========  =============================  =======================
    first      mill      40.00 of flour, 60.00 of sugar 2 and 48
    second     baker     none                           6
    south      baker     flour                          -
    =========  ========  =============================  =======================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._create_complaint(
            cls.mill,
            [(cls.flour, 4, None, 10.0), (cls.sugar, 1, cls.dozen, 60.0)],
            user_id=cls.agent.id,
            date_received="2026-03-02 08:00:00",
            date_replied="2026-03-02 10:00:00",
            date_decided="2026-03-03 08:00:00",
            date_told="2026-03-04 08:00:00",
            reply_state="kept",
            decision_state="broken",
            resolution_state="kept",
            reopen_count=1,
        )
        cls.second = cls._create_complaint(
            cls.baker,
            date_received="2026-03-05 08:00:00",
            date_replied="2026-03-05 14:00:00",
            reply_state="late",
            resolution_state="ok",
        )
        cls.third = cls._create_complaint(
            cls.baker, [(cls.flour, 1, None, 5.0)], team_id=cls.south.id
        )
        cls.foreign = cls._create_complaint(
            cls.baker, [(cls.flour, 9, None, 5.0)], company=cls.beta
        )
        cls.report = cls.env["crm.complaint.report"]
        cls.own = [("complaint_id", "in", (cls.first + cls.second).ids)]

    def _read(self, aggregates, domain=None, groupby=(), user=None):
        report = self.report.with_user(user or self.head)
        report = report.with_context(allowed_company_ids=self.alpha.ids)
        return report._read_group(domain or self.own, groupby, aggregates)

    def test_a_row_per_product_and_one_where_there_is_none(self):
        rows = self.report.search(self.own)
        rows = rows.sorted(lambda row: (row.complaint_id.id, row.product_id.id))
        self.assertEqual(
            [(row.complaint_id, row.product_id, row.quantity) for row in rows],
            [
                (self.first, self.flour, 4.0),
                (self.first, self.sugar, 12.0),
                (self.second, self.flour.browse(), 0.0),
            ],
        )
        self.assertEqual(len(set(rows.ids)), 3)
        self.assertEqual(rows.browse(rows[1].id).product_id, self.sugar)

    def test_means_count_each_complaint_once(self):
        [row] = self._read(
            [
                "complaint_id:count_distinct",
                "hours_reply:avg",
                "hours_decision:avg",
                "hours_resolution:avg",
                "promise_rate:avg",
                "reopen_rate:avg",
            ]
        )
        # promises: reply kept, decision broken, resolution kept; reply late
        self.assertEqual(row, (2, 4.0, 24.0, 48.0, 50.0, 50.0))

    def test_costs_fall_to_the_products_by_their_value(self):
        self.env["crm.complaint.remedy"].create(
            [
                {"complaint_id": self.first.id, "remedy_type": "apology"},
                {"complaint_id": self.second.id, "remedy_type": "apology"},
            ]
        )
        self.first.remedy_ids.sudo().cost = 30.0
        self.second.remedy_ids.sudo().cost = 7.0
        self.alpha.crm_service_hour_cost = 40.0
        step = self.env["crm.complaint.step"].create(
            {
                "complaint_id": self.first.id,
                "name": "Approve",
                "department": "finance",
            }
        )
        step.working_hours = 0.5
        self.assertEqual(step.work_cost, 20.0)
        self.alpha.crm_service_hour_cost = 80.0
        self.assertEqual(self.first.work_cost, 20.0, "the rate of the day it ended")
        found = self._read(
            ["amount:sum", "remedy_cost:sum", "work_cost:sum", "cost:sum"],
            groupby=["product_id"],
        )
        self.assertEqual(
            found,
            [
                (self.flour, 40.0, 12.0, 8.0, 20.0),
                (self.sugar, 60.0, 18.0, 12.0, 30.0),
                (self.flour.browse(), 0.0, 7.0, 0.0, 7.0),
            ],
        )

    def test_money_is_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].create(
            {
                "name": "ANX",
                "symbol": "A",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2020-01-01",
                            "rate": 2.0,
                            "company_id": self.alpha.id,
                        }
                    ),
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "A", "currency_id": currency.id, "company_id": self.alpha.id}
        )
        order = (
            self.env["sale.order"]
            .with_company(self.alpha)
            .create(
                {
                    "partner_id": self.mill.id,
                    "company_id": self.alpha.id,
                    "pricelist_id": pricelist.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.flour.id,
                                "product_uom_qty": 10,
                                "price_unit": 8.0,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        complaint = (
            self.env["crm.complaint"]
            .with_company(self.alpha)
            .create(
                {
                    "partner_id": self.mill.id,
                    "company_id": self.alpha.id,
                    "kind_id": self.kind.id,
                    "order_id": order.id,
                    "line_ids": [
                        Command.create(
                            {"sale_line_id": order.order_line.id, "quantity": 3}
                        )
                    ],
                }
            )
        )
        row = self.report.search([("complaint_id", "=", complaint.id)])
        self.assertEqual((complaint.amount, row.amount), (24.0, 12.0))
        self.assertEqual(row.currency_id, self.alpha.currency_id)

    def test_who_sees_what(self):
        every = [
            ("company_id", "=", self.alpha.id),
            "|",
            ("complaint_id", "=", self.second.id),
            ("product_id", "in", (self.flour + self.sugar).ids),
        ]
        for user, complaints in (
            (self.agent, self.first + self.second),
            (self.other_agent, self.third),
            (self.head, self.first + self.second + self.third),
            (self.seller, self.first),
        ):
            with self.subTest(user=user.login):
                found = self.report.with_user(user).search(every)
                self.assertEqual(found.complaint_id, complaints)
        found = self.report.with_user(self.head)
        found = found.with_context(allowed_company_ids=self.beta.ids)
        every = [("product_id", "=", self.flour.id)]
        self.assertEqual(found.search(every).complaint_id, self.foreign)

    def test_supplier_of_the_last_receipt_else_first_vendor(self):
        vendors = self.env["res.partner"].create([{"name": "V1"}, {"name": "V2"}])
        self.flour.seller_ids = [
            Command.create({"partner_id": vendors[0].id, "company_id": False})
        ]
        complaint = self._create_complaint(lines=[(self.flour, 1, None, 1.0)])
        self.assertEqual(complaint.line_ids.supplier_id, vendors[0])
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.alpha.id)], limit=1
        )
        vendors_place = warehouse.in_type_id.default_location_src_id
        receipt = self.env["stock.picking"].create(
            {
                "partner_id": vendors[1].id,
                "picking_type_id": warehouse.in_type_id.id,
                "location_id": vendors_place.id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.flour.id,
                            "product_uom_qty": 5,
                            "company_id": self.alpha.id,
                            "location_id": vendors_place.id,
                            "location_dest_id": warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        receipt.move_ids.write({"quantity": 5, "picked": True})
        receipt._action_done()
        complaint = self._create_complaint(lines=[(self.flour, 1, None, 1.0)])
        self.assertEqual(complaint.line_ids.supplier_id, vendors[1])

    def test_steps_waiting_work_and_lateness(self):
        steps = self.env["crm.complaint.step"].create(
            [
                {"complaint_id": self.first.id, "name": "A", "department": "finance"},
                {"complaint_id": self.first.id, "name": "B", "department": "warehouse"},
                {"complaint_id": self.third.id, "name": "C", "department": "finance"},
            ]
        )
        self._set(
            steps,
            state="done",
            date_ready="2026-03-02 08:00:00",
            date_due="2026-03-02 12:00:00",
            date_start="2026-03-02 09:00:00",
            date_end="2026-03-02 11:00:00",
            waiting_hours=1.0,
            working_hours=2.0,
        )
        self._set(steps[2], waiting_hours=4.0, date_end="2026-03-02 13:00:00")
        report = self.env["crm.complaint.step.report"]
        found = report.with_user(self.head)._read_group(
            [("step_id", "in", steps.ids)],
            ["department"],
            [
                "waiting_hours:avg",
                "working_hours:avg",
                "total_hours:sum",
                "late_count:sum",
            ],
        )
        self.assertEqual(
            found, [("finance", 2.5, 2.0, 9.0, 1), ("warehouse", 1.0, 2.0, 3.0, 0)]
        )
        mine = report.with_user(self.agent).search([("step_id", "in", steps.ids)])
        self.assertEqual(mine.step_id, steps[:2])

    def test_loops_with_us_and_with_the_customer(self):
        now = fields.Datetime.now()
        since = fields.Datetime.subtract(now, days=10)
        self._set(self.first, state="follow_up", date_received=since, date_told=now)
        self._set(self.second, state="closed", is_open=False)
        loops = self.env["crm.complaint.loop"].with_user(self.head)
        found = loops.search([("complaint_id", "in", (self.first + self.third).ids)])
        self.assertEqual(
            {row.complaint_id: row.loop for row in found},
            {self.first: "customer", self.third: "internal"},
        )
        row = found.filtered(lambda r: r.complaint_id == self.first)
        self.assertAlmostEqual(row.age_days, 10.0, places=1)
        self.assertAlmostEqual(row.since_days, 0.0, places=1)
        self.assertFalse(loops.search([("complaint_id", "=", self.second.id)]))

    def test_board_of_teams_and_agents(self):
        now = fields.Datetime.now()
        for complaint in self.first + self.second:
            delta = now - fields.Datetime.subtract(complaint.date_received)
            for name in ("date_received", "date_replied", "date_told"):
                if complaint[name]:
                    self._set(complaint, **{name: complaint[name] + delta})
        board = self.env["crm.service.indicator"].with_user(self.agent)
        rows = board.search([("team_id", "=", self.north.id)])
        figures = {
            (row.is_team, row.user_id): (
                row.received_count,
                row.hours_reply,
                row.promise_rate,
            )
            for row in rows
        }
        nobody = self.agent.browse()
        self.assertEqual(
            figures,
            {
                (True, nobody): (2, 4.0, 50.0),
                (False, self.agent): (1, 2.0, 200 / 3),
                (False, nobody): (1, 6.0, 0.0),
            },
        )
        self.assertFalse(board.search([("team_id", "=", self.south.id)]))
        action = rows.filtered("is_team").action_open_complaints()
        found = self.env["crm.complaint"].with_user(self.agent).search(action["domain"])
        self.assertEqual(found, self.first + self.second)

    def test_satisfaction_counts_those_who_answered(self):
        self._set(self.first, answer_count=2, answer_score=75.0)
        [row] = self._read(["satisfaction:avg"])
        self.assertEqual(row, (75.0,))

    def test_nobody_writes_a_report(self):
        row = self.report.with_user(self.head).search(self.own, limit=1)
        with self.assertRaises(AccessError):
            row.check_access("write")

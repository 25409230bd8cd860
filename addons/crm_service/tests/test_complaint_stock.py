from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .contact_common import NOW, ContactCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintStock(ContactCommon):
    """Two warehouses, a product with lots, and what can be sent in its place.

    =========  ==============  ========  ================================
    warehouse  product         on hand   reserved, incoming
    =========  ==============  ========  ================================
    main       Flux, lot A     5         3 reserved
    main       Flux, lot B     2         10 on 20 March, 4 on 25 March
    south      Flux, lot B     1
    main       Flux Plus       8         (substitute)
    south      (input) Flux    6         counted: a place inside
    south      (scrap) Flux    9         not counted
    =========  ==============  ========  ================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        warehouses = cls.env["stock.warehouse"]
        cls.main = warehouses.search([("company_id", "=", cls.company.id)])
        cls.south = warehouses.create(
            {"name": "South", "code": "STH", "company_id": cls.company.id}
        )
        cls.product.tracking = "lot"
        cls.plus = cls._create_product("Flux Plus")
        cls.product.crm_substitute_ids = cls.plus
        cls.lot_a, cls.lot_b = cls.env["stock.lot"].create(
            [
                {
                    "name": name,
                    "product_id": cls.product.id,
                    "company_id": cls.company.id,
                }
                for name in ("A", "B")
            ]
        )
        cls._put(cls.product, cls.main.lot_stock_id, 5, cls.lot_a)
        cls._put(cls.product, cls.main.lot_stock_id, 2, cls.lot_b)
        cls._put(cls.product, cls.south.lot_stock_id, 1, cls.lot_b)
        cls._put(cls.plus, cls.main.lot_stock_id, 8)
        cls._reserve(3, cls.lot_a)
        cls._receive("2026-03-25 10:00:00", 4)
        cls._receive("2026-03-20 10:00:00", 10)
        cls.env.invalidate_all()

    @classmethod
    def _put(cls, product, location, quantity, lot=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, location, quantity, lot_id=lot
        )

    @classmethod
    def _reserve(cls, quantity, lot):
        cls.env["stock.quant"]._update_reserved_quantity(
            cls.product, cls.main.lot_stock_id, quantity, lot_id=lot
        )

    @classmethod
    def _receive(cls, moment, quantity):
        move = cls.env["stock.move"].create(
            {
                "product_id": cls.product.id,
                "product_uom_qty": quantity,
                "date": moment,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": cls.main.lot_stock_id.id,
                "company_id": cls.company.id,
                "picking_type_id": cls.main.in_type_id.id,
            }
        )
        move._action_confirm(merge=False)
        move.date = moment

    def _create_leak(self, **vals):
        return self._create_complaint(
            line_ids=[Command.create({"product_id": self.product.id})], **vals
        )

    def _rows(self, complaint):
        return [
            (row["product"], row["warehouse"], row["free"], row["is_substitute"])
            for row in complaint.stock_panel["rows"]
        ]

    def test_free_stock_of_product_and_substitute_per_warehouse(self):
        complaint = self._create_leak()
        self.assertEqual(
            self._rows(complaint),
            [
                ("Flux", self.main.name, 4.0, False),
                ("Flux", "South", 1.0, False),
                ("Flux Plus", self.main.name, 8.0, True),
                ("Flux Plus", "South", 0.0, True),
            ],
        )
        first, second = complaint.stock_panel["rows"][:2]
        self.assertEqual(
            first["lots"], [{"name": "A", "free": 2.0}, {"name": "B", "free": 2.0}]
        )
        self.assertEqual(
            first["incoming"],
            [
                {"date": "2026-03-20", "quantity": 10.0},
                {"date": "2026-03-25", "quantity": 4.0},
            ],
        )
        self.assertFalse(second["incoming"])
        self.assertIsNone(first["kept"])

    def test_same_figure_as_the_host(self):
        self._put(self.product, self.south.wh_input_stock_loc_id, 6, self.lot_b)
        scrap = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        self._put(self.product, scrap, 9, self.lot_b)
        complaint = self._create_leak()
        for row in complaint.stock_panel["rows"]:
            product = self.env["product.product"].browse(row["product_id"])
            host = product.with_context(warehouse_id=row["warehouse_id"]).free_qty
            self.assertEqual(row["free"], host)
        self.assertEqual(complaint.stock_panel["rows"][1]["free"], 7.0)

    def test_transfer_between_warehouses_comes_in(self):
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 2,
                "date": "2026-03-18 10:00:00",
                "location_id": self.main.lot_stock_id.id,
                "location_dest_id": self.south.lot_stock_id.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm(merge=False)
        move.date = "2026-03-18 10:00:00"
        rows = self._create_leak().stock_panel["rows"]
        self.assertEqual(rows[1]["incoming"], [{"date": "2026-03-18", "quantity": 2.0}])
        self.assertEqual(len(rows[0]["incoming"]), 2)

    def test_proof_is_kept_and_stays_beside_the_figure_of_today(self):
        complaint = self._create_leak()
        complaint._keep_stock_proof()
        proof = complaint.stock_ids.sorted(lambda s: (s.is_substitute, s.id))
        self.assertEqual(
            proof.mapped(
                lambda s: (
                    s.product_id.name,
                    s.warehouse_id.name,
                    s.quantity_free,
                    s.quantity_incoming,
                    str(s.date_incoming or ""),
                    s.lots or "",
                )
            ),
            [
                ("Flux", self.main.name, 4.0, 14.0, "2026-03-20", "A: 2, B: 2"),
                ("Flux", "South", 1.0, 0.0, "", "B: 1"),
                ("Flux Plus", self.main.name, 8.0, 0.0, "", ""),
                ("Flux Plus", "South", 0.0, 0.0, "", ""),
            ],
        )
        self.assertEqual(proof.user_id, self.agent)
        self._put(self.product, self.main.lot_stock_id, -1, self.lot_a)
        complaint.invalidate_recordset()
        panel = complaint.stock_panel
        self.assertEqual(panel["kept_at"], NOW)
        self.assertEqual((panel["rows"][0]["free"], panel["rows"][0]["kept"]), (3, 4))

    def test_second_decision_leaves_a_second_proof(self):
        complaint = self._create_leak()
        complaint._keep_stock_proof()
        self._put(self.plus, self.south.lot_stock_id, 3)
        with freeze_time("2026-03-13 09:00:00"):
            complaint._keep_stock_proof()
        self.assertEqual(len(complaint.stock_ids), 8)
        complaint.invalidate_recordset()
        self.assertEqual(complaint.stock_panel["kept_at"], "2026-03-13 09:00:00")
        self.assertEqual(complaint.stock_panel["rows"][3]["kept"], 3.0)

    def test_decision_keeps_the_proof(self):
        complaint = self._create_leak()
        complaint.action_take()
        complaint.sudo()._write_by_system({"state": "decided"})
        self.assertEqual(len(complaint.stock_ids), 4)

    def test_nobody_edits_a_proof_and_strangers_see_none(self):
        complaint = self._create_leak()
        complaint._keep_stock_proof()
        proof = complaint.stock_ids[0]
        for user in (self.agent, self.head):
            with self.assertRaises(AccessError):
                proof.with_user(user).quantity_free = 0
            with self.assertRaises(AccessError):
                proof.with_user(user).unlink()
        self.assertEqual(proof.quantity_free, 4.0)
        for user, expected in ((self.rep, 4), (self.stranger, 0), (self.other, 0)):
            found = proof.with_user(user).search([("complaint_id", "=", complaint.id)])
            self.assertEqual(len(found), expected, user.login)

    def test_one_budget_for_one_and_for_many(self):
        products = self.product | self.env["product.product"].create(
            [{"name": f"P{index}", "is_storable": True} for index in range(20)]
        )
        stock = self.env["crm.complaint.stock"]
        for some in (self.product, products):
            self.env.flush_all()
            some.mapped("display_name")
            with self.assertQueryCount(5):
                self.assertEqual(
                    len(stock._get_stock(some, self.company)), 2 * len(some)
                )

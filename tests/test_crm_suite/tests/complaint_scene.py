"""The customer whose parcel leaked: the people and the history of one story."""

import io

from dateutil.relativedelta import relativedelta
from PIL import Image

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from .builders import SalesWorld

LOYAL = {
    "interest_days": 90,
    "loyal_min_orders": 3,
    "loyal_min_tenure_days": 90,
    "loyal_max_interval_days": 0,
    "loyal_min_satisfaction": 0,
    "lapse_days": 180,
    "lapse_factor": 0,
    "lapse_choice": "later",
}


def make_picture():
    """Return the bytes of a small picture."""
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(stream, "JPEG")
    return stream.getvalue()


class ComplaintScene:
    """A customer of five years reports that pails have leaked.

    ============== ==================== ========================================
    login          role                 does
    ============== ==================== ========================================
    scene_ida      portal               buyer of Baltic Boats, reports
    scene_agent    service agent        takes it, tells her, closes it
    scene_head     service manager      decides
    scene_finance  invoicing            opens the gate, posts credit notes
    scene_stock    stock user           ships
    scene_sender   stock user           shipping: told of what goes out
    scene_leader   service manager      in copy from 200 on
    scene_rep      salesperson          the customer's
    ============== ==================== ========================================

    What Baltic Boats has ordered, untaxed:

    ====== ============================================================ =========
    orders what                                                            amount
    ====== ============================================================ =========
    20     advice at 740, the first five years ago to the day           14,800.00
    5      advice at 900; the last is invoiced, due ten days ago         4,500.00
    1      15 pails at 60, promised four days ago, not delivered           900.00
    1      10 pails at 60, delivered eight days ago, invoiced (tax 15 %)   600.00
    27                                                                  20,800.00
    ====== ============================================================ =========

    Stock of pails (cost 35.00 each, lot LOT-7): north has got 60, of which 10 were
    delivered and 15 are reserved: 35 are free. South has 8.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        # numbers begin at one, whatever other tests have taken
        cls.env["ir.sequence"].search(
            [("code", "=", "crm.complaint")]
        ).date_range_ids.unlink()
        world = SalesWorld(cls.env)
        cls.company = world.second_company("Scene Compounds")
        cls.company.write(
            {
                "email": "service@scene.example",
                "crm_service_hour_cost": 40.0,
                "crm_service_recovery_days": 90,
            }
        )
        cls.world = SalesWorld(cls.env, cls.company)
        cls.world._ensure_chart()
        cls.env = cls.world.env
        cls._create_people()
        cls._create_desk()
        cls._create_customer()
        cls._create_stock()
        cls._create_history()
        cls._rank_customer()
        cls.env.flush_all()
        cls.env.invalidate_all()

    # --- WHO

    @classmethod
    def _create_people(cls):
        for name, group in (
            ("agent", "crm_service.group_agent"),
            ("head", "crm_service.group_manager"),
            ("finance", "account.group_account_invoice"),
            ("stock", "stock.group_stock_user"),
            ("sender", "stock.group_stock_user"),
            ("leader", "crm_service.group_manager"),
            ("rep", "sales_team.group_sale_salesman"),
        ):
            user = new_test_user(
                cls.env,
                f"scene_{name}",
                groups=group,
                email=f"{name}@scene.example",
                tz="UTC",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            setattr(cls, name, user)

    @classmethod
    def _create_desk(cls):
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Scene desk", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.team = cls.env["crm.service.team"].create(
            {
                "name": "Scene desk",
                "company_id": cls.company.id,
                "leader_id": cls.head.id,
                "member_ids": [Command.set(cls.agent.ids)],
                "calendar_id": cls.calendar.id,
                "department_ids": [
                    Command.create({"department": department, "user_id": user.id})
                    for department, user in (
                        ("finance", cls.finance),
                        ("warehouse", cls.stock),
                        ("shipping", cls.sender),
                    )
                ],
                "copy_ids": [
                    Command.create({"user_id": cls.leader.id, "amount_min": 200.0})
                ],
            }
        )
        cls.kind = cls.env.ref("crm_service.crm_complaint_kind_leak")
        cls.env["crm.complaint.deadline"].create(
            {
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                "kind_id": cls.kind.id,
                "hours_reply": 4,
                "hours_decision": 16,
                "hours_resolution": 40,
            }
        )

    @classmethod
    def _create_customer(cls):
        cls.customer = cls.world.company_customer("Baltic Boats", cls.rep)
        cls.yard = cls.world.contact(
            cls.customer, "Yard 2", type="delivery", phone="+46 8 555 02 02"
        )
        cls.portal = new_test_user(
            cls.env,
            "scene_ida",
            groups="base.group_portal",
            name="Ida Lind",
            email="ida@baltic.example",
            lang="en_US",
            tz="Europe/Berlin",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.ida = cls.portal.partner_id
        cls.ida.parent_id = cls.customer

    # --- WHAT

    @classmethod
    def _create_stock(cls):
        cls.tax = cls.company.account_sale_tax_id  # 15 %
        category = cls.env["product.category"].create({"name": "Scene pails"})
        category.property_valuation = "real_time"
        cls.pail = cls.env["product.product"].create(
            {
                "name": "Scene sealing compound",
                "is_storable": True,
                "tracking": "lot",
                "categ_id": category.id,
                "list_price": 60.0,
                "standard_price": 35.0,
                "invoice_policy": "order",
                "taxes_id": [Command.set(cls.tax.ids)],
            }
        )
        warehouses = cls.env["stock.warehouse"]
        cls.north = warehouses.search([("company_id", "=", cls.company.id)])
        cls.north.name = "North"
        cls.south = warehouses.create(
            {"name": "South", "code": "SOUTH", "company_id": cls.company.id}
        )
        cls.lot = cls.env["stock.lot"].create(
            {"name": "LOT-7", "product_id": cls.pail.id, "company_id": cls.company.id}
        )
        for warehouse, quantity in ((cls.north, 60), (cls.south, 8)):
            cls.env["stock.quant"]._update_available_quantity(
                cls.pail, warehouse.lot_stock_id, quantity, lot_id=cls.lot
            )

    @classmethod
    def _create_history(cls):
        first = cls.today - relativedelta(years=5)
        for number in range(20):
            cls.world.order(cls.ida, first + relativedelta(months=2 * number), 740)
        for number in range(4):
            day = cls.today - relativedelta(months=18 - 3 * number)
            cls.world.order(cls.customer, day, 900)
        unpaid = cls.world.order(cls.customer, cls.today - relativedelta(days=40), 900)
        cls.unpaid = cls._invoice(unpaid, 40, cls.today - relativedelta(days=10))
        cls.late = cls._order_pails(15, 20)
        cls.late.commitment_date = cls.today - relativedelta(days=4)
        cls.order = cls._order_pails(10, 12)
        picking = cls.order.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        picking.date_done = cls.today - relativedelta(days=8)
        due = cls.today + relativedelta(days=20)
        cls.invoice = cls._invoice(cls.order, 8, due)
        # neither of these is a purchase
        cls.world.quotation(cls.customer, cls.today, 5000)
        cls.world.cancelled(cls.customer, cls.today - relativedelta(days=90), 5000)

    @classmethod
    def _order_pails(cls, quantity, days_ago):
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.ida.id,
                "partner_invoice_id": cls.customer.id,
                "partner_shipping_id": cls.yard.id,
                "company_id": cls.company.id,
                "warehouse_id": cls.north.id,
                "user_id": cls.rep.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.pail.id,
                            "product_uom_qty": quantity,
                            "price_unit": 60.0,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        day = cls.today - relativedelta(days=days_ago)
        order.date_order = f"{day} 12:00:00"
        return order

    @classmethod
    def _invoice(cls, order, days_ago, due):
        invoice = order._create_invoices()
        invoice.invoice_date = cls.today - relativedelta(days=days_ago)
        invoice.invoice_payment_term_id = False
        invoice.invoice_date_due = due
        invoice.action_post()
        return invoice

    @classmethod
    def _rank_customer(cls):
        """Loyal, and of value class A."""
        policy = cls.env["crm.lifecycle.policy"].create(
            {"company_id": cls.company.id, **LOYAL}
        )
        cls.env.flush_all()
        policy.action_refresh()
        scheme = cls.env["crm.segmentation"].create(
            {
                "name": "Scene value",
                "company_id": cls.company.id,
                "segment_ids": [
                    Command.create({"name": name, "domain": repr(domain)})
                    for name, domain in (
                        ("A", [("lifecycle_state", "=", "loyal")]),
                        ("B", []),
                    )
                ],
            }
        )
        cls.env.flush_all()
        scheme._refresh()
        cls.company.crm_service_value_scheme_id = scheme

    # --- FIGURES

    def _get_free(self):
        """Return (free in north, free in south) as the host counts them."""
        return tuple(
            self.pail.with_context(warehouse_id=warehouse.id).free_qty
            for warehouse in (self.north, self.south)
        )

    def _get_on_hand(self):
        self.env.invalidate_all()
        return tuple(
            self.pail.with_context(warehouse_id=warehouse.id).qty_available
            for warehouse in (self.north, self.south)
        )

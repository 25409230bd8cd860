import random
from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from .seven_p_common import SevenPCommon

AS_OF = "2026-06-30"
SEED = 4


@tagged("post_install", "-at_install")
class TestSevenPRandom(SevenPCommon):
    """Whatever happens: what an incremental refresh finds, a full one leaves alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.metal, cls.scrap, cls.oxide = cls.env["product.category"].create(
            [{"name": name} for name in ("Metal", "Scrap", "Oxide")]
        )
        cls.product.categ_id = cls.metal
        cls.goods, cls.powder = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "consu",
                    "invoice_policy": "order",
                    "categ_id": category.id,
                    "taxes_id": False,
                }
                for name, category in (("Goods", cls.scrap), ("Powder", cls.oxide))
            ]
        )
        cls.call = cls.env["crm.sales.activity.kind"].create(
            {"name": "Quick call", "code": "seven_p_random_call"}
        )
        cls.scheme = cls.env["crm.segmentation"].create({"name": "Kinds"})
        cls.segments = cls.env["crm.segment"].create(
            [
                {"name": name, "segmentation_id": cls.scheme.id}
                for name in ("Big", "Small")
            ]
        )
        cls.kind = cls.env["crm.complaint.kind"].search(
            [("type", "=", "complaint")], limit=1
        )
        cls._make_world(random.Random(0))

    @classmethod
    def _make_world(cls, chance):
        """Let eight customers buy, so that all bounds are known."""
        cls.customers = cls.env["res.partner"]
        for number in range(8):
            cls.customers |= cls._create_customer(f"Random {number}")
        for customer in cls.customers:
            for _number in range(2):
                cls._do_order(chance, customer)
        cls._do_deliver(chance, cls.customers[0])
        cls._do_invoice(chance, cls.customers[1])
        for customer in cls.customers[:2]:
            cls._do_supply(chance, customer)
            cls._do_lead(chance, customer)
            cls._do_segment(chance, customer)
        cls.env["crm.segment.buying"]._refresh(cls.company)
        cls._fix_bounds()

    # --- WHAT HAPPENS

    @classmethod
    def _day(cls, chance, last=400):
        return date(2026, 6, 28) - timedelta(days=chance.randint(0, last))

    @classmethod
    def _own(cls, model, customer, *domain):
        """Return the documents of a customer."""
        name = "partner_id.commercial_partner_id"
        return cls.env[model].search([(name, "=", customer.id), *domain], order="id")

    @classmethod
    def _pick(cls, chance, records):
        return records and records[chance.randrange(len(records))]

    @classmethod
    def _do_order(cls, chance, customer):
        products = (cls.product, cls.goods, cls.powder)
        lines = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": chance.randint(1, 9),
                    "price_unit": chance.choice([10.0, 33.33, 99.9]),
                    "discount": chance.choice([0, 0, 10]),
                    "purchase_price": chance.choice([0, 7.5]),
                    "tax_ids": False,
                }
            )
            for product in chance.sample(products, chance.randint(1, 3))
        ]
        cls._create_order(customer, str(cls._day(chance, 700)), 0, order_line=lines)

    @classmethod
    def _do_price(cls, chance, customer):
        """Change a line of an order that is not locked, by itself."""
        lines = cls._own("sale.order", customer, ("state", "=", "sale")).order_line
        line = cls._pick(chance, lines.filtered(lambda x: not x.qty_invoiced))
        if line:
            name = chance.choice(["price_unit", "product_uom_qty", "discount"])
            line[name] = chance.choice([3, 12])

    @classmethod
    def _do_cancel(cls, chance, customer):
        orders = cls._own("sale.order", customer, ("state", "=", "sale"))
        cls._pick(chance, orders)._action_cancel()

    @classmethod
    def _do_move(cls, chance, customer):
        """Let an order count for somebody else, or of another day."""
        order = cls._pick(chance, cls._own("sale.order", customer))
        if order and chance.random() < 0.5:
            order.partner_id = cls._pick(chance, cls.customers)
        elif order:
            order.date_order = f"{cls._day(chance, 700)} 04:00:00"

    @classmethod
    def _do_drop(cls, chance, customer):
        """Delete an order."""
        order = cls._pick(chance, cls._own("sale.order", customer))
        if order and not order.invoice_ids:
            order._action_cancel()
            order.unlink()

    @classmethod
    def _do_invoice(cls, chance, customer):
        orders = cls._own("sale.order", customer, ("invoice_status", "=", "to invoice"))
        order = cls._pick(chance, orders)
        return order and cls._invoice(order, str(cls._day(chance, 90)))

    @classmethod
    def _bill(cls, chance, customer):
        invoices = cls._own(
            "account.move",
            customer,
            ("move_type", "=", "out_invoice"),
            ("payment_state", "=", "not_paid"),
        )
        return cls._pick(chance, invoices) or cls._do_invoice(chance, customer)

    @classmethod
    def _do_refund(cls, chance, customer):
        invoice = cls._bill(chance, customer)
        if invoice:
            cls._refund(invoice, "2026-06-29", chance.choice([None, 5.0]))

    @classmethod
    def _do_pay(cls, chance, customer):
        invoice = cls._bill(chance, customer)
        if invoice:
            cls.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"payment_date": "2026-06-29"})._create_payments()

    @classmethod
    def _do_unpay(cls, chance, customer):
        """Undo what a payment was matched with."""
        paid = cls._own("account.move", customer, ("payment_state", "!=", "not_paid"))
        cls._pick(chance, paid).line_ids.remove_move_reconcile()

    @classmethod
    def _do_deliver(cls, chance, customer):
        orders = cls._own("sale.order", customer, ("state", "=", "sale"))
        pickings = orders.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        picking = cls._pick(chance, pickings)
        if picking:
            for move in picking.move_ids:
                move.write({"quantity": move.product_uom_qty, "picked": True})
            picking._action_done()
            done = f"{cls._day(chance, 90)} 08:00:00"
            picking.move_ids.date = picking.date_done = done

    @classmethod
    def _do_complain(cls, chance, customer):
        complaint = cls.env["crm.complaint"].create(
            {
                "partner_id": customer.id,
                "company_id": cls.company.id,
                "kind_id": cls.kind.id,
                "description": "Scratches",
            }
        )
        complaint.date_received = f"{cls._day(chance)} 08:00:00"

    @classmethod
    def _do_remedy(cls, chance, customer):
        """Grant a cost of a complaint that is there already."""
        complaint = cls._pick(chance, cls._own("crm.complaint", customer))
        if complaint:
            remedy = cls.env["crm.complaint.remedy"].create(
                {"complaint_id": complaint.id, "remedy_type": "refund"}
            )
            remedy.write({"amount": 25.0, "cost": 25.0, "state": "done"})

    @classmethod
    def _do_call(cls, chance, customer):
        cls.env["crm.sales.activity"].create(
            {
                "partner_id": customer.id,
                "company_id": cls.company.id,
                "kind_id": cls.call.id,
                "date_start": f"{cls._day(chance)} 08:00:00",
                "state": "done",
                "kind_cost": chance.choice([0, 25]),
            }
        )

    @classmethod
    def _do_lead(cls, chance, customer):
        leads = cls._own("crm.lead", customer, ("won_status", "=", "pending"))
        lead = cls._pick(chance, leads)
        if lead and chance.random() < 0.5:
            chance.choice([lead.action_set_lost, lead.action_set_won])()
            return
        cls.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": customer.id,
                "company_id": cls.company.id,
                "expected_revenue": chance.choice([100, 500]),
            }
        )

    @classmethod
    def _do_supply(cls, chance, customer):
        record = cls._pick(chance, cls._own("crm.supply.record", customer))
        if record and chance.random() < 0.5:
            chance.choice([record.unlink, lambda: record.write({"quantity": 5})])()
            return
        cls.env["crm.supply.record"].create(
            {
                "partner_id": customer.id,
                "company_id": cls.company.id,
                "category_id": chance.choice([cls.metal, cls.scrap]).id,
                "date_from": "2025-07-01",
                "date_to": AS_OF,
                "date": "2026-06-01",
                "quantity": chance.choice([1, 20]),
                "uom_id": cls.product.uom_id.id,
                "source": "customer",
            }
        )

    @classmethod
    def _do_segment(cls, chance, customer):
        held = cls._own("crm.segment.membership", customer, ("date_end", "=", False))
        held.unlink()
        cls.env["crm.segment.membership"].create(
            {
                "segmentation_id": cls.scheme.id,
                "segment_id": cls._pick(chance, cls.segments).id,
                "partner_id": customer.id,
                "date_start": "2026-01-01 00:00:00",
                "start_reason": "manual",
            }
        )

    @classmethod
    def _do_address(cls, chance, customer):
        customer.city = chance.choice([False, "Ulm"])

    @classmethod
    def _do_answer(cls, chance, customer):
        answer = cls._pick(chance, cls._own("crm.satisfaction.score", customer))
        if answer and chance.random() < 0.5:
            answer.unlink()
            return
        survey = cls.env["survey.survey"].create({"title": "Random"})
        answer = cls.env["survey.user_input"].create({"survey_id": survey.id})
        cls.env["crm.satisfaction.score"].create(
            {
                "kind": "csat",
                "value": 1,
                "score": 0,
                "date": f"{cls._day(chance)} 08:00:00",
                "company_id": cls.company.id,
                "partner_id": customer.id,
                "commercial_partner_id": customer.id,
                "survey_id": survey.id,
                "user_input_id": answer.id,
            }
        )

    @classmethod
    def _do_archive(cls, _chance, customer):
        customer.active = not customer.active

    @classmethod
    def _do_contact(cls, chance, customer):
        contact = cls._pick(chance, customer.child_ids)
        if contact and chance.random() < 0.5:
            contact.parent_id = cls._pick(chance, cls.customers)
        else:
            cls.env["res.partner"].create({"name": "Anna", "parent_id": customer.id})

    @classmethod
    def _do_merge(cls, chance, customer):
        other = cls._pick(chance, cls.customers - customer)
        wizard = cls.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((customer | other).ids, customer)
        cls.customers -= other

    @classmethod
    def _do_category(cls, chance, _customer):
        product = chance.choice([cls.product, cls.goods, cls.powder])
        product.categ_id = chance.choice([cls.metal, cls.scrap, cls.oxide])

    @classmethod
    def _do_tree(cls, chance, _customer):
        cls.scrap.parent_id = chance.choice([False, cls.metal, cls.oxide])

    # --- TESTS

    def test_random_changes(self):
        """Do each kind of change once, and look after each of them."""
        self._refresh(AS_OF)
        self._backdate()
        chance = random.Random(SEED)
        names = sorted(name for name in dir(self) if name.startswith("_do_"))
        chance.shuffle(names)
        for name in names:
            customer = self._pick(chance, self.customers)
            with self.subTest(what=name, who=customer.name):
                getattr(self, name)(chance, customer)
                self.assertFullAgrees(AS_OF)

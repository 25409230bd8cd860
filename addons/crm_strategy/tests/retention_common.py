from datetime import date
from unittest.mock import patch

from odoo.fields import Command

from .policy_common import PolicyCommon

TODAY = date(2024, 7, 31)


class RetentionCommon(PolicyCommon):
    """A programme for mills in July 2024: 31 days, so before is 31 May to 30 June.

    ==========  ===================  ==================  ========================
    customer    June                 July                in July's programme
    ==========  ===================  ==================  ========================
    Mill        100, 50 (contact)    200, 40             yes
    Mill 2      300                  -                   yes
    Mill 3      - (May: 10)          70                  yes
    Mill new    -                    500                 no: had never bought
    Foundry     100                  100, 100            control
    Other       80, 20               -                   control
    ==========  ===================  ==================  ========================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        facts = type(cls.env["crm.sale.fact"])
        today = patch.object(facts, "_get_today", lambda self, company: TODAY)
        today.start()
        cls.addClassCleanup(today.stop)
        cls.mill_2, cls.mill_3, cls.mill_new = (
            cls._create_customer(name, ref="mill")
            for name in ("Mill 2", "Mill 3", "Mill new")
        )
        cls.scheme._refresh()
        cls.scheme.segment_ids.membership_ids.date_start = "2024-01-01"
        cls.product = cls.env["product.product"].create(
            {"name": "Billet", "type": "service", "taxes_id": False}
        )
        for partner, day, amount in (
            (cls.mill, "2024-06-03", 100),
            (cls.buyer, "2024-06-30", 50),
            (cls.mill, "2024-07-01", 200),
            (cls.mill, "2024-07-31", 40),
            (cls.mill_2, "2024-06-10", 300),
            (cls.mill_3, "2024-05-30", 10),
            (cls.mill_3, "2024-07-15", 70),
            (cls.mill_new, "2024-07-16", 500),
            (cls.foundry, "2024-06-15", 100),
            (cls.foundry, "2024-07-05", 100),
            (cls.foundry, "2024-07-06", 100),
            (cls.other, "2024-06-20", 80),
            (cls.other, "2024-06-21", 20),
        ):
            cls._order(partner, day, amount)

    @classmethod
    def _order(cls, partner, day, amount):
        orders = cls.env["sale.order"].with_company(cls.company_a)
        order = orders.create(
            {
                "partner_id": partner.id,
                "company_id": cls.company_a.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        order.date_order = f"{day} 12:00:00"
        return order

    def _create_programme(self, **vals):
        return (
            self.env["crm.retention.programme"]
            .with_user(self.manager)
            .with_company(self.company_a)
            .create(
                {
                    "name": "Keep the mills",
                    "segment_ids": [Command.set(self.mills.ids)],
                    "date_start": "2024-07-01",
                    "date_end": "2024-07-31",
                    "target_value": 50,
                    **vals,
                }
            )
        )

    def _start(self, **vals):
        programme = self._create_programme(**vals)
        programme.action_start()
        return programme

    def _rows(self, programme):
        return {
            row.partner_id.name: (
                row.kind,
                row.orders_before,
                row.orders_after,
                row.revenue_before,
                row.revenue_after,
                row.outcome,
            )
            for row in programme.customer_ids
        }

    def assertFigures(self, programme, before, after, control, effect):
        found = (
            programme.value_before,
            programme.value_after,
            (programme.control_before, programme.control_after),
            programme.effect,
        )
        for value, expected in zip(
            found, (before, after, control, effect), strict=True
        ):
            if isinstance(value, tuple):
                self.assertAlmostEqual(value[0], expected[0], 4)
                self.assertAlmostEqual(value[1], expected[1], 4)
            else:
                self.assertAlmostEqual(value, expected, 4)

from odoo import Command

from .seven_p_common import SevenPCommon

TODAY = "2026-06-30"


class BoardCommon(SevenPCommon):
    """A small ledger, looked at on 30 June 2026.

    | customer | salesperson | orders                                         |
    | -------- | ----------- | ---------------------------------------------- |
    | Stayer   | manager     | each month from January 2025 on, 1,000 each    |
    | Leaver   | nobody      | each month of January to September 2025, 500   |
    | Newcomer | seller      | 1 May 2026, 300 with a discount of 25 %        |
    | Prospect | seller      | none, an opportunity of 7,000                  |
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.as_of_date = TODAY
        cls.stayer = cls._create_customer("Stayer", user_id=cls.manager.id)
        cls.leaver = cls._create_customer("Leaver")
        cls.newcomer = cls._create_customer("Newcomer", user_id=cls.seller.id)
        cls.prospect = cls._create_customer("Prospect", user_id=cls.seller.id)
        months = [f"{2025 + n // 12}-{n % 12 + 1:02d}" for n in range(18)]
        wanted = [(cls.stayer, f"{month}-05", 1000, 0) for month in months]
        wanted += [(cls.leaver, f"{month}-10", 500, 0) for month in months[:9]]
        wanted.append((cls.newcomer, "2026-05-01", 400, 25))
        cls._create_orders(wanted)
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Plant",
                "type": "opportunity",
                "partner_id": cls.prospect.id,
                "user_id": cls.seller.id,
                "company_id": cls.company.id,
                "expected_revenue": 7000,
            }
        )
        cls.call = cls.env.ref("crm_service.crm_sales_activity_kind_call")
        cls._create_touch(cls.newcomer, "2026-04-20", 40)
        cls._create_touch(cls.newcomer, "2026-05-20", 15)
        cls._create_touch(cls.prospect, "2026-05-21", 20)
        cls.scheme = cls.env["crm.segmentation"].create(
            {
                "name": "Care",
                "company_id": cls.company.id,
                "kind": "exclusive",
                "segment_ids": [
                    Command.create(
                        {"name": "Cared for", "domain": "[('user_id', '!=', False)]"}
                    )
                ],
            }
        )
        cls.scheme._refresh()
        cls.segment = cls.scheme.segment_ids
        cls._refresh(TODAY)

    @classmethod
    def _create_orders(cls, wanted):
        """Confirm orders of ``(customer, day, amount, discount)``, all at once."""
        orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_uom_qty": 1,
                                "price_unit": amount,
                                "discount": discount,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
                for partner, _day, amount, discount in wanted
            ]
        )
        orders.action_confirm()
        for order, (_partner, day, *_rest) in zip(orders, wanted, strict=True):
            order.date_order = f"{day} 04:00:00"

    @classmethod
    def _create_touch(cls, partner, day, cost):
        return cls.env["crm.sales.activity"].create(
            {
                "name": "Call",
                "kind_id": cls.call.id,
                "partner_id": partner.id,
                "user_id": cls.seller.id,
                "company_id": cls.company.id,
                "date_start": f"{day} 03:00:00",
                "state": "done",
                "kind_cost": cost,
                "outcome_id": cls.env["crm.sales.activity.outcome"]
                .search([], limit=1)
                .id,
                "findings": "Spoke to the buyer",
                "contact_ids": [Command.link(partner.id)],
                "next_step": "Send an offer",
            }
        )

    def _board(self, user, scope="company", record=None):
        boards = self.env["crm.seven.p.board"].with_user(user)
        return boards.get_board(scope, record.id if record else False)

    def _grid(self, name, user, **params):
        grid = self.env[name].with_user(user).get_matrix(params)
        return {
            key: {
                name: round(value, 2)
                for name, value in cell.items()
                if isinstance(value, (int, float)) and name != "color"
            }
            for key, cell in grid["cells"].items()
        }

from odoo import Command
from odoo.tests import tagged

from .seven_p_common import SevenPCommon

AS_OF = "2026-06-30"


@tagged("post_install", "-at_install")
class TestSevenPSupply(SevenPCommon):
    """What customers need in all: our share of it, and what it would be worth.

    In the 12 months up to 30 June 2026 Smelter bought 40 t of ingots at 100 per ton, in
    two orders, and Foundry 10 t at 150 per ton, so the company's mean price is 110.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ton = cls.env.ref("uom.product_uom_ton")
        cls.kilo = cls.env.ref("uom.product_uom_kgm")
        cls.metal = cls.env["product.category"].create({"name": "Metal"})
        cls.ingots = cls.env["product.category"].create(
            {"name": "Ingots", "parent_id": cls.metal.id}
        )
        cls.chemicals = cls.env["product.category"].create({"name": "Chemicals"})
        cls.ingot = cls.env["product.product"].create(
            {
                "name": "Ingot",
                "type": "service",
                "categ_id": cls.ingots.id,
                "uom_id": cls.ton.id,
                "taxes_id": False,
            }
        )
        cls.soda = cls.env["product.product"].create(
            {
                "name": "Soda",
                "type": "service",
                "categ_id": cls.chemicals.id,
                "uom_id": cls.ton.id,
                "taxes_id": False,
            }
        )
        cls.smelter = cls._create_customer("Smelter")
        cls.foundry = cls._create_customer("Foundry")
        cls.novice = cls._create_customer("Novice")
        cls._deliver(cls.smelter, "2026-02-10", 30, 100)
        cls._deliver(cls.smelter, "2026-03-10", 10, 100)
        cls._deliver(cls.foundry, "2026-04-10", 10, 150)
        cls._create_order(cls.novice, "2026-05-10", 30.0)

    @classmethod
    def _deliver(cls, partner, day, quantity, price, product=None):
        """Confirm and deliver an order, of ingots unless told otherwise."""
        line = {
            "product_id": (product or cls.ingot).id,
            "product_uom_qty": quantity,
            "price_unit": price,
            "tax_ids": False,
        }
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "order_line": [Command.create(line)],
            }
        )
        order.action_confirm()
        order.date_order = f"{day} 04:00:00"
        order.order_line.qty_delivered = quantity
        return order

    @classmethod
    def _know(cls, partner, quantity, category=None, **vals):
        """Record the whole demand of a customer for the 12 months, in tons."""
        return cls.env["crm.supply.record"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "category_id": (category or cls.metal).id,
                "date_from": "2025-07-01",
                "date_to": AS_OF,
                "date": "2026-06-01",
                "quantity": quantity,
                "uom_id": cls.ton.id,
                **vals,
            }
        )

    def assertPotential(self, partner, amount, gap):
        self.assertPart(
            "prospecting", partner, potential_amount=amount, potential_gap=gap
        )

    def test_share_of_supply_full_and_incremental(self):
        """Smelter: 40 of 160 t; an order of 40 t more makes it 80 of 160 t."""
        self._know(self.smelter, 160)
        self._refresh(AS_OF)
        self.assertPart(
            "persistency",
            self.smelter,
            supply_share=25.0,
            supply_share_date="2026-06-01",
        )
        # not 0: nobody knows what he needs
        self.assertPart(
            "persistency", self.foundry, supply_share=False, supply_share_date=False
        )
        self._backdate()
        self._know(self.foundry, 40)
        self._deliver(self.smelter, "2026-06-10", 40, 100)
        run = self._refresh(AS_OF, "incremental")
        self.assertEqual(run.mode, "incremental")
        self.assertPart("persistency", self.smelter, supply_share=50.0)
        self.assertPart("persistency", self.foundry, supply_share=25.0)
        before = self._dump()
        self._refresh(AS_OF)
        self.assertEqual(self._dump(), before)

    def test_demand_is_worth_his_price_else_the_companys(self):
        """Smelter: 160 t at his 100; Novice: 200,000 kg at the company's 110 per ton,
        and the 30 that he spends on something else.
        """
        self._know(self.smelter, 160)
        self._know(self.novice, 200000, uom_id=self.kilo.id)
        self._refresh(AS_OF)
        self.assertPotential(self.smelter, 16000.0, 12000.0)
        self.assertPotential(self.novice, 22030.0, 22000.0)

    def test_demand_of_one_kind_is_not_the_whole_demand(self):
        """Smelter buys soda for 80,000 and metal for 4,000; he needs 160 t of metal."""
        self._deliver(self.smelter, "2026-04-10", 80, 1000, self.soda)
        self._know(self.smelter, 160)
        self._refresh(AS_OF)
        self.assertPotential(self.smelter, 96000.0, 12000.0)

    def test_a_small_known_demand_leaves_the_benchmark(self):
        """A strong customer buys 3,500, the 90th percentile of 30, 1,500 and 4,000."""
        self._know(self.novice, 20)
        self._refresh(AS_OF)
        self.assertPotential(self.novice, 3500.0, 3470.0)

    def test_kinds_weigh_what_they_are_worth(self):
        """Metal: 4,000 of 16,000; soda: 5,000 of 10,000; ingots are part of metal."""
        self._deliver(self.smelter, "2026-04-10", 5, 1000, self.soda)
        self._know(self.smelter, 160)
        self._know(self.smelter, 40, self.ingots)
        self._know(self.smelter, 10, self.chemicals)
        self._refresh(AS_OF)
        self.assertPart("persistency", self.smelter, supply_share=34.6)
        # nobody knows a price of what Novice needs: each kind weighs the same
        other = self.env["product.category"].create({"name": "Furnaces"})
        self._know(self.novice, 5, other)
        self._refresh(AS_OF)
        self.assertPart("persistency", self.novice, supply_share=0.0)

    def test_parts_and_kinds_without_a_price_are_left_out(self):
        """Ingots are part of the metal; chemicals were sold to nobody."""
        self._know(self.smelter, 160)
        self._know(self.smelter, 100, self.ingots)
        self._know(self.smelter, 5, self.chemicals)
        self._refresh(AS_OF)
        self.assertPotential(self.smelter, 16000.0, 12000.0)

    def test_only_a_kind_without_a_price_says_nothing(self):
        self._refresh(AS_OF)
        potential = self._row("prospecting", self.smelter).potential_amount
        self._know(self.smelter, 5, self.chemicals)
        self._refresh(AS_OF)
        after = self._row("prospecting", self.smelter).potential_amount
        self.assertEqual(after, potential)

    def test_demand_below_what_he_buys_is_what_he_buys(self):
        self._know(self.smelter, 10)
        self._refresh(AS_OF)
        self.assertPotential(self.smelter, 4000.0, 0.0)

    def test_an_order_of_another_moves_no_price_until_the_next_day(self):
        """At 200 per ton the mean would rise; Novice follows on the next day."""
        self._know(self.novice, 200)
        self._refresh(AS_OF)
        self.assertPotential(self.novice, 22030.0, 22000.0)
        self._backdate()
        self._deliver(self.foundry, "2026-06-10", 50, 200)
        self._refresh(AS_OF, "incremental")
        before = self._dump()
        self._refresh(AS_OF)
        self.assertEqual(self._dump(), before)
        self.assertPotential(self.novice, 22030.0, 22000.0)
        # (4,000 + 1,500 + 10,000) / 100 t = 155 per ton
        self._refresh("2026-07-01")
        self.assertPotential(self.novice, 31030.0, 31000.0)

    def test_another_company_has_its_own(self):
        self._know(self.smelter, 160)
        self._create_order(self.smelter, "2026-03-10", 70.0, company=self.other_company)
        self._refresh(AS_OF, company=self.other_company)
        row = self._row("persistency", self.smelter, self.other_company)
        self.assertIs(row.supply_share, False)
        potential = self._row("prospecting", self.smelter, self.other_company)
        self.assertEqual(potential.potential_amount, 70.0)

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools import liking
from .seven_p_facts_common import SevenPFactsCommon


@tagged("post_install", "-at_install")
class TestSevenPProduct(SevenPFactsCommon):
    """Mix, favourite, white space, complaints and opinions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.categories = cls.env["product.category"].create(
            [{"name": f"Metal {n}"} for n in range(4)]
        )
        cls.metals = cls.env["product.product"].create(
            [
                {
                    "name": f"Metal {n}",
                    "type": "service",
                    "categ_id": category.id,
                    "taxes_id": False,
                }
                for n, category in enumerate(cls.categories)
            ]
        )

    def _buy(self, partner, day, amounts):
        """Order ``{metal number: amount}``."""
        order = self._create_order(partner, day, 0, confirm=False)
        order.order_line = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "product_id": self.metals[number].id,
                        "price_unit": amount,
                        "tax_ids": False,
                    }
                )
                for number, amount in amounts.items()
            ),
        ]
        order.action_confirm()
        order.date_order = f"{day} 04:00:00"
        return order

    def _complain(self, partner, product=None, type_="complaint"):
        kind = self.env["crm.complaint.kind"].search([("type", "=", type_)], limit=1)
        complaint = self.env["crm.complaint"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "kind_id": kind.id,
                "description": "Scratches",
                "line_ids": [Command.create({"product_id": product.id})]
                if product
                else [],
            }
        )
        complaint.date_received = "2026-06-01 08:00:00"
        return complaint

    def test_favourite_mix_and_liking_as_the_formula_says(self):
        acme = self._create_customer("Acme")
        self._buy(acme, "2026-03-01", {0: 300, 1: 100})
        self._buy(acme, "2026-04-01", {0: 300})
        self._buy(acme, "2026-05-01", {1: 100})
        self._buy(acme, "2026-06-10", {0: 200})
        row = self._read("products")[acme.id]
        self.assertRow(
            row,
            product_count=2.0,
            top_product_id=float(self.metals[0].product_tmpl_id.id),
            mix_concentration=0.68,  # 0.8² + 0.2²
            top_liking=round(liking.liking(0.8, 0.75, 20, 0.0), 1),
        )
        self._complain(acme, self.metals[0])
        self.assertIn(acme.id, self._changed("products"))
        row = self._read("products", acme)[acme.id]
        expected = round(liking.liking(0.8, 0.75, 20, 1 / 3), 1)
        self.assertRow(row, top_liking=expected)

    def test_complaints_and_opinions(self):
        acme = self._create_customer("Acme")
        zinc = self._create_customer("Zinc")
        for day in range(1, 5):
            self._buy(acme, f"2026-03-0{day}", {0: 100})
        self._complain(acme, self.metals[0])
        self._complain(acme, type_="opinion")
        self._complain(zinc)
        rows = self._read("voices")
        self.assertRow(
            rows[acme.id], complaint_count=1.0, complaint_rate=25.0, opinion_count=1.0
        )
        self.assertRow(rows[zinc.id], complaint_count=1.0, complaint_rate=None)

    def test_white_space_is_what_similar_customers_buy(self):
        acme, zinc = self._create_customer("Acme"), self._create_customer("Zinc")
        self._buy(acme, "2026-03-01", {0: 100, 2: 100})
        self.env["crm.segment.buying"].search([]).unlink()
        scheme = self.env.execute_query(self.company._get_value_scheme_sql())
        segment = self.env["crm.segment"].search(
            [("segmentation_id", "=", scheme[0][0])], limit=1
        )
        self.env["crm.segment.membership"].search(
            [("partner_id", "in", (acme + zinc).ids)]
        ).unlink()
        self.env.flush_all()
        for partner in (acme, zinc):
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_segment_membership (partner_id, segment_id,
                              segmentation_id, date_start, start_reason, is_exclusive)
                       VALUES (%s, %s, %s, '2026-01-01', 'manual',
                               true)""",
                    partner.id,
                    segment.id,
                    scheme[0][0],
                )
            )
        buyers = (90, 80, 70, 20)  # the last one is below a quarter
        self.env["crm.segment.buying"].create(
            [
                {
                    "company_id": self.company.id,
                    "segment_id": segment.id,
                    "categ_id": category.id,
                    "customer_count": 100,
                    "buyer_count": count,
                }
                for category, count in zip(self.categories, buyers, strict=True)
            ]
        )
        rows = self._read("white_space", acme + zinc)
        self.assertRow(
            rows[acme.id],
            white_space_count=1.0,
            next_category_id=float(self.categories[1].id),
        )
        self.assertRow(
            rows[zinc.id],
            white_space_count=3.0,
            next_category_id=float(self.categories[0].id),
        )
        self._buy(acme, "2026-03-02", {1: 5})
        self.assertRow(
            self._read("white_space", acme)[acme.id],
            white_space_count=0.0,
            next_category_id=None,
        )

    def test_products_without_amount_are_no_part_of_the_mix(self):
        acme = self._create_customer("Acme")
        self._buy(acme, "2026-03-01", {0: 0, 1: 50})
        self.assertRow(self._read("products")[acme.id], product_count=1.0)
        zinc = self._create_customer("Zinc")
        self._buy(zinc, "2026-03-01", {0: 0})
        self.assertNotIn(zinc.id, self._read("products"))

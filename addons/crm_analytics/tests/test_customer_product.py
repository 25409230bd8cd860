from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..tools import liking
from .seven_p_facts_common import SevenPFactsCommon


@tagged("post_install", "-at_install")
class TestCustomerProduct(SevenPFactsCommon):
    """The products of one customer, and the customers who are due for a product."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.as_of_date = "2026-06-30"
        cls.facade = cls.env["crm.customer.product"]
        cls.sheet = cls.env["product.product"].create(
            {"name": "Sheet", "type": "service", "taxes_id": False}
        )
        cls.acme = cls._create_customer("Acme", user_id=cls.seller.id)

    def _buy(self, partner, day, amount=100, product=None):
        order = self._create_order(partner, day, amount, confirm=False)
        order.order_line.write(
            {"product_id": (product or self.sheet).id, "price_unit": amount}
        )
        order.action_confirm()
        order.date_order = f"{day} 04:00:00"
        return order

    def _get(self, partner=None, user=None):
        facade = self.facade.with_user(user or self.seller)
        return facade.get_products((partner or self.acme).id)

    def test_cycle_liking_complaints_and_wishes(self):
        contact = self._create_customer("Ann", parent_id=self.acme.id, is_company=False)
        self._buy(self.acme, "2025-01-01", 50)
        self._buy(contact, "2026-01-01", 100)
        self._buy(self.acme, "2026-05-31", 100)
        self._buy(self.acme, "2026-05-31", 300, self.product)
        complaint = self.env["crm.complaint"].create(
            {
                "partner_id": self.acme.id,
                "company_id": self.company.id,
                "kind_id": self.env["crm.complaint.kind"]
                .search([("type", "=", "complaint")], limit=1)
                .id,
                "description": "Scratches",
                "line_ids": [Command.create({"product_id": self.sheet.id})],
            }
        )
        complaint.date_received = "2026-06-01 08:00:00"
        self.env["crm.need"].create(
            {
                "name": "Thinner sheets",
                "kind": "wish",
                "partner_id": self.acme.id,
                "product_id": self.sheet.id,
                "company_id": self.company.id,
                "user_id": self.seller.id,
            }
        )
        told = self._get(contact)
        self.assertEqual(told["customer_id"], self.acme.id)
        [ingot, sheet] = told["products"]
        self.assertEqual(ingot["product_tmpl_id"], self.product.product_tmpl_id.id)
        self.assertEqual(ingot["cycle"], None)
        self.assertEqual(ingot["next_due"], None)
        self.assertEqual(
            {name: sheet[name] for name in sheet if name not in ("categ_id", "uom")},
            {
                "product_tmpl_id": self.sheet.product_tmpl_id.id,
                "name": "Sheet",
                "order_count": 3,
                "quantity": 3.0,
                "revenue": 250.0,
                "first_day": date(2025, 1, 1),
                "last_day": date(2026, 5, 31),
                "cycle": 257.5,
                "next_due": date(2027, 2, 13),
                "is_due": False,
                # 200 of 500, 2 of 3 orders, 30 days ago, 1 complaint on 2 orders
                "liking": round(liking.liking(0.4, 2 / 3, 30, 0.5), 1),
                "complaint_count": 1,
                "opinion_count": 0,
            },
        )
        self.assertEqual([wish["name"] for wish in told["wishes"]], ["Thinner sheets"])

    def test_praise_is_an_opinion_and_no_complaint(self):
        """What a customer praises stands beside the product and costs no liking."""
        self._buy(self.acme, "2026-05-31")
        [before] = self._get()["products"]
        praise = self.env["crm.complaint"].create(
            {
                "partner_id": self.acme.id,
                "company_id": self.company.id,
                "kind_id": self.env.ref("crm_service.crm_complaint_kind_opinion").id,
                "description": "The best sheets so far",
                "line_ids": [Command.create({"product_id": self.sheet.id})],
            }
        )
        praise.date_received = "2026-06-01 08:00:00"
        survey = self.env["survey.survey"].create({"title": "Sheets?"})
        answer = self.env["survey.user_input"].create({"survey_id": survey.id})
        self.env["crm.satisfaction.score"].create(
            {
                "kind": "csat",
                "value": 5,
                "score": 100,
                "date": "2026-06-02 08:00:00",
                "company_id": self.company.id,
                "partner_id": self.acme.id,
                "commercial_partner_id": self.acme.id,
                "survey_id": survey.id,
                "user_input_id": answer.id,
                "product_ids": [Command.link(self.sheet.id)],
            }
        )
        [sheet] = self._get()["products"]
        self.assertEqual((sheet["opinion_count"], sheet["complaint_count"]), (2, 0))
        self.assertEqual(sheet["liking"], before["liking"])

    def test_who_buys_every_day_and_who_never_bought(self):
        self.assertEqual(self._get()["products"], [])
        for day in ("2026-06-28", "2026-06-29"):
            self._buy(self.acme, day)
        [sheet] = self._get()["products"]
        self.assertEqual(sheet["cycle"], 1.0)
        self.assertTrue(sheet["is_due"])
        self.assertGreater(sheet["liking"], 99.0)

    def test_same_liking_as_on_the_scorecard(self):
        for day, amount in (("2026-02-03", 70), ("2026-03-09", 130)):
            self._buy(self.acme, day, amount)
        self._buy(self.acme, "2026-04-04", 35, self.product)
        kept = self._read("products")[self.acme.id]["top_liking"]
        [sheet, _ingot] = self._get()["products"]
        self.assertEqual(sheet["liking"], kept)

    def test_figures_of_a_colleagues_customer_stay_hidden(self):
        theirs = self._create_customer("Theirs", user_id=self.manager.id)
        self._buy(theirs, "2026-06-01")
        with self.assertRaises(AccessError):
            self._get(theirs)
        with self.assertRaises(AccessError):
            self._get(user=self.clerk)
        self.assertTrue(self._get(theirs, self.analyst)["products"])

    def test_few_queries_however_much_was_bought(self):
        for day in range(1, 9):
            self._buy(self.acme, f"2026-06-0{day}")
        self.env.flush_all()
        self._get()
        with self.assertQueryCount(4):  # of its own
            self._get()
        self.env.invalidate_all()
        with self.assertQueryCount(7):  # and the reader, the company, its policy
            self._get()

    def test_due_list_of_a_product(self):
        silent, once, soon = (
            self._create_customer(name, user_id=self.seller.id)
            for name in ("Silent", "Once", "Soon")
        )
        theirs = self._create_customer("Theirs", user_id=self.manager.id)
        for partner, days in (
            (self.acme, ("2026-04-30", "2026-05-30")),  # due on June 29
            (soon, ("2026-05-11", "2026-06-10")),  # due on July 10
            (silent, ("2026-01-01", "2026-01-31")),  # March 2: too long ago
            (once, ("2026-05-30",)),
            (theirs, ("2026-04-30", "2026-05-30")),
        ):
            for day in days:
                self._buy(partner, day)
        template = self.sheet.product_tmpl_id
        action = template.with_user(self.seller).action_open_due_customers()
        partners = (
            self.env["res.partner"]
            .with_user(self.seller)
            .with_context(**action["context"])
        )
        found = partners.search(action["domain"])
        self.assertEqual(found, self.acme | soon)
        row = found.filtered(lambda partner: partner == self.acme)
        self.assertEqual(row.crm_product_due_date, date(2026, 6, 29))
        self.assertEqual(row.crm_product_last_date, date(2026, 5, 30))
        self.assertEqual(row.crm_product_cycle, 30.0)
        everyone = partners.with_user(self.analyst).search(action["domain"])
        self.assertEqual(everyone, self.acme | soon | theirs)

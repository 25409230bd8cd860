from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.next_best_offer import cycle_strength
from .next_best_offer_common import NextBestOfferCommon


@tagged("post_install", "-at_install")
class TestNextBestOffer(NextBestOfferCommon):
    """What is proposed to a customer, why, and what became of it."""

    # --- REASONS

    def test_what_is_bought_together_is_proposed(self):
        self._propose()
        offers = self._offers(self.ada)
        self.assertEqual(list(offers), ["Product B"])
        offer = offers["Product B"]
        # two of three baskets with A have B: 40 points by two thirds
        self.assertAlmostEqual(offer.affinity_points, 40 * 2 / 3)
        self.assertAlmostEqual(offer.score, 40 * 2 / 3)
        self.assertEqual((offer.reason, offer.state), ("affinity", "proposed"))
        self.assertEqual(offer.explanation, offer.affinity_id.sentence)
        self.assertIn("2 of 3 baskets", offer.explanation)
        self.assertFalse(self._offers(self.bo) | self._offers(self.dan))

    def test_rules_of_categories_offer_their_best_seller(self):
        """Whoever buys metal buys salts; which ones is told where products count."""
        for partner in (self.bo, self.cy):
            self._sell(partner, "AE")
        self._sell(self.bo, "D")
        found = {}
        for level in ("product", "category", "both"):
            self.affinity.level = level
            self.env["crm.affinity.run"]._refresh(self.company, "full", self._moment(0))
            self._propose()
            found[level] = {
                name: offer.affinity_id.level
                for name, offer in self._offers(self.ada).items()
            }
        # best sellers of salts: E twice, D and F once
        self.assertEqual(
            found["product"], dict.fromkeys(("Product B", "Product E"), "product")
        )
        self.assertEqual(found["category"], {"Salts": "category"})
        self.assertEqual(set(found["both"]), {"Product B", "Product E"})
        offer = self._offers(self.ada)["Product E"]
        # two of the five baskets with A have E, two of the five with metal have salts
        self.assertAlmostEqual(offer.affinity_points, 40 * 2 / 5)

    def test_reasons_add_up(self):
        self._need(self.ada, "B")
        self._set_stock("B")
        self._propose()
        offer = self._offers(self.ada)["Product B"]
        self.assertAlmostEqual(offer.need_points, 60 * 4 / 5)
        self.assertEqual((offer.stock_points, offer.is_in_stock), (10, True))
        self.assertAlmostEqual(offer.score, 40 * 2 / 3 + 48 + 10, places=4)
        self.assertEqual(offer.reason, "need")
        self.assertTrue(offer.explanation.startswith("Asked for: Wants it."))
        self.assertTrue(offer.explanation.endswith("It is in stock."))

    def test_what_is_due_again_is_proposed(self):
        for days_ago in (90, 60):
            self._sell(self.dan, "F", days_ago)
        # bought 90, 60 and 30 days ago: every 30 days, so due today
        self._propose()
        offer = self._offers(self.dan)["Product F"]
        self.assertEqual(offer.cycle_points, 50 * cycle_strength(30, 30))
        self.assertEqual(offer.date_due, self.today)
        self.assertEqual(offer.reason, "cycle")

    def test_the_strength_of_a_cycle_is_that_of_the_formula(self):
        """In SQL as in Python, for every day of a long time."""
        engine = self.env["crm.next.best.offer.engine"]
        days = list(range(0, 150, 7))
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE crm_offer_bought ON COMMIT DROP AS
                   SELECT d AS customer_id, 1 AS product_tmpl_id, 1 AS categ_id,
                          %s::date - d AS last_day, 30::float8 AS gap
                     FROM UNNEST(%s) d""",
                self.today,
                days,
            )
        )
        rows = dict(
            self.env.execute_query(
                SQL(
                    "SELECT customer_id, strength FROM (%s) s",
                    engine._source_cycle(self.affinity),
                )
            )
        )
        for day in days:
            self.assertAlmostEqual(rows[day], cycle_strength(day, 30))

    def test_what_similar_customers_buy_is_proposed(self):
        self.env["crm.segment.buying"].create(
            {
                "company_id": self.company.id,
                "categ_id": self.metal.id,
                "customer_count": 10,
                "buyer_count": 6,
                "percent": 60,
            }
        )
        self._propose()
        offer = self._offers(self.dan)["Product A"]
        self.assertAlmostEqual(offer.white_space_points, 18)
        self.assertEqual(offer.explanation, "60 % of similar customers buy Metal.")
        self.assertNotIn("Product A", self._offers(self.ada))

    def test_a_need_for_a_category_names_its_best_seller(self):
        self._need(self.dan, categ_id=self.metal.id)
        empty = self.env["product.category"].create({"name": "New"})
        self._need(self.dan, categ_id=empty.id)
        self._propose()
        self.assertEqual(set(self._offers(self.dan)), {"Product A", "New"})

    # --- EXCLUDED

    def test_what_is_not_proposed(self):
        product = self.products["B"].product_tmpl_id
        for vals, undo in (
            ({"sale_ok": False}, {"sale_ok": True}),
            ({"active": False}, {"active": True}),
        ):
            product.write(vals)
            self._propose()
            self.assertFalse(self._offers(self.ada), vals)
            product.write(undo)
        self.ada.crm_care_opt_out = True
        self._propose()
        self.assertFalse(self._offers(self.ada))
        self.ada.crm_care_opt_out = False
        complaint = self.env["crm.complaint"].create(
            {
                "partner_id": self.ada.id,
                "company_id": self.company.id,
                "line_ids": [(0, 0, {"product_id": self.products["B"].id})],
            }
        )
        self._propose()
        self.assertFalse(self._offers(self.ada))
        complaint.line_ids.unlink()
        self._propose()
        self.assertTrue(self._offers(self.ada))

    def test_archived_customers_lose_their_proposals(self):
        self._propose()
        self.ada.active = False
        self.env["crm.scorecard.run"]._refresh(self.company, mode="full")
        self._propose()
        self.assertFalse(self._offers(self.ada))
        self.assertEqual(list(self._offers(self.ada, "expired")), ["Product B"])

    def test_only_the_best_are_proposed(self):
        self.affinity.offer_count = 2
        for letter, strength in (("B", 1), ("C", 5), ("D", 4)):
            self._need(self.dan, letter, strength=strength)
        self._propose()
        self.assertEqual(set(self._offers(self.dan)), {"Product C", "Product D"})
        self._need(self.dan, "E", strength=5)
        self._propose()
        self.assertEqual(set(self._offers(self.dan)), {"Product C", "Product E"})
        self.assertEqual(list(self._offers(self.dan, "expired")), ["Product D"])

    # --- WHAT BECOMES OF IT

    def test_bought_offers_are_closed_and_not_doubled(self):
        self._propose()
        self._propose()
        [offer] = self._offers(self.ada).values()
        order = self._sell(self.ada, "B", days_ago=0)
        self._propose(self.ada)
        self.assertEqual(offer.state, "bought")
        self.assertEqual(offer.order_line_id, order.order_line)
        self.assertEqual(offer.date_bought, self.today)
        self.assertFalse(self._offers(self.ada))

    def test_dismissed_offers_rest(self):
        self._propose()
        [offer] = self._offers(self.ada).values()
        wizard = self.env["crm.offer.reject"].with_user(self.manager)
        wizard.create(
            {"offer_ids": offer.ids, "reason_id": self.reason.id, "note": "Dear"}
        ).action_apply()
        self.assertEqual(
            (offer.state, offer.reject_reason_id, offer.reject_note),
            ("rejected", self.reason, "Dear"),
        )
        self._propose()
        self.assertFalse(self._offers(self.ada))
        offer.date_closed = self.today - timedelta(days=181)
        self._propose()
        self.assertEqual(list(self._offers(self.ada)), ["Product B"])

    def test_old_offers_expire(self):
        self._propose()
        [offer] = self._offers(self.ada).values()
        offer.with_user(self.manager).action_offer()
        offer.date_proposed = self.today - timedelta(days=91)
        self._propose()
        self.assertEqual(offer.state, "expired")
        self.assertEqual(list(self._offers(self.ada)), ["Product B"])

    def test_moves_and_system_fields(self):
        self._propose()
        [offer] = self._offers(self.ada).values()
        mine = offer.with_user(self.seller)
        mine.action_offer()
        self.assertEqual((offer.user_id, offer.date_offered), (self.seller, self.today))
        mine.action_accept()
        with self.assertRaises(UserError):
            mine.action_offer()
        with self.assertRaises(UserError):
            mine.write({"state": "bought"})
        with self.assertRaises(AccessError):
            mine.write({"score": 99})
        self.assertEqual(offer.state, "accepted")

    def test_whose_offers_are_seen(self):
        self.ada.user_id = self.manager
        self._propose()
        offers = self.env["crm.next.best.offer"]
        self.assertFalse(offers.with_user(self.seller).search([]))
        self.assertTrue(offers.with_user(self.analyst).search([]))
        with self.assertRaises(AccessError):
            offers.with_user(self.analyst).search([], limit=1).action_offer()
        with self.assertRaises(AccessError):
            offers.with_user(self.clerk).search([])
        self.assertEqual(self.ada.with_user(self.analyst).crm_offer_count, 1)
        self.assertEqual(self.ada.with_user(self.seller).crm_offer_count, 0)

    # --- SCREENS

    def test_from_the_quotation_onto_the_quotation(self):
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create({"partner_id": self.ada.id, "company_id": self.company.id})
        )
        action = order.action_open_offers()
        offers = self.env[action["res_model"]].with_user(self.seller)
        offers = offers.with_context(**action["context"])
        offer = offers.search(action["domain"])
        self.assertEqual(offer.product_tmpl_id.name, "Product B")
        offer.action_add_to_order()
        self.assertEqual(order.order_line.product_id, self.products["B"])
        self.assertEqual(order.order_line.price_unit, 10)
        self.assertEqual(offer.order_line_id, order.order_line)
        self.assertEqual(offer.state, "offered")
        again = order.action_open_offers()
        self.assertFalse(offers.search(again["domain"]))
        order.action_confirm()
        with self.assertRaises(UserError):
            order.action_open_offers()

    def test_other_customers_quotation_is_refused(self):
        self._propose()
        [offer] = self._offers(self.ada).values()
        order = self.env["sale.order"].create({"partner_id": self.bo.id})
        for context in ({"crm_analytics_offer_order_id": order.id}, {}):
            with self.assertRaises(UserError):
                offer.with_context(**context).action_add_to_order()
        self.assertFalse(order.order_line)
        self.assertEqual(offer.state, "proposed")

    def test_the_customer_page_shows_and_updates_them(self):
        page = self.env["crm.customer.page"].with_user(self.seller)
        scope = page._get_scope(self.ada.id, self.company.id)
        self.assertFalse(page._section_offers(scope)["blocks"][0]["rows"])
        page.open_button(self.ada.id, "offers", self.company.id)
        [block] = page._section_offers(scope)["blocks"]
        [row] = block["rows"]
        self.assertEqual(row["cells"][0]["value"], "Product B")
        self.assertIn("also buys", row["cells"][0]["note"])
        sections = page.get_page(self.ada.id, self.company.id)["sections"]
        self.assertIn("offers", [section["key"] for section in sections])

    def test_calls_to_whom_it_was_not_sold(self):
        rule = self.env["crm.product.affinity"].search(
            [("first_item", "=", self.products["A"].product_tmpl_id.id)]
        )
        action = rule.with_user(self.seller).action_open_customers()
        self.assertCalled(self.seller, action, self.ada)
        self.assertCalled(self.manager, rule.action_open_customers(), self.ada)
        plan = (
            self.env["crm.affinity.call"]
            .with_user(self.seller)
            .create({"affinity_id": rule.id})
        )
        self.assertEqual(plan.customer_count, 1)
        plan.action_plan()
        call = self.env["crm.sales.activity"].search([("partner_id", "=", self.ada.id)])
        self.assertEqual(
            (call.state, call.source, call.user_id, call.name),
            ("proposed", "affinity", self.seller, "Offer Product B"),
        )
        with self.assertRaises(UserError):
            plan.action_plan()
        self.ada.user_id = self.manager
        action = rule.with_user(self.seller).action_open_customers()
        self.assertCalled(self.seller, action, self.ada.browse())
        products = self.env["crm.affinity.call"].create(
            {"bought_tmpl_id": rule.antecedent_tmpl_id.id}
        )
        with self.assertRaises(UserError):
            products.action_open_customers()
        products.missing_tmpl_id = rule.consequent_tmpl_id
        self.assertCalled(self.manager, products.action_open_customers(), self.ada)
        with self.assertRaises(UserError):
            rule.with_user(self.clerk).sudo(False)._get_customers_action(
                rule._get_gap(), "Nobody"
            )

    def assertCalled(self, user, action, customers):
        """The list shows ``customers``; its domain names none of them."""
        self.assertLess(len(str(action["domain"])), 200)
        partners = self.env["res.partner"].with_user(user)
        self.assertEqual(partners.search(action["domain"]), customers)
        self.assertEqual(partners.search_count(action["domain"]), len(customers))

    # --- HIT RATE

    def test_hit_rate_beside_those_without_the_proposal(self):
        self._propose()
        [offer] = self._offers(self.ada).values()
        begin = self.today - timedelta(days=100)
        offer.date_proposed = begin
        self._sell(self.ada, "B", days_ago=40)
        for partner in (self.ada, self.bo, self.cy, self.dan):
            self._sell(partner, "F", days_ago=200)
        self.env["crm.scorecard.run"]._refresh(self.company, mode="full")
        hits = self.env["crm.offer.hit"]
        hits._refresh(self.affinity)
        row = hits.search([("company_id", "=", self.company.id)])
        self.assertEqual((row.date, row.product_tmpl_id.name), (begin, "Product B"))
        self.assertEqual((row.proposed_count, row.bought_count), (1, 1))
        # of Bo, Cy and Dan, Bo and Cy bought it 30 days ago
        self.assertEqual((row.other_count, row.other_bought_count), (3, 2))
        self.assertEqual(row.hit_percent, 100)
        self.assertAlmostEqual(row.other_percent, 66.7)
        hits._refresh(self.affinity)
        self.assertEqual(len(hits.search([("company_id", "=", self.company.id)])), 1)
        measure = self.env.ref("crm_analytics.crm_measure_offer_hit_rate")
        period = type("Period", (), {"date_from": begin, "date_to": self.today})()
        found = measure._measure_offer_hit_rate(self.company, [period])
        self.assertEqual(found[begin].value, 1.0)
        other = measure._measure_offer_other_rate(self.company, [period])
        self.assertAlmostEqual(other[begin].value, 2 / 3)

    # --- MERGE AND JOBS

    def test_offers_follow_a_merged_customer(self):
        twin = self._create_customer("Ada again")
        self._sell(twin, "A")
        self.env["crm.scorecard.run"]._refresh(self.company, mode="full")
        self._propose()
        self._offers(twin)["Product B"].action_offer()
        self._need(twin, "C")
        self._propose()
        self.assertEqual(len(self._offers(twin)), 2)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.ada.id, twin.id], self.ada)
        offers = self._offers(self.ada)
        self.assertEqual(set(offers), {"Product B", "Product C"})
        self.assertFalse(twin.exists())

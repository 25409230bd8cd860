import random
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .affinity_common import AffinityCommon

ROOM = "odoo.addons.crm_analytics.models.affinity"


@tagged("post_install", "-at_install")
class TestAffinityRun(AffinityCommon):
    """What is sold together, counted from orders, against a count by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada, cls.bo, cls.cy = (
            cls._create_customer(name) for name in ("Ada", "Bo", "Cy")
        )

    def _random_baskets(self, seed, size):
        rnd = random.Random(seed)
        return [
            (rnd.choice([self.ada, self.bo, self.cy]), rnd.sample("ABCDEF", n))
            for n in (rnd.randint(1, 4) for _n in range(size))
        ]

    # --- COUNTING

    def test_random_orders_give_the_rules_of_a_count_by_hand(self):
        baskets = self._random_baskets(1, 60)
        self._sell_many(baskets)
        run = self._count()
        expected = self._brute_force([letters for _p, letters in baskets], 2)
        self.assertEqual(self._rules(), expected)
        self.assertEqual((run.state, run.mode, run.basket_count), ("done", "full", 60))
        self.assertEqual(run.rule_count, len(expected))
        self.assertEqual(run.inserted_count, len(expected))
        self.assertEqual(run.line_count, sum(len(b) for _p, b in baskets))
        again = self._count()
        self.assertEqual(
            (again.inserted_count, again.updated_count, again.deleted_count),
            (0, 0, 0),
        )

    def test_figures_and_sentence_of_a_rule(self):
        for letters in ("AB", "AB", "A", "B", "C"):
            self._sell(self.ada, letters)
        self._count()
        rule = self.env["crm.product.affinity"].search(
            [("first_item", "=", self.products["A"].product_tmpl_id.id)]
        )
        self.assertEqual(
            (rule.count, rule.antecedent_count, rule.consequent_count), (2, 3, 3)
        )
        self.assertAlmostEqual(rule.support, 0.4)
        self.assertAlmostEqual(rule.confidence, 2 / 3)
        self.assertAlmostEqual(rule.lift, 2 * 5 / 9)
        self.assertAlmostEqual(rule.leverage, 0.4 - 0.36)
        self.assertEqual(rule.display_name, "Product A → Product B")
        self.assertEqual(
            rule.sentence,
            "Who buys Product A also buys Product B: 2 of 3 baskets, 1.1 times as "
            "often as in all baskets.",
        )

    def test_rules_of_a_segment_are_those_of_its_customers(self):
        scheme = self.env["crm.segmentation"].create(
            {
                "name": "Sizes",
                "company_id": self.company.id,
                "segment_ids": [
                    Command.create(
                        {
                            "name": "Big",
                            "method": "rule",
                            "domain": str([("id", "in", [self.ada.id, self.bo.id])]),
                        }
                    )
                ],
            }
        )
        scheme._refresh()
        segment = scheme.segment_ids
        self.affinity.segment_ids = segment
        baskets = self._random_baskets(2, 40)
        self._sell_many(baskets)
        self._count()
        mine = [b for partner, b in baskets if partner in (self.ada, self.bo)]
        self.assertEqual(self._rules(segment), self._brute_force(mine, 2))
        self.assertEqual(self._rules(), self._brute_force([b for _p, b in baskets], 2))

    def test_baskets_of_customers(self):
        self.affinity.basket = "customer"
        baskets = self._random_baskets(3, 8)
        self._sell_many(baskets, days_ago=30)
        added = self._random_baskets(4, 6)
        self._sell_many(added, days_ago=5)
        self._count(until_days_ago=10)
        run = self._count("incremental")
        self.assertEqual(run.mode, "incremental")
        bought = {}
        for partner, letters in baskets + added:
            bought.setdefault(partner, set()).update(letters)
        expected = self._brute_force(list(bought.values()), 2)
        self.assertEqual(self._rules(), expected)
        self._count()
        self.assertEqual(self._rules(), expected)

    def test_categories_as_items(self):
        self.affinity.level = "category"
        self._sell(self.ada, "AD")
        self._sell(self.bo, "BE")
        self._sell(self.cy, "AB")
        self._count()
        rules = self.env["crm.product.affinity"].search(
            [("company_id", "=", self.company.id)]
        )
        metal = rules.filtered(lambda r: r.antecedent_categ_id == self.metal)
        self.assertEqual(metal.consequent_categ_id, self.salts)
        self.assertEqual((metal.count, metal.antecedent_count), (2, 3))
        self.assertEqual(len(rules), 2)

    # --- INCREMENTAL

    def test_days_added_give_the_same_as_a_full_run(self):
        first = self._random_baskets(5, 50)
        later = self._random_baskets(6, 12)
        self._sell_many(first, days_ago=30)
        self._sell_many(later[:6], days_ago=8)
        self._sell_many(later[6:], days_ago=3)
        self._count(until_days_ago=10)
        for days_ago in (5, 0):
            run = self._count("incremental", until_days_ago=days_ago)
            self.assertEqual((run.mode, run.state), ("incremental", "done"))
        everything = [letters for _p, letters in first + later]
        self.assertEqual(self._rules(), self._brute_force(everything, 2))
        run = self._count()
        self.assertEqual((run.updated_count, run.corrected_count), (0, 0))
        self.assertEqual(self._rules(), self._brute_force(everything, 2))

    def test_a_full_run_says_what_it_corrected(self):
        orders = [self._sell(self.ada, "AB", days_ago=20) for _n in range(3)]
        self._count(until_days_ago=10)
        orders[0]._action_cancel()
        self._sell(self.bo, "C", days_ago=15)
        run = self._count("incremental")
        self.assertEqual(self._rules()["A>B"], (3, 3, 3, 3))
        run = self._count()
        self.assertEqual(self._rules()["A>B"], (2, 2, 2, 3))
        self.assertEqual(run.corrected_count, 3, "A, B cancelled, C dated back")
        lines = run.with_user(self.analyst).parameter_text.splitlines()
        labels = self.affinity.fields_get(["level", "is_without_services"])
        level = dict(labels["level"]["selection"])[self.affinity.level]
        self.assertIn(f"{labels['level']['string']}: {level}", lines)
        self.assertIn("Leave Out Services: no", lines)
        self.assertIn("Segments: none", lines)

    def test_changed_rules_make_the_next_run_a_full_one(self):
        self._sell(self.ada, "AB", days_ago=20)
        self._count(until_days_ago=10)
        self.affinity.min_count = 1
        self.assertTrue(self.affinity.is_stale)
        run = self._count("incremental")
        self.assertEqual(run.mode, "full")
        self.assertFalse(self.affinity.is_stale)
        self.assertEqual(self._rules()["A>B"], (1, 1, 1, 1))

    def test_a_set_that_may_have_become_frequent_asks_for_a_full_run(self):
        self.affinity.min_count = 6
        for _n in range(2):
            self._sell(self.ada, "AB", days_ago=20)
        self._count(until_days_ago=10)
        for _n in range(4):
            self._sell(self.ada, "AB", days_ago=5)
        run = self._count("incremental")
        self.assertEqual(run.mode, "full", "the pair was below the bound of 3")
        self.assertEqual(self._rules()["A>B"], (6, 6, 6, 6))

    # --- BAD INPUT

    def test_no_orders_one_order_and_all_refunded(self):
        run = self._count()
        self.assertEqual((run.state, run.rule_count, run.basket_count), ("done", 0, 0))
        self.assertEqual(self._count("incremental").rule_count, 0)
        order = self._sell(self.ada, "AB")
        self.affinity.min_count = 1
        self.assertEqual(self._count().basket_count, 1)
        self._refund(self._invoice(order, "2024-05-05"), "2024-06-06")
        run = self._count()
        self.assertEqual((run.basket_count, run.deleted_count), (0, 2))
        self.assertEqual(self._rules(), {})

    def test_archived_products_variants_and_lines_that_sell_nothing(self):
        self.affinity.min_count = 1
        self._sell(self.ada, "AB")
        order = self._sell(self.bo, "CD")
        order.order_line[1].product_uom_qty = 0
        self._sell(self.cy, "EE")
        self.products["B"].product_tmpl_id.active = False
        self._count()
        self.assertEqual(self._rules(), {"B>A": (1, 1, 1, 3)})
        self.affinity.excluded_product_ids = self.products["A"].product_tmpl_id
        self._count()
        self.assertEqual(self._rules(), {})

    def test_companies_stay_apart(self):
        self.affinity.min_count = 1
        self._sell(self.ada, "AB")
        self.env["crm.affinity.policy"]._ensure(self.other_company)
        self._count()
        self._count(company=self.other_company)
        self.assertTrue(self._rules())
        self.assertEqual(self._rules(company=self.other_company), {})

    def test_large_baskets_and_too_many_rules_are_told(self):
        self.affinity.write({"min_count": 1, "basket_limit": 3})
        self._sell(self.ada, "ABCD")
        self._sell(self.bo, "ABC")
        with patch(f"{ROOM}.crm_affinity_engine_apply.MAX_RULES", 4):
            run = self._count()
        self.assertEqual((run.skipped_count, run.basket_count), (1, 1))
        self.assertEqual((run.rule_count, run.dropped_count), (4, 5))

    def test_a_failed_run_keeps_the_former_rules(self):
        self.affinity.min_count = 1
        self._sell(self.ada, "AB")
        self._count()
        rules = self._rules()
        self._sell(self.bo, "CD")
        engine = self.env.registry["crm.affinity.engine"]
        with (
            patch.object(engine, "_write_rules", side_effect=ValueError("killed")),
            mute_logger(f"{ROOM}.crm_affinity_run"),
        ):
            run = self.env["crm.affinity.run"]._run_safely(self.company, "full")
        self.assertEqual((run.state, run.error), ("failed", "killed"))
        self.assertEqual(self._rules(), rules)

    def test_a_killed_run_is_closed_and_two_at_once_are_refused(self):
        run = self.env["crm.affinity.run"]._start(self.company, "full")
        run._mark_interrupted()
        self.assertEqual(run.state, "interrupted")
        policies = self.env.registry["crm.affinity.policy"]
        none = self.affinity.browse()
        with (
            patch.object(policies, "try_lock_for_update", lambda *_a, **_k: none),
            self.assertRaises(UserError),
        ):
            self._count()

    # --- RIGHTS

    def test_who_counts_and_who_reads(self):
        self.affinity.min_count = 1
        self._sell(self.ada, "AB")
        self.affinity.with_user(self.analyst).action_refresh()
        self.assertEqual(len(self._rules()), 2)
        rules = self.env["crm.product.affinity"]
        self.assertTrue(rules.with_user(self.seller).search([]))
        with self.assertRaises(AccessError):
            self.affinity.with_user(self.seller).action_refresh()
        with self.assertRaises(AccessError):
            rules.with_user(self.clerk).search([])
        with self.assertRaises(AccessError):
            rules.with_user(self.analyst).search([], limit=1).write({"count": 9})

import doctest
import itertools
import random
from collections import Counter

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_analytics.tools import (
    affinity,
    basket_counts,
    next_best_offer,
    pgcopy,
)


@tagged("post_install", "-at_install")
class TestAffinityTools(BaseCase):
    """The kernel that counts, against a count by hand of random baskets."""

    def test_doctests(self):
        for module in (affinity, basket_counts, next_best_offer, pgcopy):
            with self.subTest(module.__name__):
                failed, attempted = doctest.testmod(module)
                self.assertFalse(failed)
                self.assertGreater(attempted, 5)

    @staticmethod
    def _by_hand(baskets, bound):
        counts = Counter()
        for basket in baskets:
            for size in (1, 2, 3):
                counts.update(itertools.combinations(sorted(basket), size))
        return {
            items: count
            for items, count in counts.items()
            if len(items) == 1 or count >= bound
        }

    @staticmethod
    def _columns(baskets, rnd):
        rows = [
            (place * 3, item)
            for place, basket in enumerate(baskets)
            for item in basket
            for _again in range(rnd.randint(1, 2))
        ]
        rnd.shuffle(rows)
        return [row[0] for row in rows], [row[1] for row in rows]

    @staticmethod
    def _as_dict(counts):
        return {
            tuple(item for item in row if item): int(count)
            for row, count in zip(counts.items.tolist(), counts.counts, strict=True)
        }

    def _random_baskets(self, rnd, most=60):
        items = [rnd.randint(1, 10**9) for _n in range(12)]
        return [
            set(rnd.sample(items, rnd.randint(1, 8)))
            for _n in range(rnd.randint(0, most))
        ]

    def test_random_baskets_are_counted_as_by_hand(self):
        rnd = random.Random(6)
        for _trial in range(25):
            baskets = self._random_baskets(rnd)
            bound = rnd.randint(1, 4)
            self.patch(basket_counts, "PLACES", rnd.choice([3, 60, 10**6]))
            self.patch(basket_counts, "SLICE", rnd.choice([4, 10**6]))
            found = affinity.count_sets(*self._columns(baskets, rnd), bound)
            self.assertEqual(self._as_dict(found), self._by_hand(baskets, bound))
            self.assertEqual(found.total, len(baskets))

    def test_days_added_give_the_rules_of_a_full_count(self):
        """Or no rules at all where only a full count can tell."""
        rnd = random.Random(7)
        told = 0
        for _trial in range(40):
            items = list(range(1, 9))
            days = [
                [set(rnd.sample(items, rnd.randint(1, 4))) for _n in range(size)]
                for size in (60, 3, 4)
            ]
            least = rnd.randint(2, 8)
            base = affinity.count_sets(
                *self._columns(days[0], rnd), affinity.bound_of(least)
            )
            added = [affinity.count_sets(*self._columns(d, rnd)) for d in days[1:]]
            together = affinity.combine(base, added, least)
            if together is None:
                continue
            told += 1
            full = affinity.count_sets(
                *self._columns(list(itertools.chain(*days)), rnd)
            )
            expected = affinity.make_rules(full, least, 0.2, 1.01)
            found = affinity.make_rules(together, least, 0.2, 1.01)
            for name in expected._fields:
                self.assertEqual(
                    getattr(found, name).tolist(), getattr(expected, name).tolist()
                )
        self.assertGreater(told, 10)

    def test_nothing_at_all_makes_no_rules(self):
        empty = affinity.count_sets([], [])
        self.assertFalse(len(affinity.make_rules(empty, 1).both))
        self.assertEqual(affinity.combine(empty, [empty], 1).total, 0)
        again = affinity.from_bytes(affinity.to_bytes(empty), 0)
        self.assertFalse(len(again.counts))

import doctest
import random

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools import lifecycle
from odoo.addons.crm_strategy.tools.lifecycle import Facts, Rules


@tagged("post_install", "-at_install")
class TestCrmLifecycleTools(TransactionCase):
    def test_examples_in_the_documentation_hold(self):
        result = doctest.testmod(lifecycle)
        self.assertGreater(result.attempted, 20)
        self.assertEqual(result.failed, 0)

    def _random_rules(self, dice):
        return Rules(
            interest_days=dice.randint(1, 60),
            loyal_min_orders=dice.randint(2, 6),
            loyal_min_tenure_days=dice.choice((0, 1, 30, 90)),
            loyal_max_interval_days=dice.choice((0, 10, 25)),
            loyal_min_satisfaction=dice.choice((0.0, 3.5, 7.0)),
            lapse_days=dice.randint(1, 80),
            lapse_factor=dice.choice((0.0, 1.0, 1.5, 2.7)),
            lapse_choice=dice.choice(("later", "earlier")),
        )

    def _random_facts(self, dice):
        orders = dice.choice((0, 0, 1, 2, 3, 4, 7))
        silent = dice.randint(0, 120) if orders else 0
        days = dice.randint(1, orders) if orders else 0
        span = dice.randint(days - 1, 120) if days > 1 else 0
        return Facts(
            order_count=orders,
            tenure_days=silent + span,
            silent_days=silent,
            mean_interval=span / (days - 1) if days > 1 else None,
            has_open_lead=dice.random() < 0.2,
            contact_days=dice.choice((None, dice.randint(0, 70))),
            satisfaction=dice.choice((None, 3.5, dice.uniform(0, 10))),
        )

    def _ask_sql(self, many, rules):
        rows = SQL(", ").join(
            SQL("(%s, %s, %s, %s, %s::float8, %s, %s::int, %s::float8)", number, *facts)
            for number, facts in enumerate(many)
        )
        columns = SQL(", ").join(map(SQL.identifier, ("number", *Facts._fields)))
        statement = self.env["crm.lifecycle.engine"]._decided_sql(
            SQL("SELECT * FROM (VALUES %s) AS v(%s)", rows, columns), rules
        )
        return self.env.execute_query(
            SQL("SELECT state, reason, due_days FROM (%s) d ORDER BY number", statement)
        )

    def test_the_database_decides_as_the_table_does(self):
        dice = random.Random(20260101)
        seen = set()
        for _round in range(60):
            rules = self._random_rules(dice)
            many = [self._random_facts(dice) for _ in range(100)]
            for facts, (state, reason, due) in zip(
                many, self._ask_sql(many, rules), strict=True
            ):
                self.assertEqual(
                    (state, reason, due),
                    (
                        *lifecycle.decide(facts, rules),
                        lifecycle.days_until_due(facts, rules),
                    ),
                    (facts, rules),
                )
                seen.add(reason)
        self.assertEqual(seen, set(lifecycle.REASONS))

    def test_nothing_moves_by_time_before_the_day_on_which_it_is_due(self):
        dice = random.Random(7)
        for _round in range(2000):
            rules, facts = self._random_rules(dice), self._random_facts(dice)
            due = lifecycle.days_until_due(facts, rules)
            state = lifecycle.decide(facts, rules)
            for days in range(1, due if due is not None else 200):
                later = self._after(facts, days)
                self.assertEqual(lifecycle.decide(later, rules), state, (facts, rules))

    def _after(self, facts, days):
        contact = facts.contact_days
        return facts._replace(
            tenure_days=facts.tenure_days + days if facts.order_count else 0,
            silent_days=facts.silent_days + days if facts.order_count else 0,
            contact_days=contact if contact is None else contact + days,
        )

    def test_every_reason_belongs_to_a_state_and_a_label(self):
        reasons = self.env["crm.lifecycle.transition"]._fields["reason"]
        self.assertEqual(
            set(lifecycle.REASONS) | {"manual"}, set(reasons.get_values(self.env))
        )
        states = self.env["crm.lifecycle.transition"]._fields["state"]
        self.assertEqual(list(lifecycle.STATES), states.get_values(self.env))

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, tagged

from ..tools.rule import parse_rule
from .policy_common import PolicyCommon


@tagged("post_install", "-at_install")
class TestSegmentCondition(PolicyCommon):
    def _find(self, condition, partners):
        """Return who of ``partners`` meets a delivered condition."""
        condition = self.env.ref(f"crm_strategy.crm_segment_condition_{condition}")
        domain = Domain(parse_rule(condition.domain))
        return partners.search(domain & Domain("id", "in", partners.ids))

    def test_library_offers_the_three_kinds_of_data(self):
        groups = dict(
            self.env["crm.segment.condition"]
            .with_user(self.rep)
            ._read_group([], ["data_class"], ["__count"])
        )
        self.assertEqual(set(groups), {"master", "transaction", "market"})
        self.assertGreater(min(groups.values()), 3)

    def test_every_condition_makes_a_rule(self):
        for condition in self.env["crm.segment.condition"].search([]):
            with self.subTest(condition=condition.name):
                self.mills.domain = condition.domain
                self.assertIsInstance(self.mills.rule_warning, (str, bool))

    def test_conditions_on_purchases(self):
        partners = self.mill | self.foundry | self.other
        orders = self.env["sale.order"].with_company(self.company_a)
        recent, old = orders.create(
            [{"partner_id": self.buyer.id}, {"partner_id": self.foundry.id}]
        )
        self.assertEqual(
            self._find("open_quotation", partners), self.mill | self.foundry
        )
        (recent | old).action_confirm()
        old.date_order = "2020-01-01 12:00:00"
        self.assertFalse(self._find("open_quotation", partners))
        self.assertEqual(self._find("bought_90", partners), self.mill)
        self.assertEqual(self._find("bought_year", partners), self.mill)
        self.assertEqual(self._find("not_bought_year", partners), self.foundry)
        self.assertEqual(self._find("never_bought", partners), self.other)

    def test_conditions_on_master_and_market_data(self):
        partners = self.mill | self.foundry | self.other
        self.assertEqual(self._find("has_salesperson", partners), self.mill)
        self.assertEqual(
            self._find("no_salesperson", partners), self.foundry | self.other
        )
        self.assertFalse(self._find("long_known", partners))
        self.assertEqual(self._find("new", partners), partners)
        self.env["crm.lead"].create(
            {"name": "Chance", "type": "opportunity", "partner_id": self.buyer.id}
        )
        self.assertEqual(self._find("open_opportunity", partners), self.mill)

    def _open(self, **vals):
        wizard = self.env["crm.segment.condition.add"].with_user(self.manager)
        return wizard.with_company(self.company_a).with_context(
            default_segment_id=self.mills.id, **vals
        )

    def test_dialogue_counts_and_adds(self):
        self.mill.email = "mill@example.com"
        self._create_customer("Second mill", ref="mill")
        with Form(self._open()) as form:
            form.data_class = "master"
            form.condition_id = self.env.ref(
                "crm_strategy.crm_segment_condition_reachable"
            )
            self.assertEqual(form.customer_count, 1)
        form.record.action_add()
        self.assertEqual(
            self.mills.domain,
            str([*self._tagged([("ref", "=", "mill")]), ("email", "!=", False)]),
        )
        self.scheme._refresh()
        self.assertSegments(self.scheme, {"Mills": {"Mill"}, "Foundries": {"Foundry"}})

    def test_dialogue_adds_an_alternative(self):
        with Form(self._open()) as form:
            form.condition_id = self.env.ref(
                "crm_strategy.crm_segment_condition_reachable"
            )
            form.operator = "or"
        form.record.action_add()
        mail = self._create_customer("With mail", email="x@example.com")
        rule = Domain(parse_rule(self.mills.domain))
        both = self.mill | mail
        everyone = both | self.foundry | self.other
        found = everyone.search(rule & Domain("id", "in", everyone.ids))
        self.assertEqual(found, both)

    def test_condition_that_says_nothing_or_nonsense_is_refused(self):
        condition = self.env["crm.segment.condition"].with_user(self.manager)
        for domain in ("[]", "[('nothing', '=', 1)]", "uid"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                condition.create({"name": "Bad", "domain": domain})

    def test_salespeople_read_the_library_only(self):
        condition = self.env.ref("crm_strategy.crm_segment_condition_company")
        self.assertTrue(condition.with_user(self.rep).name)
        with self.assertRaises(AccessError):
            condition.with_user(self.rep).name = "Changed"
        with self.assertRaises(AccessError):
            self._open().with_user(self.rep).create({"condition_id": condition.id})

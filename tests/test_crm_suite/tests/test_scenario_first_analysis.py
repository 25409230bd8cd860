from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .builders import SalesWorld
from .common import SuiteCase


@tagged("post_install", "-at_install")
@freeze_time("2024-07-01 09:00:00")
class TestScenarioFirstAnalysis(SuiteCase):
    """From a company's order history to who its customers are.

    Nordic Tools has sold for a year. It scores by fixed values: recency within 365,
    180, 90 and 30 days, frequency from 2, 3, 5 and 10 orders, monetary from 500,
    2,000, 10,000 and 50,000.

    ======== =========== ====================================== ===========
    customer salesperson orders                                 R F M
    ======== =========== ====================================== ===========
    Acme     Anna        6,000 and 4,000, its buyer's 5,000     5 3 4
    Berg     Bert        300 a year ago; 9,999 cancelled        1 1 1
    Casa     nobody      1,000 and 1,000, of which 500 refunded 4 2 2
    Dora     Anna        none, a quotation only                 not scored
    ======== =========== ====================================== ===========
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = SalesWorld(cls.env).second_company("Nordic Tools")
        cls.manager = cls._create_user("manager", "sales_team.group_sale_manager")
        cls.anna = cls._create_user("anna", "sales_team.group_sale_salesman")
        cls.bert = cls._create_user("bert", "sales_team.group_sale_salesman")
        cls._sell(SalesWorld(cls.env, cls.company))
        cls.customers = cls.acme + cls.berg + cls.casa + cls.dora
        cls.env.flush_all()

    @classmethod
    def _create_user(cls, name, group):
        return new_test_user(
            cls.env,
            f"first_analysis_{name}",
            groups=group,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _sell(cls, world):
        cls.acme = world.company_customer("Acme", cls.anna)
        buyer = world.contact(cls.acme, "Acme's buyer")
        world.order(cls.acme, "2024-01-10", 6000)
        world.order(buyer, "2024-03-10", 5000)
        world.order(cls.acme, "2024-06-20", 4000)

        cls.berg = world.person("Berg", cls.bert)
        world.order(cls.berg, "2023-05-01", 300)
        world.cancelled(cls.berg, "2024-06-01", 9999)

        cls.casa = world.person("Casa")
        world.order(cls.casa, "2024-04-15", 1000)
        order = world.order(cls.casa, "2024-05-15", 1000)
        world.refund(world.invoice(order, "2024-05-20"), "2024-06-05", 500)

        cls.dora = world.person("Dora", cls.anna)
        world.quotation(cls.dora, "2024-06-01", 700)

    def _as(self, user):
        return self.env(
            user=user,
            context={**self.env.context, "allowed_company_ids": self.company.ids},
        )

    def test_manager_learns_who_the_customers_are(self):
        manager = self._as(self.manager)

        # He sets fixed values and has everybody scored.
        self._score(manager)
        self.assertEqual(
            self._read_scorecards(manager),
            {
                "Acme": ("534", 3, 15000.0),
                "Berg": ("111", 1, 300.0),
                "Casa": ("422", 2, 1500.0),
            },
        )

        # Everybody scored is in exactly one RFM group.
        cards = manager["crm.customer.scorecard"].search([])
        self.assertTrue(all(card.rfm_group_id for card in cards))

        # A segment is a rule on the score: big customers have a monetary score of 4.
        scheme, big, small = self._segment(manager)
        self.assertEqual(self._read_members(manager, big), ["Acme"])
        self.assertEqual(self._read_members(manager, small), ["Berg", "Casa"])

        # The grid shows the same customers, two ways.
        grid = manager["crm.rfm.grid"].get_matrix()
        self.assertTrue(grid["rows"])

        # The measures tell the company's figures of June.
        measures = manager["crm.measure"].search([])
        measures.action_refresh()
        self.assertEqual(self._read_month(manager, "orders", "2024-06-01"), 1)
        self.assertEqual(self._read_month(manager, "revenue", "2024-06-01"), 3500)
        self.assertEqual(self._read_month(manager, "revenue", "2024-05-01"), 1000)

        # A salesperson sees his own customers and those of nobody, in every screen.
        anna, bert = self._as(self.anna), self._as(self.bert)
        self.assertEqual(set(self._read_scorecards(anna)), {"Acme", "Casa"})
        self.assertEqual(set(self._read_scorecards(bert)), {"Berg", "Casa"})
        self.assertEqual(self._read_members(anna, small), ["Casa"])
        self.assertEqual(self._read_members(bert, big), [])
        self.assertEqual(
            anna["res.partner"].browse(self.acme.id).segment_ids.ids, big.ids
        )
        report = bert["crm.segment.scorecard.report"]
        self.assertEqual(
            report._read_group(
                [("segmentation_id", "=", scheme.id)], ["segment_id"], ["revenue:sum"]
            ),
            [(small.with_env(bert), 1800.0)],
        )

    # ------------------------------------------------------------
    # WHAT THE MANAGER DOES
    # ------------------------------------------------------------

    def _score(self, env):
        policy = env["crm.rfm.policy"]._ensure(self.company).with_env(env)
        policy.write(
            {
                f"{dimension}_method": "fixed"
                for dimension in ("recency", "frequency", "monetary")
            }
        )
        policy.action_refresh()

    def _segment(self, env):
        scheme = env["crm.segmentation"].create(
            {
                "name": "Size",
                "company_id": self.company.id,
                "kind": "exclusive",
                "segment_ids": [
                    Command.create(
                        {
                            "name": name,
                            "method": "rule",
                            "sequence": sequence,
                            "domain": f"[('scorecard_id.monetary_score', {test})]",
                        }
                    )
                    for sequence, (name, test) in enumerate(
                        [("Big", "'>=', 4"), ("Small", "'in', [1, 2, 3]")]
                    )
                ],
            }
        )
        scheme.action_refresh()
        return scheme, *scheme.segment_ids.sorted("sequence")

    # ------------------------------------------------------------
    # WHAT SOMEBODY SEES
    # ------------------------------------------------------------

    def _read_scorecards(self, env):
        return {
            card.partner_id.name: (card.rfm_code, card.order_count, card.revenue)
            for card in env["crm.customer.scorecard"].search([])
        }

    def _read_members(self, env, segment):
        members = env["crm.segment.membership"].search(
            [("segment_id", "=", segment.id), ("date_end", "=", False)]
        )
        return sorted(members.partner_id.mapped("name"))

    def _read_month(self, env, code, day):
        value = env["crm.measure.value"].search(
            [
                ("measure_id.code", "=", code),
                ("date_from", "=", day),
                ("period", "=", "month"),
                ("company_id", "=", self.company.id),
                ("dimension_model", "=", False),
            ]
        )
        return round(value.value, 2)

from datetime import date
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_period import Period

from ..tools.seven_p import CostSource
from .seven_p_facts_common import SevenPFactsCommon

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


@tagged("post_install", "-at_install")
class TestCostSources(SevenPFactsCommon):
    """Another add-on that knows what channels cost adds a source, and no more.

    Here the expected revenue of a lead stands for the cost, its deadline for the day.

    ======  ==========================  ======
    day     what                        amount
    ======  ==========================  ======
    05-04   margin of an order             400
    05-10   cost of a channel              -40
    05-20   sales activity                 -10
    06-10   cost of a channel              -30
    07-10   cost of a channel, too late     -5
    ======  ==========================  ======
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.as_of_date = "2026-06-30"
        cls.acme = cls._create_customer("Acme")
        cls._create_order(cls.acme, "2026-05-04", 1000, cost=600)
        cls._touch(cls.acme, "2026-05-20 08:00:00", kind_cost=10)
        cls.env["crm.lead"].create(
            [
                {
                    "name": "Fair",
                    "partner_id": cls.acme.id,
                    "company_id": cls.company.id,
                    "date_deadline": day,
                    "expected_revenue": cost,
                }
                for day, cost in (
                    ("2026-05-10", 40),
                    ("2026-06-10", 30),
                    ("2026-07-10", 5),
                )
            ]
        )
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self._freeze_today()
        registry = type(self.sources)
        own = registry._get_cost_sources

        def _get_cost_sources(model):
            return [
                *own(model),
                CostSource(
                    "channel_cost",
                    "Cost of sales channels",
                    "channel_cost",
                    "_cost_of_channels",
                    changed="_changed_channels",
                ),
            ]

        def _cost_of_channels(model, company, window, customers, _orders):
            return SQL(
                """SELECT d.id, p.commercial_partner_id AS customer_id,
                          d.date_deadline AS day, d.expected_revenue AS cost
                     FROM crm_lead d JOIN %s p ON p.id = d.partner_id
                    WHERE d.company_id = %s AND d.date_deadline BETWEEN %s AND %s""",
                model._partners(customers),
                company.id,
                window.start,
                window.as_of,
            )

        def _changed_channels(_model, company, since):
            return SQL(
                """SELECT partner_id AS customer_id FROM crm_lead
                    WHERE company_id = %s AND write_date >= %s""",
                company.id,
                since,
            )

        for method in (_get_cost_sources, _cost_of_channels, _changed_channels):
            self.startPatcher(
                patch.object(registry, method.__name__, method, create=True)
            )

    def test_it_enters_the_profit_of_the_customer(self):
        for customers in (None, self.acme):
            row = self._read("profit", customers)[self.acme.id]
            self.assertRow(
                row,
                channel_cost=70.0,
                activity_cost=10.0,
                cost_to_serve=80.0,
                contribution=320.0,
                value_creation_rate=5.0,
            )
        lead = self.env["crm.lead"].search([("partner_id", "=", self.acme.id)], limit=1)
        lead.name = "Exhibition"
        self.assertIn(self.acme.id, self._changed("profit"))

    def test_it_enters_the_measures(self):
        measures = self.env["crm.measure"]
        found = measures._measure_contribution(self.company, [MAY, JUNE])
        self.assertEqual(
            {start.month: result.value for start, result in found.items()},
            {5: 350.0, 6: -30.0},
        )
        found = measures._measure_value_creation(self.company, [MAY, JUNE])
        self.assertEqual(
            {start.month: result.value for start, result in found.items()},
            {5: 8.0, 6: 0.0},
        )

    def test_it_enters_the_profit_analysis(self):
        report = self.env["crm.profit.report"].with_company(self.company)
        report = report.with_context(allowed_company_ids=self.company.ids)
        own = [("partner_id", "=", self.acme.id), ("date", "<", "2026-07-01")]
        rows = report._read_group(own, ["kind"], ["contribution:sum"])
        self.assertEqual(
            dict(rows), {"sale": 400.0, "activity": -10.0, "channel_cost": -70.0}
        )
        months = self.env["crm.profit.month"]
        months._refresh(self.company)
        months = months.with_context(allowed_company_ids=self.company.ids)
        [(cost, left)] = months._read_group(
            own, [], ["cost_to_serve:sum", "contribution:sum"]
        )
        self.assertEqual((cost, left), (80.0, 320.0))

    def test_a_score_says_that_it_has_it(self):
        had, lacking = self.sources._get_sources_of("profitability")
        self.assertEqual(
            [source.key for source in had],
            ["profit", "delivery", "complaint", "activity", "channel_cost"],
        )
        self.assertEqual([source.key for source in lacking], ["campaign_cost"])

    def test_the_column_is_filled_by_the_engine(self):
        """With the amount added to the part, as an add-on does it."""
        self.addCleanup(self.registry.reset_changes)
        part = self.env["crm.scorecard.profitability"]
        self.env["ir.model.fields"].create(
            {
                "name": "x_channel_cost",
                "model_id": self.env["ir.model"]._get_id(part._name),
                "ttype": "monetary",
                "currency_field": "currency_id",
            }
        )
        own = type(self.sources)._get_cost_sources

        def _get_cost_sources(model):
            *others, last = own(model)
            return [*others, last._replace(column="x_channel_cost")]

        self.startPatcher(
            patch.object(type(self.sources), "_get_cost_sources", _get_cost_sources)
        )
        self._refresh("2026-06-30")
        row = part.search([("partner_id", "=", self.acme.id)])
        self.assertEqual(
            (row.x_channel_cost, row.cost_to_serve, row.contribution),
            (70.0, 80.0, 320.0),
        )
        board = self.env["crm.seven.p.board"]
        self.assertIn("x_channel_cost", board._get_figure_names()["profitability"])

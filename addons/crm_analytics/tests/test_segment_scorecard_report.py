from odoo import Command
from odoo.tests import tagged

from .common import ScorecardCommon


@tagged("post_install", "-at_install")
class TestSegmentScorecardReport(ScorecardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big = cls._create_customer("Big", user_id=cls.manager.id)
        cls.small = cls._create_customer("Small")
        cls._create_order(cls.big, "2026-01-01", 900)
        cls._create_order(cls.small, "2026-01-02", 100)
        cls._refresh("2026-02-10")
        cls.scheme = cls.env["crm.segmentation"].create(
            {
                "name": "Value",
                "company_id": cls.company.id,
                "kind": "exclusive",
                "segment_ids": [
                    Command.create(
                        {
                            "name": "A",
                            "sequence": 1,
                            "domain": "[('scorecard_id.revenue', '>=', 500)]",
                        }
                    ),
                    Command.create(
                        {
                            "name": "B",
                            "sequence": 2,
                            "domain": "[('scorecard_id', '!=', False)]",
                        }
                    ),
                ],
            }
        )
        cls.scheme._refresh()

    def _report(self, user):
        groups = (
            self.env["crm.segment.scorecard.report"]
            .with_user(user)
            ._read_group(
                [("segmentation_id", "=", self.scheme.id)],
                ["segment_id"],
                ["__count", "revenue:sum"],
            )
        )
        return {segment.name: figures for segment, *figures in groups}

    def test_a_rule_tests_the_score_and_figures_group_by_segment(self):
        self.assertEqual(self._report(self.analyst), {"A": [1, 900.0], "B": [1, 100.0]})

    def test_seller_sees_own_and_nobodys_customers(self):
        self.assertEqual(self._report(self.seller), {"B": [1, 100.0]})

    def test_rules_read_the_figures_of_their_own_company(self):
        """The big order in the other company counts nothing for this scheme."""
        self._create_order(self.small, "2026-01-02", 5000, company=self.other_company)
        self._refresh("2026-02-10", company=self.other_company)
        self.scheme._refresh()
        self.assertEqual(self._report(self.analyst), {"A": [1, 900.0], "B": [1, 100.0]})

    def test_invoices_payments_and_expectation_by_segment(self):
        invoice = self._invoice(
            self._create_order(self.big, "2026-02-01", 300, cost=100), "2026-02-01"
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": "2026-02-05", "amount": 120})._create_payments()
        self._refresh("2026-02-10")
        [(invoiced, paid, still_open, margin)] = (
            self.env["crm.segment.scorecard.report"]
            .with_user(self.analyst)
            ._read_group(
                [("segment_id", "=", self.scheme.segment_ids[0].id)],
                [],
                [
                    f"{name}:sum"
                    for name in (
                        "invoiced_revenue",
                        "paid_amount",
                        "open_amount",
                        "gross_margin",
                    )
                ],
            )
        )
        self.assertEqual((invoiced, paid, still_open), (300.0, 120.0, 180.0))
        self.assertEqual(margin, self._card(self.big).margin)

    def test_an_offer_shows_what_its_segment_brings_and_costs(self):
        kind = self.env["crm.sales.activity.kind"].create(
            {"name": "Call", "code": "offer_call"}
        )
        self.env["crm.sales.activity"].create(
            {
                "partner_id": self.big.id,
                "company_id": self.company.id,
                "kind_id": kind.id,
                "kind_cost": 40,
                "date_start": "2026-02-01 08:00:00",
                "state": "done",
            }
        )
        self._refresh("2026-02-10")
        offers = self.env["crm.segment.offer"].create(
            [
                {"name": f"For {segment.name}", "segment_id": segment.id}
                for segment in (*self.scheme.segment_ids, self.scheme.segment_ids[0])
            ]
        )
        self.env.flush_all()
        for user, figures in ((self.manager, (1, 40.0)), (self.seller, (0, 0.0))):
            mine = offers.with_user(user).with_company(self.company)
            first = mine[0]
            self.assertEqual(
                (first.segment_customer_count, first.segment_cost_to_serve), figures
            )
            self.assertEqual(
                first.segment_contribution,
                first.segment_gross_margin - first.segment_cost_to_serve,
            )
        mine = offers.with_user(self.manager).with_company(self.company)
        self.assertEqual(mine[0].segment_gross_margin, self._card(self.big).margin)
        counts = []
        for some in (mine, mine[:1], mine):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.mapped("segment_contribution")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_margin_so_far_beside_the_expected_lifetime_value(self):
        rows = self.env["crm.scorecard.prospecting"].search(
            [("partner_id", "in", (self.big | self.small).ids)]
        )
        self.assertEqual(len(rows), 2)
        for row in rows.with_user(self.analyst):
            card = self._card(row.partner_id)
            self.assertEqual(
                (row.former_margin, row.former_revenue), (card.margin, card.revenue)
            )

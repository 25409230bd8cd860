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

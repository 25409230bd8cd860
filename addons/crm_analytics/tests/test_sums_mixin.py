from itertools import chain
from unittest.mock import patch

from odoo.models import BaseModel
from odoo.tests import tagged

from .common import ScorecardCommon

SUMS = ("revenue:sum", "margin:sum", "order_count:sum", "__count")
MONEY = ("revenue:sum_currency", "currency_id:array_agg_distinct")


@tagged("post_install", "-at_install")
class TestSumsMixin(ScorecardCommon):
    """Pivots read the short way show what the host's own way shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for index in range(8):
            customer = cls._create_customer(
                f"Customer {index}",
                user_id=(cls.seller if index % 3 else cls.manager).id,
                country_id=cls.env.ref("base.de" if index % 2 else "base.fr").id,
            )
            for order in range(index + 1):
                cls._create_order(
                    customer,
                    f"2026-0{order % 3 + 1}-1{index}",
                    round(33.33 * (index + 1) + order / 7, 2),
                    company=(cls.company, cls.other_company)[order % 2],
                )
        customer.active = False
        for company in (cls.company, cls.other_company):
            cls._refresh("2026-04-10", company=company)
        scheme = cls.env["crm.segmentation"].create(
            {
                "name": "Value",
                "kind": "exclusive",
                "company_id": False,
                "segment_ids": [
                    (0, 0, {"name": name, "sequence": place, "domain": domain})
                    for place, (name, domain) in enumerate(
                        (
                            ("Z", "[('country_id.code', '=', 'DE')]"),
                            ("A", "[('is_company', '=', True)]"),
                        )
                    )
                ],
            }
        )
        scheme._refresh()

    def _model(self, name, user=None, companies=None):
        companies = companies or self.company
        user = user or self.analyst
        user.sudo().company_ids |= companies
        model = self.env[name].with_user(user)
        return model.with_context(allowed_company_ids=companies.ids)

    def assertSame(self, model, sets, aggregates=SUMS, *, short=True, **arguments):
        """The results agree, and came the short way or the host's as expected."""
        arguments.setdefault("domain", [])
        # as the web client's call: without it the host leaves the order open
        arguments.setdefault("order", ", ".join(dict.fromkeys(chain(*sets))))
        host = BaseModel._read_grouping_sets(
            model, grouping_sets=sets, aggregates=aggregates, **arguments
        )
        with patch.object(
            type(model), "_add_up", autospec=True, side_effect=type(model)._add_up
        ) as add_up:
            result = model._read_grouping_sets(
                grouping_sets=sets, aggregates=aggregates, **arguments
            )
        self.assertEqual(len(result), len(host))
        for mine, theirs in zip(result, host, strict=True):
            self.assertEqual([len(row) for row in mine], [len(row) for row in theirs])
            for row, other in zip(mine, theirs, strict=True):
                for figure, expected in zip(row, other, strict=True):
                    if isinstance(expected, float):
                        self.assertAlmostEqual(figure, expected, 2)
                    else:
                        self.assertEqual(figure, expected)
        self.assertEqual(add_up.called, short)
        return result

    def test_scorecards_by_group(self):
        cards = self._model("crm.customer.scorecard")
        total, _groups = self.assertSame(cards, [[], ["rfm_group_id"]])
        self.assertEqual(total[0][-1], 7)

    def test_archived_customers_without_a_group(self):
        cards = self._model("crm.customer.scorecard").with_context(active_test=False)
        _total, groups = self.assertSame(cards, [[], ["rfm_group_id"]])
        self.assertFalse(groups[-1][0])

    def test_segments_in_two_levels(self):
        report = self._model("crm.segment.scorecard.report")
        sets = [[], ["segmentation_id"], ["segmentation_id", "segment_id"]]
        *_levels, finest = self.assertSame(report, sets)
        self.assertTrue(finest)
        self.assertSame(
            report,
            sets,
            order="segmentation_id, segment_id",
            domain=[("revenue", ">", 90)],
        )

    def test_rows_by_columns(self):
        cards = self._model("crm.customer.scorecard")
        group, month = "rfm_group_id", "last_order_date:month"
        self.assertSame(cards, [[], [month]])
        self.assertSame(cards, [[], [group], [month], [group, month]])
        self.assertSame(cards, [[month], [group, month]])

    def test_states_by_month(self):
        self.env["crm.lifecycle.policy"]._ensure(self.company)._refresh("full")
        stays = self._model("crm.lifecycle.transition")
        state, month = "state", "date_start:month"
        sets = [[], [state], [month], [state, month]]
        total, states, *_others = self.assertSame(stays, sets, ["__count"])
        self.assertEqual(total[0][0], sum(row[1] for row in states))
        self.assertGreater(len(states), 1)
        self.assertSame(stays.with_context(tz="Asia/Shanghai"), sets, ["__count"])

    def test_order_of_partners_is_that_of_the_host(self):
        cards = self._model("crm.customer.scorecard")
        self.assertSame(cards, [[], ["partner_id"]], order="partner_id")

    def test_record_rules(self):
        cards = self._model("crm.customer.scorecard", self.seller)
        total, _groups = self.assertSame(cards, [[], ["rfm_group_id"]])
        self.assertEqual(total[0][-1], 4)

    def test_two_companies_of_one_currency(self):
        self.assertEqual(self.company.currency_id, self.other_company.currency_id)
        cards = self._model(
            "crm.customer.scorecard", companies=self.company | self.other_company
        )
        sets = [[], ["company_id"], ["company_id", "rfm_group_id"]]
        self.assertSame(cards, sets, SUMS + MONEY)

    def test_companies_of_two_currencies(self):
        self.other_company.currency_id = self.euro
        cards = self._model(
            "crm.customer.scorecard", companies=self.company | self.other_company
        )
        sets = [[], ["company_id"]]
        self.assertSame(cards, sets, SUMS + MONEY, short=False)

    def test_nothing_found(self):
        cards = self._model("crm.customer.scorecard")
        none = [("revenue", ">", 1e9)]
        self.assertSame(cards, [[], ["rfm_group_id"]], short=False, domain=none)
        self.assertSame(
            cards, [[], ["rfm_group_id"]], short=False, domain=[(0, "=", 1)]
        )

    def test_what_is_not_so_simple_goes_the_way_of_the_host(self):
        cards = self._model("crm.customer.scorecard")
        by_group = [[], ["rfm_group_id"]]
        self.assertSame(cards, by_group, short=False, order="revenue:sum desc")
        self.assertSame(cards, by_group, short=False, order="rfm_group_id desc")
        self.assertSame(cards, by_group, ("average_order:avg",), short=False)
        self.assertSame(cards, [[], ["user_id"]], short=False)
        self.assertSame(cards, [[], ["last_order_date:month_number"]], short=False)
        self.assertSame(cards, [["company_id"], ["rfm_group_id"]], short=False)
        self.assertSame(cards, [[]], short=False)
        self.assertSame(cards.sudo(), by_group, short=False)

    def test_client_call_with_a_limit_of_groups(self):
        cards = self._model("crm.customer.scorecard")
        web = cards.formatted_read_grouping_sets([], [[], ["rfm_group_id"]], list(SUMS))
        groups = cards.formatted_read_group([], ["rfm_group_id"], list(SUMS), limit=2)
        self.assertEqual(
            [group["rfm_group_id"] for group in web[1][:2]],
            [group["rfm_group_id"] for group in groups],
        )

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_analytics.tools.seven_p import Source

from .seven_p_common import SevenPCommon


@tagged("post_install", "-at_install")
class TestSevenP(SevenPCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bauxite = cls._create_customer("Bauxite", street="Mine Road 1", zip="1234")
        cls.customer = cls.bauxite
        for day, amount in (
            ("2023-02-10", 100.0),  # neither year
            ("2024-05-06", 200.0),  # Monday, former
            ("2025-03-10", 300.0),  # Monday, recent
            ("2025-03-19", 100.0),  # Wednesday
        ):
            cls._create_order(cls.customer, day, amount)

    # --- PERSISTENCY

    def test_persistency_by_hand(self):
        self._refresh("2025-06-30")
        self.assertPart(
            "persistency",
            self.customer,
            customer_since="2023-02-10",
            recent_order_count=2,
            former_order_count=1,
            recent_revenue=400.0,
            former_revenue=200.0,
            revenue_trend=0.33,
            active_month_count=1,
            peak_month="3",
            peak_weekday="1",
            peak_share=66.7,
            is_retained=True,
        )

    def test_a_refund_lowers_the_year_in_which_it_was_given(self):
        order = self._create_order(self.customer, "2024-06-03", 1000.0)
        invoice = self._invoice(order, "2024-06-03")
        self._refund(invoice, "2025-01-15", 400.0)
        self._refresh("2025-06-30")
        self.assertPart(
            "persistency", self.customer, recent_revenue=0.0, former_revenue=1200.0
        )
        self.assertPart("persistency", self.customer, revenue_trend=-1.0)

    def test_all_refunded_one_order_and_old_orders(self):
        refunded = self._create_customer("All Refunded")
        order = self._create_order(refunded, "2025-02-03", 500.0)
        self._refund(self._invoice(order, "2025-02-04"), "2025-02-05")
        old = self._create_customer("Old")
        self._create_order(old, "2020-02-03", 500.0)
        self._refresh("2025-06-30")
        self.assertPart(
            "persistency",
            refunded,
            recent_order_count=1,
            recent_revenue=0.0,
            revenue_trend=0.0,
            is_retained=False,
            regularity=0.0,
        )
        self.assertPart(
            "persistency",
            old,
            recent_order_count=0,
            former_order_count=0,
            peak_month=False,
            active_month_count=0,
        )
        self.assertTrue(self._row("score", old).total_score)

    def test_no_orders_at_all_and_orders_of_the_future(self):
        nobody = self._create_customer("Nobody")
        self._create_order(nobody, "2025-08-01", 50.0)
        run = self._refresh("2025-06-30")
        self.assertNoParts(nobody)
        self.assertEqual(run.state, "done")
        other = self._refresh("2025-06-30", company=self.other_company)
        self.assertEqual((other.state, other.part_changed_count), ("done", 0))

    def test_days_are_those_of_the_company(self):
        late = self._create_customer("Late")
        # the first of July in Shanghai
        self._create_order(late, "2025-06-30 20:00:00", 70.0)
        self._create_order(late, "2024-06-30 20:00:00", 30.0)
        self._refresh("2025-07-01")
        self.assertPart("persistency", late, recent_order_count=1)
        self._refresh("2025-06-30")
        self.assertPart("persistency", late, recent_order_count=1, recent_revenue=30.0)

    # --- PROFILING

    def test_profiling_by_hand(self):
        self.policy.master_data = "street, zip, city, phone"
        self._create_customer("Contact", is_company=False, parent_id=self.customer.id)
        web = self.env["utm.source"].create({"name": "Fair"})
        lead = self.env["crm.lead"].create(
            {
                "name": "First call",
                "partner_id": self.customer.id,
                "source_id": web.id,
                "company_id": self.company.id,
            }
        )
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2022-12-01 05:00' WHERE id = %s",
            [lead.id],
        )
        self._refresh("2025-06-30")
        self.assertPart(
            "profiling",
            self.customer,
            completeness=50.0,
            contact_count=1,
            first_contact_date="2022-12-01",
            source_id=web,
        )

    def test_a_person_needs_no_tax_id_and_no_size(self):
        self.policy.master_data = "street, zip, vat, crm_company_size"
        person = self._create_customer("Ms Lead", is_company=False, street="A", zip="1")
        self._create_order(person, "2025-03-10", 300.0)
        self._refresh("2025-06-30")
        self.assertPart("profiling", person, completeness=100.0)
        self.assertPart("profiling", self.customer, completeness=50.0)
        self.customer.crm_company_size = "0050"
        self._refresh("2025-06-30")
        self.assertPart("profiling", self.customer, completeness=75.0)
        rows = self.env["crm.seven.p.report"].with_user(self.analyst)
        grouped = rows._read_group(
            [("partner_id", "in", (person | self.customer).ids)],
            ["crm_company_size", "state_id"],
            ["__count"],
        )
        self.assertEqual(
            [(row[0], row[-1]) for row in grouped], [("0050", 1), (False, 1)]
        )
        self.policy.master_data = "vat"
        self._refresh("2025-06-30")
        self.assertFalse(self._row("profiling", person).completeness)

    def test_master_data_names_stored_fields_of_the_contact(self):
        for name in ("nothing", "child_ids", "display_name, email"):
            with self.assertRaises(ValidationError):
                self.policy.master_data = name
                self.policy.flush_recordset()

    # --- SCORES

    def test_scores_and_explanation_by_hand(self):
        self._set_factors("profiling")
        self._set_factors(
            "persistency",
            trend=(1, -1, 1),  # 0.33: 67 points
            months=(2, 0, 4),  # 1: 25 points
        )
        for part in (
            "performance",
            "profitability",
            "prospecting",
            "product",
            "promotion",
        ):
            self._set_factors(part)
        self._refresh("2025-06-30")
        score = self._row("score", self.customer)
        # (67 + 2 x 25) / 3 = 39
        self.assertEqual(score.persistency_score, 39)
        self.assertIs(score.profiling_score, False)
        self.assertEqual(score.total_score, 39)
        lines = score.with_user(self.analyst)._explain("persistency")
        self.assertEqual(
            (lines["score"], lines["previous_score"], str(lines["start"])),
            (39, None, "2024-07-01"),
        )
        found = {line["code"]: line for line in lines["factors"]}
        self.assertEqual(found["trend"]["value"], 0.33)
        self.assertEqual(found["trend"]["points"], 67)
        self.assertEqual(found["months"]["points"], 25)
        shares = [found[code]["contribution"] for code in ("trend", "months")]
        self.assertAlmostEqual(shares[0], 67 / 3)
        self.assertAlmostEqual(shares[1], 50 / 3)
        self.assertIn("Orders of the last 24 months", lines["sources"])
        self.assertIn("Revenue trend", score.explanation)

    def test_what_is_not_known_has_no_points_and_no_weight(self):
        """Regularity takes three purchase days; nobody knows what he needs."""
        self._set_factors("persistency", months=(1, 0, 4), regularity=(3, 0, 1))
        self._refresh("2025-06-30")
        row = self._row("persistency", self.customer)
        self.assertIsNot(row.regularity, False)
        once = self._create_customer("Once")
        self._create_order(once, "2025-02-03", 500.0)
        self._refresh("2025-06-30")
        row = self._row("persistency", once)
        self.assertEqual(row.active_month_count, 1)
        for name in ("regularity", "supply_share"):
            self.assertIs(row[name], False)
            self.assertIs(row.read([name])[0][name], False)
        score = self._row("score", once)
        self.assertEqual(score.persistency_score, 25)
        lines = {
            line["code"]: line for line in score._explain("persistency")["factors"]
        }
        self.assertEqual(lines["months"]["points"], 25)
        self.assertIsNone(lines["regularity"]["points"])
        self.assertEqual(score._get_value_text(lines["regularity"]), "not known")
        report = self.env["crm.seven.p.report"]
        [shown] = report.search_read([("partner_id", "=", once.id)], ["regularity"])
        self.assertIs(shown["regularity"], False)

    def test_a_tenure_counts_by_its_days(self):
        self._set_factors("persistency", tenure=(1, 0, 1742))
        self._refresh("2025-06-30")
        # 871 days since 2023-02-10
        self.assertEqual(self._row("score", self.customer).persistency_score, 50)

    def test_weights_of_the_parts(self):
        for part in ("profitability", "performance", "prospecting", "product"):
            self._set_factors(part)
        self._set_factors("promotion")
        self._set_factors("profiling", completeness=(1, 0, 100))
        self._set_factors("persistency", retained=(1, 0, 1))
        self.policy.write(
            {"profiling_weight": 1, "persistency_weight": 3, "master_data": "city"}
        )
        self._refresh("2025-06-30")
        score = self._row("score", self.customer)
        self.assertEqual(
            (score.profiling_score, score.persistency_score, score.total_score),
            (0, 100, 75),
        )

    def test_history_by_month_end(self):
        runs = self.env["crm.scorecard.run"]
        for part in set(self.factors.mapped("part")):
            self._set_factors(part)
        self._set_factors("persistency", months=(1, 0, 4))
        for day in ("2025-02-28", "2025-03-31", "2025-04-30"):
            run = runs._start(self.company, "month_end")
            run._work(runs._get_task("month_end", date.fromisoformat(day)))
            self.assertEqual(run.state, "done")
        rows = self.env["crm.seven.p.score.history"].search(
            [("partner_id", "=", self.customer.id)], order="date_start"
        )
        self.assertEqual(
            [(str(r.date_start), str(r.date_end), r.persistency_score) for r in rows],
            [("2025-02-28", "2025-03-31", 25), ("2025-03-31", "False", 50)],
        )
        self._create_order(self.customer, "2025-05-05", 10.0)
        self._refresh("2025-05-31")
        score = self._row("score", self.customer)
        self.assertEqual(str(score.previous_date), "2025-04-30")
        self.assertEqual(score.previous_persistency_score, 50)
        self.assertEqual(score.persistency_score, 50)
        lines = score._explain("persistency")
        self.assertEqual(lines["previous_score"], 50)
        self.assertEqual(lines["factors"][0]["previous_points"], 50)

    # --- SOURCES

    def test_another_source_adds_to_a_part(self):
        registry = self.env.registry["crm.scorecard.source"]
        had = registry._get_sources

        def more(model):
            return [
                *had(model),
                Source("extra", "persistency", "Extra", ("peak_share",), "_extra"),
                Source("gone", "promotion", "Channel cost", (), None, lacking="soon"),
            ]

        def extra(model, company, window, customers):
            return SQL(
                "SELECT %s AS customer_id, 12.34 AS peak_share", self.customer.id
            )

        with (
            patch.object(registry, "_get_sources", more),
            patch.object(registry, "_extra", extra, create=True),
        ):
            self._refresh("2025-06-30")
            self.assertPart("persistency", self.customer, peak_share=12.3)
            lines = self._row("score", self.customer)._explain("promotion")
            self.assertIn(("Channel cost", "soon"), lines["lacking"])

    # --- FACTORS

    def test_every_company_has_its_own_factors(self):
        again = self.env["crm.scorecard.factor"]._ensure(self.company)
        self.assertEqual(again, self.factors)
        slots = self.factors.mapped("slot")
        self.assertEqual(sorted(slots), list(range(1, len(slots) + 1)))
        other = self.env["crm.scorecard.factor"]._ensure(self.other_company)
        self.assertEqual(set(other.mapped("code")), set(self.factors.mapped("code")))
        with self.assertRaises(UserError):
            self.factors[0].unlink()

    def test_a_factor_of_ones_own_needs_a_figure(self):
        factors = self.env["crm.scorecard.factor"].with_user(self.analyst)
        values = {"part": "persistency", "name": "Peak", "code": "peak"}
        with self.assertRaises(ValidationError):
            factors.create({**values, "column": "revenue_of_mars"})
        factor = factors.create({**values, "column": "peak_share"})
        self.assertTrue(factor.is_known)
        self.assertEqual(factor.slot, max(self.factors.mapped("slot")) + 1)
        self.assertTrue(self.policy.is_part_stale)
        with self.assertRaises(AccessError):
            factor.with_user(self.seller).weight = 5

    def test_values_are_proposed_by_the_customers(self):
        factor = self.factors.filtered(lambda f: f.code == "months")
        for months in range(1, 11):
            partner = self._create_customer(f"Customer {months}")
            for number in range(months):
                self._create_order(partner, f"2025-{6 - number % 6:02}-01", 10.0)
        self._refresh("2025-06-30")
        factor.with_user(self.analyst).action_propose()
        self.assertEqual((factor.value_zero, factor.value_full), (1.0, 6.0))

    def test_the_preview_changes_nothing_until_it_is_applied(self):
        self._set_factors("persistency", months=(1, 0, 4))
        self._refresh("2025-06-30")
        factor = self.factors.filtered(lambda f: f.code == "months")
        action = factor.with_user(self.analyst).action_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        preview = preview.with_user(self.analyst)
        preview.line_ids.value_full = 1
        preview.action_preview()
        self.assertIn("Persistency", preview.result)
        self.assertIn("Bauxite", preview.result)
        self.assertEqual(factor.value_full, 4)
        self.assertFalse(self.policy.is_part_stale)
        self.assertEqual(self._row("score", self.customer).persistency_score, 25)
        preview.action_apply()
        self.assertEqual(factor.value_full, 1)
        self._refresh("2025-06-30", mode="incremental")
        self.assertEqual(self._row("score", self.customer).persistency_score, 100)
        with self.assertRaises(AccessError):
            factor.with_user(self.seller).action_preview()

import random
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .seven_p_common import SevenPCommon

AS_OF = "2026-06-30"


@tagged("post_install", "-at_install")
class TestSevenPRuns(SevenPCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls.env["crm.sales.activity.kind"].create(
            {"name": "Quick call", "code": "seven_p_run_call"}
        )
        cls.product.categ_id = cls.env["product.category"].create({"name": "Metal"})
        cls.customer = cls._create_customer("Bauxite")
        cls._create_order(cls.customer, "2026-02-10", 100.0)

    def _make_ledger(self, chance, count=10):
        """Let random customers buy, pay back and change their addresses."""
        customers = [
            self._create_customer(f"Random {number}", city=chance.choice(["", "Ulm"]))
            for number in range(count)
        ]
        for customer in customers:
            for _number in range(chance.randint(0, 4)):
                self._make_order(chance, customer)
            for what in (self._complain, self._call, self._need):
                if chance.random() < 0.3:
                    what(chance, customer)
        return customers

    def _complain(self, chance, customer):
        kinds = self.env["crm.complaint.kind"]
        complaint = self.env["crm.complaint"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "kind_id": kinds.search([("type", "=", "complaint")], limit=1).id,
                "description": "Scratches",
            }
        )
        day = date(2026, 6, 28) - timedelta(days=chance.randint(0, 400))
        complaint.date_received = f"{day} 08:00:00"

    def _call(self, chance, customer):
        day = date(2026, 6, 28) - timedelta(days=chance.randint(0, 400))
        self.env["crm.sales.activity"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "kind_id": self.call.id,
                "date_start": f"{day} 08:00:00",
                "state": "done",
                "kind_cost": chance.choice([0, 25]),
            }
        )

    def _need(self, chance, customer, source="customer"):
        """Note his whole demand of what he buys."""
        self.env["crm.supply.record"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "category_id": self.product.categ_id.id,
                "date_from": "2025-07-01",
                "date_to": AS_OF,
                "quantity": chance.choice([1, 20]),
                "uom_id": self.product.uom_id.id,
                "source": source,
            }
        )

    def _make_order(self, chance, customer):
        day = date(2026, 7, 10) - timedelta(days=chance.randint(0, 900))
        currency = chance.choice([self.company.currency_id, self.euro])
        amount = chance.choice([0.0, 33.33, 120.0, 999.99])
        order = self._create_order(
            customer,
            f"{day} {chance.randint(0, 23):02}:30:00",
            amount,
            currency=currency,
        )
        if amount and chance.random() < 0.3:
            invoice = self._invoice(order, str(day))
            if chance.random() < 0.6:
                self._refund(invoice, str(day + timedelta(days=9)), amount / 2)
        return order

    def _change_ledger(self, chance, customers):
        """Change some of what :meth:`_make_ledger` made."""
        for customer in chance.sample(customers, 4):
            self._make_order(chance, customer)
        orders = self.env["sale.order"].search(
            [("partner_id", "in", [customer.id for customer in customers])]
        )
        moved, gone = chance.sample(list(orders), 2)
        moved.partner_id = customers[0]
        gone._action_cancel()
        customers[1].city = "Aachen"
        self._complain(chance, customers[3])
        self._call(chance, customers[4])
        self._need(chance, customers[5], source="estimate")
        self.env["crm.lead"].create(
            {
                "name": "Call",
                "partner_id": customers[2].id,
                "company_id": self.company.id,
                "source_id": self.env["utm.source"].create({"name": "Fair"}).id,
            }
        )

    def test_full_and_incremental_give_the_same_rows(self):
        for seed in range(2):
            chance = random.Random(seed)
            customers = self._make_ledger(chance)
            self._refresh(AS_OF)
            self._backdate()
            self._change_ledger(chance, customers)
            run = self._refresh(AS_OF, "incremental")
            self.assertEqual(run.mode, "incremental")
            before = self._dump()
            run = self._refresh(AS_OF)
            self.assertEqual(self._dump(), before)
            self.assertEqual(run.part_changed_count, 0)
            # from nothing, by everyone
            for model in self.engine._get_models().values():
                self.env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(model._table)))
            self._refresh(AS_OF)
            self.assertEqual(self._dump(), before)

    def test_an_incremental_run_looks_at_the_changed_only(self):
        other = self._create_customer("Other")
        self._create_order(other, "2026-03-10", 50.0)
        self._refresh(AS_OF)
        self._backdate()
        run = self._refresh(AS_OF, "incremental")
        self.assertEqual((run.part_changed_count, len(run.part_ids)), (0, 0))
        self._create_order(other, "2026-03-11", 50.0)
        run = self._refresh(AS_OF, "incremental")
        parts = {part.part: part for part in run.part_ids}
        self.assertEqual(parts["persistency"].customer_count, 1)
        self.assertEqual(parts["persistency"].updated_count, 1)
        self.assertPart("persistency", other, recent_order_count=2)

    def test_the_window_stays_until_the_next_full_refresh(self):
        self._refresh("2026-06-30")
        self._refresh("2026-06-30", "incremental")
        self._create_order(self.customer, "2026-06-29", 10.0)
        run = self.env["crm.scorecard.run"]._refresh(
            self.company, date(2026, 6, 30), "incremental"
        )
        self.assertEqual(run.mode, "incremental")
        self.assertEqual(str(self.policy.part_as_of), "2026-06-30")
        self.assertPart("persistency", self.customer, recent_order_count=2)

    def test_a_full_run_tells_what_nothing_explains(self):
        self._refresh(AS_OF)
        self._backdate()
        self.env.cr.execute(
            "UPDATE crm_scorecard_persistency SET recent_order_count = 77"
            " WHERE partner_id = %s",
            [self.customer.id],
        )
        run = self._refresh(AS_OF)
        corrected = {part.part: part.corrected_count for part in run.part_ids}
        self.assertEqual(corrected["persistency"], 1)
        self.assertEqual(sum(corrected.values()), 1)

    def test_parts_refreshed_without_the_core_are_caught_up(self):
        self._refresh(AS_OF)
        self._create_order(self.customer, "2026-03-11", 50.0)
        self.env["crm.scorecard.engine"]._refresh(
            self.policy, "incremental", date(2026, 6, 30)
        )
        self.policy.watermark = "2026-01-01 00:00:00"  # another refresh of the core
        self._backdate()
        self._refresh(AS_OF, "incremental")
        self.assertPart("persistency", self.customer, recent_order_count=2)

    # --- WHAT GOES WRONG

    def test_a_run_killed_in_the_middle_leaves_the_former_rows(self):
        self._refresh(AS_OF)
        before = self._dump()
        revenue = self._card(self.customer).revenue
        self._create_order(self.customer, "2026-03-11", 50.0)
        self._backdate()

        def fail(model, *args, **kwargs):
            raise ValueError("no figures today")

        registry = self.env.registry["crm.scorecard.source"]
        with (
            patch.object(registry, "_persistency_card_sql", fail),
            mute_logger("odoo.addons.crm_analytics.models.crm_run_mixin"),
        ):
            run = self.env["crm.scorecard.run"]._run_safely(self.company, "full")
        self.assertEqual(run.state, "failed")
        self.assertIn("persistency: no figures today", run.error)
        self.assertEqual(self._dump(), before)
        self.assertEqual(self._card(self.customer).revenue, revenue)
        run = self._refresh(AS_OF)
        self.assertEqual(run.state, "done")
        self.assertPart("persistency", self.customer, recent_order_count=2)

    def test_two_runs_at_once(self):
        locked = patch.object(
            self.env.registry["crm.rfm.policy"],
            "try_lock_for_update",
            lambda policy, **kwargs: policy.browse(),
        )
        with locked, self.assertRaises(UserError):
            self._refresh(AS_OF)
        self.assertNoParts(self.customer)

    def test_two_companies_stay_apart(self):
        self._create_order(
            self.customer,
            "2026-03-10",
            700.0,
            company=self.other_company,
        )
        self._refresh(AS_OF)
        self.assertNoParts(self.customer, self.other_company)
        self._refresh(AS_OF, company=self.other_company)
        self.assertPart("persistency", self.customer, recent_revenue=100.0)
        self.assertPart(
            "persistency", self.customer, self.other_company, recent_revenue=700.0
        )
        visible = self.env["crm.seven.p.report"].with_user(self.analyst)
        self.assertEqual(visible.search([]).company_id, self.company)

    def test_merged_and_archived_customers(self):
        heir = self._create_customer("Heir")
        self._create_order(heir, "2026-03-10", 50.0)
        run = self.env["crm.scorecard.run"]
        self._refresh(AS_OF)
        month_end = run._start(self.company, "month_end")
        month_end._work(run._get_task("month_end", date(2026, 5, 31)))
        self._refresh(AS_OF)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.customer.id, heir.id], heir)
        self._refresh(AS_OF, "incremental")
        self.assertPart("persistency", heir, recent_order_count=2, recent_revenue=150.0)
        history = self.env["crm.seven.p.score.history"].search(
            [("partner_id", "=", heir.id)]
        )
        self.assertEqual(len(history), 1)
        heir.active = False
        self._refresh(AS_OF)
        self.assertPart("persistency", heir, recent_order_count=2)
        report = self.env["crm.seven.p.report"]
        self.assertFalse(report.search([("partner_id", "=", heir.id)]))

    def test_the_progress_is_told_to_others(self):
        seen = []
        registry = self.env.registry["crm.scorecard.source"]
        had = registry._persistency_card_sql

        def look(model, *args):
            # as another session sees it; statistics are kept for a transaction
            self.env.cr.execute("SELECT pg_stat_clear_snapshot()")
            seen.append(self.env["crm.scorecard.run"]._get_progress())
            return had(model, *args)

        with patch.object(registry, "_persistency_card_sql", look):
            self._refresh(AS_OF)
        self.assertEqual(seen, [{self.company.id: 30.0}])

    # --- SCREENS

    def test_list_pivot_and_rights(self):
        self.customer.user_id = self.manager
        free = self._create_customer("Nobody's")
        self._create_order(free, "2026-03-10", 50.0)
        self._refresh(AS_OF)
        report = self.env["crm.seven.p.report"]
        every = report.with_user(self.analyst).search([])
        self.assertEqual(every.partner_id, self.customer | free)
        own = report.with_user(self.seller).search([])
        self.assertEqual(own.partner_id, free)
        for part in ("persistency", "score"):
            model = self.engine._get_models()[part].with_user(self.seller)
            self.assertEqual(model.search([]).partner_id, free)
        rows = report.with_user(self.analyst)._read_group(
            [], ["user_id"], ["total_score:avg", "recent_revenue:sum"]
        )
        self.assertEqual({row[2] for row in rows}, {100.0, 50.0})

    def test_a_list_takes_the_same_queries_for_any_number_of_rows(self):
        names = ["partner_id", "revenue", "total_score", "revenue_trend", "peak_month"]
        counts = []
        for number in (1, 12):
            while len(self.env["crm.seven.p.report"].search([])) < number:
                partner = self._create_customer("More")
                self._create_order(partner, "2026-03-10", 50.0)
                self._refresh(AS_OF)
            report = self.env["crm.seven.p.report"].with_user(self.analyst)
            report.env.invalidate_all()
            report.search_read([], names, limit=1)
            report.env.invalidate_all()
            before = self.env.cr.sql_log_count
            report.search_read([], names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 4)

    # --- WHAT A RUN TELLS

    def test_a_run_tells_its_rules_in_words(self):
        self._create_order(self.customer, "2026-05-10", 300.0)
        other = self._create_customer("Other")
        self._create_order(other, "2026-05-10", 1000.0)
        self._need(random.Random(0), self.customer)
        run = self._refresh(AS_OF).with_user(self.analyst)
        lines = dict(x.split(": ", 1) for x in run.parameter_text.splitlines())
        self.assertEqual(
            lines["Weights of the 7 P"],
            "Profiling 1, Persistency 1, Profitability 1, Performance 1,"
            " Prospecting 1, Product 1, Promotion 1",
        )
        self.assertEqual(
            lines["Profiling, Master data filled in"],
            "weight 2, 0 points at 0 %, 100 points at 100 %",
        )
        # a tenth of the 600 between both above and below: 460 and 940
        self.assertEqual(
            lines["Profitability, Gross margin"],
            "weight 1, 0 points at $\N{NO-BREAK SPACE}460.00,"
            " 100 points at $\N{NO-BREAK SPACE}940.00",
        )
        self.assertIn(
            "Profitability, Gross margin", lines["Values proposed by this run"]
        )
        self.assertEqual(
            lines["ABC classes"], "A up to 80 %, B up to 95 % of the revenue"
        )
        self.assertEqual(lines["Typical interval"], "89 days")
        self.assertEqual(
            lines["Churn sign Few orders so far"],
            "weight 25, says nothing at 6 purchases, most at 1 purchases",
        )
        self.assertEqual(
            lines["Lifetime value"], "3 years ahead, discount 10 % per year"
        )
        # 1,400 for three
        self.assertEqual(
            lines["Prices used for demand"], "Metal $\N{NO-BREAK SPACE}466.67 per Units"
        )
        self.assertIn("$", lines["Monetary"])

    def test_a_run_tells_its_rules_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        factor = self.factors.filtered(lambda f: f.code == "completeness")
        factor.with_context(lang="de_DE").name = "Stammdaten"
        factor.value_full = 99.5
        run = self._refresh(AS_OF).with_context(lang="de_DE")
        self.assertIn("Stammdaten", run.parameter_text)
        self.assertIn("99,50", run.parameter_text)

from odoo.tests import tagged
from odoo.tools import SQL

from ..models.board.crm_seven_p_board_figure import FIGURES
from .board_common import TODAY, BoardCommon


@tagged("post_install", "-at_install")
class TestSevenPBoardShown(BoardCommon):
    """What the board and the 7 P analysis show, of whom, and how they explain it."""

    # --- WHAT A CUSTOMER IS, BUYS AND IS OFFERED

    def test_every_figure_is_a_field(self):
        boards = self.env["crm.seven.p.board"]
        for part, names in FIGURES.items():
            for name in names:
                table, column = boards._get_place(part, name)
                self.assertIn(column, boards._get_part(table)._fields, name)

    def test_figures_of_other_tables_stand_in_their_part(self):
        board = self._board(self.manager, "customer", self.stayer)
        cells = {
            part["key"]: {f["name"]: f["cell"]["value"] for f in part["figures"]}
            for part in board["parts"]
        }
        card = self.env["crm.customer.scorecard"].search(
            [("partner_id", "=", self.stayer.id), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(cells["profitability"]["average_order"], 1000)
        self.assertEqual(
            cells["persistency"]["interval_mean"], round(card.interval_mean, 2)
        )
        self.assertEqual(
            cells["persistency"]["next_order_date"], str(card.next_order_date)
        )
        self.assertEqual(cells["persistency"]["is_retained"], "Yes")
        newcomer = self._board(self.seller, "customer", self.newcomer)
        cells = {f["name"]: f["cell"]["value"] for f in newcomer["parts"][6]["figures"]}
        self.assertEqual(cells["activity_cost"], 55)
        figures = [f["name"] for f in newcomer["parts"][1]["figures"]]
        self.assertNotIn("interval_mean", figures, "one order has no interval")
        totals = {
            f["name"]: f["cell"]["value"]
            for f in self._board(self.manager)["parts"][2]["figures"]
        }
        # 1,000, 500 and 300
        self.assertEqual(totals["average_order"], 600)

    def _propose(self, customer, product, score, **vals):
        return self.env["crm.next.best.offer"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "categ_id": product.categ_id.id,
                "score": score,
                "reason": "cycle",
                "date_proposed": TODAY,
                **vals,
            }
        )

    def test_the_best_open_offer_is_what_to_offer(self):
        category = self.env["product.category"].create({"name": "Rolled"})
        products = self.env["product.product"].create(
            [
                {"name": name, "type": "service", "categ_id": category.id}
                for name in ("Coil", "Rod", "Foil")
            ]
        )
        row = self._row("product", self.leaver)
        row.next_category_id = products[0].categ_id
        self._row("persistency", self.leaver).churn_score = 80
        boards = self.env["crm.seven.p.board"].with_user(self.seller)

        def offered():
            leaving = self._board(self.seller)["lists"][1]
            place = [c["label"] for c in leaving["columns"]].index("Offer Next")
            return leaving["rows"][0]["cells"][place]

        self.assertEqual(offered()["value"], row.next_category_id.display_name)
        own = self._propose(self.leaver, products[0], 50)
        self._propose(self.leaver, products[1], 90, state="rejected")
        best = self._propose(self.leaver, products[2], 70)
        cell = offered()
        self.assertEqual((cell["value"], cell["note"]), ("Foil", "Due Again"))
        self.assertEqual((cell["res_model"], cell["res_id"]), (best._name, best.id))
        board = self._board(self.seller, "customer", self.leaver)
        [table] = board["lists"]
        self.assertEqual(
            [r["cells"][0]["res_id"] for r in table["rows"]], [best.id, own.id]
        )
        figures = {f["name"]: f for f in board["parts"][5]["figures"]}
        self.assertEqual(figures["offer"]["cell"]["value"], "Foil")
        self.assertNotIn("next_category_id", figures)
        action = boards.open_drill("customer", "offers", self.leaver.id)
        found = self.env["crm.next.best.offer"].search(action["domain"])
        self.assertEqual(found, best | own)
        best.company_id = self.other_company
        self.assertEqual(offered()["value"], "Coil", "of this company")

    def test_profile_and_products(self):
        self.stayer.write(
            {
                "industry_id": self.env["res.partner.industry"].search([], limit=1).id,
                "country_id": self.env.ref("base.de").id,
                "lang": "en_US",
            }
        )
        self._row("performance", self.stayer).risk_grade = "B"
        self.env["crm.need"].create(
            {
                "name": "Thinner",
                "kind": "wish",
                "partner_id": self.stayer.id,
                "company_id": self.company.id,
                "strength": 4,
            }
        )
        board = self._board(self.manager, "customer", self.stayer)
        shown = {b["name"]: b for part in board["parts"] for b in part["blocks"]}
        facts = {f["label"]: f["cell"] for f in shown["profile"]["facts"]}
        self.assertEqual(facts["Country"]["value"], "Germany")
        self.assertEqual(facts["Risk Grade"]["value"], "B")
        self.assertEqual(facts["Industry"]["res_id"], self.stayer.id)
        self.assertNotIn("State", facts)
        [row] = shown["products"]["rows"]
        labels = [c["label"] for c in shown["products"]["columns"]]
        values = dict(zip(labels, (c["value"] for c in row["cells"]), strict=True))
        self.assertEqual(values["Product"], self.product.name)
        self.assertEqual(
            (values["Revenue"], values["Last Bought"]), (18000, "2026-06-05")
        )
        # 516 days between 18 purchases
        self.assertEqual(values["Buys Every (Days)"], 30.4)
        self.assertEqual(shown["wishes"]["rows"][0]["cells"][0]["value"], "Thinner")
        self.assertEqual(self._board(self.manager)["parts"][0]["blocks"], [])

    def test_the_board_of_a_customer_costs_the_same_whatever_he_bought(self):
        counts = []
        for customer in (self.leaver, self.stayer):
            for _attempt in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self._board(self.manager, "customer", customer)
            counts.append(self.env.cr.sql_log_count - before)
        # the owner of the one and his segment are read, too
        self.assertLessEqual(counts[1] - counts[0], 8)
        self.assertLessEqual(max(counts), 80)

    def test_products_on_the_customer_page(self):
        pages = self.env["crm.customer.page"].with_user(self.seller)
        sections = {s["key"]: s for s in pages.get_page(self.leaver.id)["sections"]}
        [row] = sections["products"]["blocks"][0]["rows"]
        self.assertEqual(row["cells"][0]["value"], self.product.name)
        sections = {s["key"]: s for s in pages.get_page(self.prospect.id)["sections"]}
        [block] = sections["products"]["blocks"]
        self.assertIn("Nothing bought yet", block["empty"])
        others = {s["key"] for s in pages.get_page(self.stayer.id)["sections"]}
        self.assertNotIn("products", others, "somebody else's customer")

    # --- WHO COUNTS, AND OF WHEN

    def test_archived_customers_count_nowhere(self):
        self._row("prospecting", self.leaver).lifetime_value = 900
        self._row("persistency", self.leaver).churn_score = 80
        self.leaver.active = False
        self.env["crm.seven.p.summary"]._refresh(self.company, self.policy.last_as_of)
        left = self._row("score", self.stayer) | self._row("score", self.newcomer)
        for user, count in ((self.manager, 2), (self.seller, 1)):
            board = self._board(user)
            figures = {f["name"]: f["cell"]["value"] for f in board["headline"]}
            self.assertEqual((figures["customers"], figures["leaving"]), (count, 0))
            names = [r["cells"][0]["value"] for t in board["lists"] for r in t["rows"]]
            self.assertNotIn("Leaver", names)
        board = self._board(self.manager)
        self.assertEqual(
            board["parts"][1]["score"],
            round(sum(left.mapped("persistency_score")) / 2),
        )
        own = self._board(self.manager, "customer", self.leaver)
        self.assertFalse(own["empty"], "his own board stays")
        action = (
            self.env["crm.seven.p.board"]
            .with_user(self.manager)
            .open_drill("company", "cards")
        )
        report = self.env["crm.seven.p.report"].with_user(self.manager)
        found = report.with_context(**action["context"]).search(action["domain"])
        self.assertEqual(found.partner_id, self.stayer | self.newcomer)

    def test_figures_of_the_company_open_their_analysis(self):
        expected = {
            self.manager: ("crm.sale.breakdown", "crm.sales.activity.report"),
            self.analyst: ("crm.sale.breakdown", "crm.sales.activity.report"),
            self.seller: ("crm.seven.p.report", "crm.sales.activity.report"),
        }
        for user, models in expected.items():
            parts = {part["key"]: part for part in self._board(user)["parts"]}
            boards = self.env["crm.seven.p.board"].with_user(user)
            opened = []
            for part, name in (
                ("performance", "category_count"),
                ("promotion", "response_count"),
            ):
                [figure] = [f for f in parts[part]["figures"] if f["name"] == name]
                action = boards.open_drill("company", figure["drill"])
                opened.append(action["res_model"])
                self.env[action["res_model"]].with_user(user).search(action["domain"])
            self.assertEqual(tuple(opened), models, user.login)

    def test_a_change_of_factors_renews_what_is_kept(self):
        summaries = self.env["crm.seven.p.summary"]
        kept = summaries.search([("company_id", "=", self.company.id)])
        board = self._board(self.manager)
        self.assertEqual(board["kept_at"], str(kept.write_date.replace(microsecond=0)))
        self.assertFalse(self._board(self.seller)["kept_at"], "read for him now")
        before = kept.figures["scores"]["persistency_score"]
        since = self.factors.filtered(lambda f: f.column == "customer_since")
        self._set_factors("persistency", **{since.code: (1, 0, 1000)})
        board = self._board(self.manager)
        self.assertIn("former rules", board["notice"])
        boards = self.env["crm.seven.p.board"].with_user(self.manager)
        why = boards.get_explanation("customer", "persistency", self.stayer.id)
        self.assertTrue(why["is_stale"])
        self.env["crm.scorecard.run"]._refresh(self.company, mode="incremental")
        scores = self.env["crm.seven.p.score"].search(
            [("company_id", "=", self.company.id)]
        )
        mean = round(sum(scores.mapped("persistency_score")) / len(scores))
        self.assertNotEqual(mean, before)
        board = self._board(self.manager)
        self.assertEqual(board["parts"][1]["score"], mean)
        self.assertFalse(board["notice"])

    # --- HOW IT CAME ABOUT

    def test_the_total_is_explained_by_its_parts(self):
        self.policy.profiling_weight = 3
        self._refresh(TODAY)
        boards = self.env["crm.seven.p.board"].with_user(self.seller)
        why = boards.get_explanation("customer", "total", self.leaver.id)
        score = self._row("score", self.leaver)
        self.assertEqual(why["score"], score.total_score)
        lines = {line["name"]: line for line in why["factors"]}
        self.assertEqual(lines["Profiling"]["points"], score.profiling_score)
        self.assertEqual(lines["Profiling"]["weight"], 3)
        known = [
            x["contribution"] for x in why["factors"] if x["contribution"] is not None
        ]
        self.assertAlmostEqual(sum(known), score.total_score, delta=1)
        self.assertIn("Total", score.explanation)

    def test_a_segment_says_mean_points_and_sources(self):
        self._refresh(TODAY)
        boards = self.env["crm.seven.p.board"].with_user(self.manager)
        why = boards.get_explanation("company", "persistency")
        self.assertTrue(why["sources"])
        factor = self.factors.filtered(
            lambda f: (f.part, f.column) == ("persistency", "customer_since")
        )
        scores = self.env["crm.seven.p.score"].search(
            [("company_id", "=", self.company.id)]
        )
        points = [score._get_points()[factor.slot] for score in scores]
        line = next(x for x in why["factors"] if x["name"] == factor.name)
        self.assertEqual(line["points"], round(sum(points) / 3, 1))
        own = boards.get_explanation("segment", "persistency", self.segment.id)
        line = next(x for x in own["factors"] if x["name"] == factor.name)
        cared = self._row("score", self.stayer) | self._row("score", self.newcomer)
        points = [score._get_points()[factor.slot] for score in cared]
        self.assertEqual(line["points"], round(sum(points) / 2, 1))
        total = boards.get_explanation("company", "total")
        self.assertEqual(len(total["factors"]), 7)

    def test_each_factor_says_of_which_time_it_is(self):
        boards = self.env["crm.seven.p.board"].with_user(self.seller)
        why = boards.get_explanation("customer", "persistency", self.leaver.id)
        names = {f.name: f.column for f in self.factors if f.part == "persistency"}
        windows = {names[x["name"]]: x["window"] for x in why["factors"]}
        self.assertEqual(windows["active_month_count"], "")
        self.assertEqual(windows["revenue_trend"], "24 months")
        self.assertEqual(windows["customer_since"], "since the first order or lead")
        registry = self.env["crm.scorecard.source"]
        for part, columns in registry._get_windows().items():
            fields = self.env["crm.scorecard.part"]._get_part_model(part)._fields
            for column, key in columns.items():
                self.assertIn(column, fields)
                self.assertIn(key, registry._get_window_texts())

    def test_the_churn_tendency_is_explained_by_all_signs(self):
        boards = self.env["crm.seven.p.board"].with_user(self.seller)
        why = boards.get_explanation("customer", "persistency", self.leaver.id)
        [churn] = why["tables"]
        row = self._row("persistency", self.leaver)
        self.assertEqual((churn["score"], churn["text"]), (row.churn_score, False))
        self.assertEqual(len(churn["factors"]), 8)
        signs = {line["name"]: line for line in churn["factors"]}
        # 10 September 2025 to 30 June 2026, nine purchases
        few = signs["Few orders so far"]
        self.assertEqual((few["value"], few["points"]), ("9 purchases", 0))
        self.assertEqual(signs["Low satisfaction"]["value"], "not known")
        known = [x["contribution"] for x in churn["factors"] if x["contribution"]]
        self.assertAlmostEqual(sum(known), row.churn_score, delta=1)
        self.assertEqual(
            max(churn["factors"], key=lambda x: x["contribution"] or 0)["name"],
            dict(row._fields["churn_reason"]._description_selection(self.env))[
                row.churn_reason
            ],
        )
        row.churn_score = 1
        why = boards.get_explanation("customer", "persistency", self.leaver.id)
        self.assertIn("was 1 at the last refresh", why["tables"][0]["text"])

    # --- ALL CUSTOMERS BY VALUE

    def test_more_of_the_best_are_the_most_valuable_and_get_an_owner(self):
        self._row("prospecting", self.stayer).lifetime_value = 100
        self._row("prospecting", self.newcomer).lifetime_value = 300
        self._row("prospecting", self.leaver).write(
            {"lifetime_value": 200, "potential_amount": 5000}
        )
        best = self._board(self.manager)["lists"][0]
        place = [c["label"] for c in best["columns"]].index("Potential")
        self.assertIn(5000, [row["cells"][place]["value"] for row in best["rows"]])
        boards = self.env["crm.seven.p.board"].with_user(self.manager)
        action = boards.open_drill("company", best["drill"])
        view_id = {kind: view for view, kind in action["views"]}["list"]
        report = self.env["crm.seven.p.report"].with_user(self.manager)
        arch = report.get_view(view_id, "list")["arch"]
        self.assertIn('default_order="lifetime_value desc, id"', arch)
        self.assertIn("action_assign_owner", arch)
        rows = report.search(action["domain"], order="lifetime_value desc")
        self.assertEqual(
            rows.mapped("partner_id.name"), ["Newcomer", "Leaver", "Stayer"]
        )
        opened = rows.filtered(lambda r: r.partner_id == self.leaver)
        opened = opened.action_assign_owner()
        wizard = self.env[opened["res_model"]].with_user(self.manager)
        wizard = wizard.with_context(**opened["context"]).create(
            {"user_id": self.seller.id}
        )
        wizard.action_assign()
        self.assertEqual(self.leaver.user_id, self.seller)

    def test_analysis_by_segment_and_offer(self):
        product = self.env["product.product"].create({"name": "Coil"})
        best = self._propose(self.stayer, product, 40)
        report = self.env["crm.seven.p.report"].with_user(self.manager)
        company = [("company_id", "=", self.company.id)]
        found = dict(report._read_group(company, ["segment_id"], ["__count"]))
        self.assertEqual(found[self.segment], 2)
        cared = report.search([*company, ("segment_id", "=", self.segment.id)])
        self.assertEqual(cared.partner_id, self.stayer | self.newcomer)
        rows = report.search(company)
        rows.invalidate_recordset()
        rows.fetch(["partner_id", "company_id"])
        before = self.env.cr.sql_log_count
        offers = {row.partner_id.name: row.best_offer_id for row in rows}
        self.assertEqual(offers["Stayer"], best)
        self.assertFalse(offers["Leaver"])
        self.assertLessEqual(self.env.cr.sql_log_count - before, 6)

    def test_unused_parts_are_not_joined(self):
        report = self.env["crm.seven.p.report"]
        plan = self.env.execute_query(
            SQL("EXPLAIN SELECT SUM(revenue) FROM (%s) r", report._table_query)
        )
        text = "\n".join(line for (line,) in plan)
        self.assertNotIn("crm_scorecard_", text)

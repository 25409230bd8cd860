from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .board_common import BoardCommon


@tagged("post_install", "-at_install")
class TestSevenPBoard(BoardCommon):
    # --- CUSTOMER

    def test_customer_beside_segment_and_company(self):
        board = self._board(self.manager, "customer", self.stayer)
        self.assertEqual(board["title"], "Stayer")
        self.assertFalse(board["empty"])
        self.assertEqual(
            [p["key"] for p in board["parts"]][:2], ["profiling", "persistency"]
        )
        score = self._row("score", self.stayer)
        company = self.env["crm.seven.p.score"].search(
            [("company_id", "=", self.company.id)]
        )
        part = board["parts"][1]
        self.assertEqual(part["score"], score.persistency_score)
        self.assertEqual(
            part["company"],
            round(sum(company.mapped("persistency_score")) / len(company)),
        )
        cared = self._row("score", self.stayer) | self._row("score", self.newcomer)
        self.assertEqual(
            part["segment"], round(sum(cared.mapped("persistency_score")) / 2)
        )
        self.assertEqual(
            [line["key"] for line in board["series"]], ["own", "segment", "company"]
        )

    def test_figures_are_defined_and_lead_to_their_records(self):
        board = self._board(self.manager, "customer", self.stayer)
        figures = {f["name"]: f for f in board["parts"][1]["figures"]}
        self.assertEqual(figures["recent_revenue"]["cell"]["value"], 12000)
        self.assertEqual(figures["recent_order_count"]["cell"]["value"], 12)
        self.assertTrue(all(figure["hint"] for figure in figures.values()))
        boards = self.env["crm.seven.p.board"].with_user(self.manager)
        action = boards.open_drill(
            "customer", figures["recent_revenue"]["drill"], self.stayer.id
        )
        rows = self.env[action["res_model"]].with_user(self.manager)
        found = rows.search(action["domain"])
        self.assertEqual(len(found), 12)
        self.assertEqual(sum(found.mapped("revenue")), 12000)

    def test_every_figure_opens_something(self):
        boards = self.env["crm.seven.p.board"].with_user(self.manager)
        for scope, record in (("customer", self.stayer), ("company", self.company)):
            board = self._board(self.manager, scope, record)
            figures = [f for part in board["parts"] for f in part["figures"]]
            drills = {f["drill"] for f in [*figures, *board["headline"]]}
            for name in drills - {False}:  # mailings: not for sales
                action = boards.open_drill(scope, name, record.id)
                self.env[action["res_model"]].with_user(self.manager).search_count(
                    action["domain"]
                )

    def test_the_score_is_explained(self):
        boards = self.env["crm.seven.p.board"].with_user(self.seller)
        why = boards.get_explanation("customer", "persistency", self.leaver.id)
        score = self._row("score", self.leaver)
        self.assertEqual(why["score"], score.persistency_score)
        self.assertEqual((why["start"], why["as_of"]), ("2025-07-01", "2026-06-30"))
        known = [line for line in why["factors"] if line["points"] is not None]
        self.assertAlmostEqual(
            sum(line["contribution"] for line in known), why["score"], delta=1
        )
        self.assertTrue(why["sources"])
        with self.assertRaises(UserError):
            boards.get_explanation("customer", "weather", self.leaver.id)

    def test_one_order_and_no_order(self):
        board = self._board(self.seller, "customer", self.newcomer)
        self.assertIn("One order only", board["notice"])
        board = self._board(self.seller, "customer", self.prospect)
        self.assertEqual(board["empty"]["key"], "no_orders")
        boards = self.env["crm.seven.p.board"].with_user(self.seller)
        action = boards.open_drill("customer", "quotation", self.prospect.id)
        self.assertEqual(action["context"]["default_partner_id"], self.prospect.id)

    def test_never_refreshed(self):
        self.policy.refreshed_at = False
        self.assertEqual(self._board(self.seller)["empty"]["key"], "never")
        self.assertIn("Refresh them now", self._board(self.analyst)["empty"]["text"])

    # --- COMPANY

    def test_company_says_who_is_best_and_who_is_leaving(self):
        self._row("persistency", self.leaver).churn_score = 80
        self._row("persistency", self.leaver).churn_reason = "silence"
        self._row("prospecting", self.stayer).lifetime_value = 5000
        self._row("prospecting", self.newcomer).lifetime_value = 700
        self._row("prospecting", self.leaver).lifetime_value = 0
        self.env["crm.seven.p.summary"]._refresh(self.company, self.policy.last_as_of)
        board = self._board(self.manager)
        figures = {f["name"]: f["cell"]["value"] for f in board["headline"]}
        self.assertEqual(figures["customers"], 3)
        best, leaving = board["lists"]
        names = [row["cells"][0]["value"] for row in best["rows"]]
        self.assertEqual(names[:2], ["Stayer", "Newcomer"])
        self.assertIn("Leaver", [row["cells"][0]["value"] for row in leaving["rows"]])
        self.assertEqual(
            best["rows"][0]["cells"][0]["action"]["params"],
            {"scope": "customer", "id": self.stayer.id},
        )

    def test_what_is_kept_equals_what_is_read(self):
        kept = self.env["crm.seven.p.summary"].search(
            [("company_id", "=", self.company.id)]
        )
        manager = self._board(self.manager)
        means = [part["score"] for part in manager["parts"]]
        kept.unlink()
        read = self._board(self.manager)
        self.assertEqual([part["score"] for part in read["parts"]], means)
        self.assertEqual(read["headline"], manager["headline"])
        self.assertEqual(
            [p["figures"] for p in read["parts"]],
            [p["figures"] for p in manager["parts"]],
        )

    # --- RIGHTS

    def test_seller_sees_means_of_his_customers_alone(self):
        board = self._board(self.seller)
        figures = {f["name"]: f["cell"]["value"] for f in board["headline"]}
        self.assertEqual(figures["customers"], 2)
        mine = self._row("score", self.leaver) | self._row("score", self.newcomer)
        self.assertEqual(
            board["parts"][1]["score"], round(sum(mine.mapped("persistency_score")) / 2)
        )
        segment = self._board(self.seller, "segment", self.segment)
        self.assertEqual(
            segment["parts"][1]["score"],
            self._row("score", self.newcomer).persistency_score,
        )

    def test_other_peoples_customers_show_no_figures(self):
        board = self._board(self.seller, "customer", self.stayer)
        self.assertEqual(board["empty"]["key"], "other")
        self.assertEqual((board["parts"], board["lists"]), ([], []))

    def test_clerk_opens_no_board(self):
        with self.assertRaises(AccessError):
            self._board(self.clerk)

    def test_other_company(self):
        boards = self.env["crm.seven.p.board"].with_user(self.manager)
        with self.assertRaises(AccessError):
            boards.get_board("company", False, self.other_company.id)

    def test_seller_does_not_refresh(self):
        boards = self.env["crm.seven.p.board"].with_user(self.seller)
        self.assertFalse(self._board(self.seller)["may_refresh"])
        with self.assertRaises(AccessError):
            boards.refresh()
        told = self.env["crm.seven.p.board"].with_user(self.analyst).refresh()
        self.assertEqual(told["params"]["type"], "success")

    def test_queries_do_not_grow_with_the_customers(self):
        counts = []
        for numbers in (range(2), range(2, 5)):
            for number in numbers:
                customer = self._create_customer(f"More {number}")
                self._create_order(customer, "2026-01-15", 100)
            self._refresh("2026-06-30")
            for _attempt in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self._board(self.manager)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    # --- PAPER

    def test_print(self):
        for scope, record in (
            ("customer", self.stayer),
            ("segment", self.segment),
            ("company", self.company),
        ):
            report = self.env["ir.actions.report"].with_user(self.manager)
            html, _kind = report._render_qweb_html(
                f"crm_analytics.seven_p_{scope}", record.ids
            )
            self.assertIn(record.display_name, html.decode())
            self.assertIn("polygon", html.decode())

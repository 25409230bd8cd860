from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_analytics.tools import cohort
from odoo.addons.crm_strategy.tools.measure_period import periods_until

from .board_common import BoardCommon


@tagged("post_install", "-at_install")
class TestBoardGrids(BoardCommon):
    # --- COHORTS

    def test_cohorts_agree_with_a_plain_count(self):
        orders = self.env["sale.order"].search(
            [("company_id", "=", self.company.id), ("state", "=", "sale")]
        )
        purchases = [(o.partner_id.id, o.date_order.date()) for o in orders]
        for grain in ("month", "quarter"):
            rows, _moment = self.env["crm.cohort"]._read(self.company, grain)
            found = {(row[0], row[1]): row[2] for row in rows}
            self.assertEqual(found, cohort.count(purchases, grain))

    def test_kept_and_read_cohorts_are_the_same(self):
        cohorts = self.env["crm.cohort"]
        kept, _moment = cohorts._read(self.company, "month")
        live = self.env.execute_query(
            self._select_cells(
                cohorts._cells_sql(self.company, date(2026, 6, 30), None, ["month"])
            )
        )
        self.assertEqual(
            sorted((*row[:4], round(row[4], 2)) for row in kept),
            sorted((*row[:4], round(float(row[4]), 2)) for row in live),
        )

    def _select_cells(self, cells):
        return SQL("SELECT cohort, step, customers, orders, revenue FROM (%s) c", cells)

    def test_retention_and_drill(self):
        cells = self._grid("crm.cohort.grid", self.manager)
        # Stayer and Leaver: both until September 2025, one since
        self.assertEqual(
            cells["2025-01-01|8"],
            {"customers": 2, "retention": 1.0, "revenue": 1500.0, "kept": 1.0},
        )
        self.assertEqual(cells["2025-01-01|9"]["retention"], 0.5)
        grid = self.env["crm.cohort.grid"].with_user(self.manager)
        for key, customers in (("8", self.stayer | self.leaver), ("9", self.stayer)):
            action = grid.open_cell({}, "2025-01-01", key)
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found.partner_id, customers)

    def test_revenue_of_a_cohort_opens_purchases_and_refunds(self):
        grid = self.env["crm.cohort.grid"].with_user(self.manager)
        for row, column, revenue in (
            ("2025-01-01", "8", 1500),
            ("2025-01-01", None, 22500),
            (None, "0", 1800),
        ):
            action = grid.open_cell({}, row, column, "kept")
            self.assertEqual(action["res_model"], "crm.sale.movement")
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(sum(found.mapped("revenue")), revenue)

    def test_a_day_before_the_last_refresh_shows_no_later_steps(self):
        self.policy.as_of_date = "2026-02-15"
        grid = self.env["crm.cohort.grid"].with_user(self.manager).get_matrix()
        self.assertEqual(grid["columns"][-1]["key"], "13")
        self.assertIn("2025-01-01|13", grid["cells"])
        self.assertNotIn("2025-01-01|14", grid["cells"])

    def test_cohorts_of_a_segment_and_of_a_seller(self):
        cells = self._grid("crm.cohort.grid", self.manager, segment=self.segment.id)
        self.assertEqual(cells["2025-01-01|0"]["customers"], 1)
        cells = self._grid("crm.cohort.grid", self.seller)
        self.assertEqual(
            cells["2025-01-01|0"],
            {"customers": 1, "retention": 1.0, "revenue": 500.0, "kept": 1.0},
        )
        with self.assertRaises(AccessError):
            self._grid("crm.cohort.grid", self.clerk)

    def test_credit_note_takes_revenue_back_in_its_month(self):
        order = self._create_order(self.newcomer, "2026-05-03", 200)
        invoice = self._invoice(order, "2026-05-04")
        self._refund(invoice, "2026-06-02")
        self._refresh("2026-06-30")
        cells = self._grid("crm.cohort.grid", self.manager)
        self.assertEqual(cells["2026-05-01|0"]["revenue"], 500.0)
        self.assertEqual(cells["2026-05-01|1"]["revenue"], -200.0)
        self.assertEqual(cells["2026-05-01|1"]["customers"], 0)

    # --- COST

    def test_cost_to_win_and_to_keep(self):
        costs = self.env["crm.customer.cost"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(
            sorted(
                (c.partner_id.name, str(c.date), c.phase, c.source, c.amount)
                for c in costs
            ),
            [
                ("Newcomer", "2026-05-01", "keep", "activity", 15.0),
                ("Newcomer", "2026-05-01", "win", "activity", 40.0),
                ("Newcomer", "2026-05-01", "win", "discount", 100.0),
                ("Prospect", "2026-05-01", "open", "activity", 20.0),
            ],
        )
        cells = self._grid("crm.cost.grid", self.manager)
        self.assertEqual(
            cells["2026-05-01|win"], {"each": 140.0, "cost": 140.0, "customers": 1}
        )
        # Stayer bought in May, of an earlier cohort; it was spent on Newcomer
        self.assertEqual(
            cells["2026-05-01|keep"], {"each": 15.0, "cost": 15.0, "customers": 1}
        )
        grid = self.env["crm.cost.grid"].with_user(self.manager)
        action = grid.open_cell({}, "2026-05-01", "win")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(found.mapped("amount")), 140)
        self.assertIn("Campaigns", grid.get_matrix()["definition"])
        for column, customers in (
            ("win", self.newcomer),
            ("keep", self.stayer),
            (None, self.newcomer | self.stayer),
        ):
            action = grid.open_cell({}, "2026-05-01", column, "customers")
            cards = self.env["crm.customer.scorecard"].search(action["domain"])
            self.assertEqual(cards.partner_id, customers)

    def test_a_cost_opens_what_it_was_spent_on(self):
        costs = self.env["crm.customer.cost"].search(
            [("partner_id", "=", self.newcomer.id)]
        )
        for user in (self.manager, self.analyst):
            found = {}
            for cost in costs.with_user(user):
                action = cost.action_open_records()
                records = self.env[action["res_model"]].with_user(user)
                found[cost.phase, cost.source] = records.search(action["domain"])
            self.assertEqual(found["win", "activity"].mapped("cost"), [40])
            self.assertEqual(found["keep", "activity"].mapped("cost"), [15])
            self.assertEqual(len(found["win", "discount"]), 1)
        self.assertEqual(found["win", "discount"]._name, "crm.sale.movement")

    def test_grids_say_when_their_figures_were_worked_out(self):
        policy = self.env["crm.lifecycle.policy"]._ensure(self.company)
        policy.date_refresh = "2026-06-30 02:00:00"
        churn = self.env["crm.churn.grid"].with_user(self.manager).get_matrix()
        self.assertEqual(churn["computed_at"], "2026-06-30 02:00:00")
        self.env["crm.cohort"].search([]).date_refresh = "2026-06-30 03:00:00"
        costs = self.env["crm.cost.grid"]
        for user in (self.manager, self.seller):
            grid = costs.with_user(user).get_matrix()
            self.assertEqual(grid["computed_at"], "2026-06-30 03:00:00")

    def test_cost_measures(self):
        periods = list(periods_until("month", date(2026, 5, 31), 2))
        measures = self.env["crm.measure"]
        won = measures._measure_cost_to_win(self.company, periods)
        kept = measures._measure_cost_to_keep(self.company, periods)
        self.assertEqual(won[date(2026, 5, 1)].value, 140)
        self.assertIsNone(won[date(2026, 4, 1)].value)
        self.assertEqual(kept[date(2026, 5, 1)].value, 15)
        for unit in ("day", "week"):
            periods = list(periods_until(unit, date(2026, 5, 31), 40))
            for values in (
                measures._measure_cost_to_win(self.company, periods),
                measures._measure_cost_to_keep(self.company, periods),
            ):
                self.assertEqual({row.value for row in values.values()}, {None})

    def test_seller_sees_costs_of_his_customers(self):
        other = self.env["crm.customer.cost"].with_user(self.manager)
        self.assertEqual(len(other.search([])), 4)
        self.newcomer.user_id = self.manager
        mine = self.env["crm.customer.cost"].with_user(self.seller).search([])
        self.assertEqual(mine.partner_id, self.prospect)

    def test_new_customers_by_cost(self):
        rows = self.env["crm.new.customer.report"].with_user(self.manager)
        row = rows.search([("partner_id", "=", self.newcomer.id)])
        self.assertEqual((str(row.first_order_date), row.cost), ("2026-05-01", 140))
        [[count, cost]] = rows._read_group(
            [("first_order_date", ">=", "2026-01-01")], [], ["__count", "cost:sum"]
        )
        self.assertEqual((count, cost), (1, 140))

    # --- LOST AND WON BACK

    def test_lost_and_won_back(self):
        stays = self.env["crm.lifecycle.transition"]
        stays.search([("company_id", "=", self.company.id)]).unlink()
        common = {"company_id": self.company.id, "method": "rule", "reason": "silent"}
        for state, before, since, until in (
            ("buying", False, "2025-01-01", "2026-04-10"),
            ("lapsed", "buying", "2026-04-10", "2026-06-12"),
            ("buying", "lapsed", "2026-06-12", False),
        ):
            stays.create(
                {
                    **common,
                    "partner_id": self.leaver.id,
                    "state": state,
                    "previous_state": before,
                    "date_start": f"{since} 06:00:00",
                    "date_end": until and f"{until} 06:00:00",
                }
            )
        stays.create(
            {
                **common,
                "partner_id": self.stayer.id,
                "state": "loyal",
                "date_start": "2025-01-01 06:00:00",
            }
        )
        cells = self._grid("crm.churn.grid", self.manager)
        self.assertEqual(cells["2026-04-01|lost"], {"count": 1, "rate": 0.5})
        self.assertEqual(cells["2026-06-01|back"], {"count": 1, "rate": 1.0})
        grid = self.env["crm.churn.grid"].with_user(self.manager)
        action = grid.open_cell({}, "2026-04-01", "lost")
        self.assertEqual(stays.search(action["domain"]).partner_id, self.leaver)
        for row, column, customers in (
            ("2026-04-01", "lost", self.leaver | self.stayer),
            ("2026-06-01", "back", self.leaver),
        ):
            action = grid.open_cell({}, row, column, "rate")
            self.assertEqual(stays.search(action["domain"]).partner_id, customers)

    # --- VALUE AND SATISFACTION

    def test_value_and_satisfaction(self):
        self._row("profitability", self.stayer).abc_class = "A"
        self._row("profitability", self.leaver).abc_class = "B"
        self._row("profitability", self.newcomer).abc_class = "C"
        for customer, amount in ((self.stayer, 900), (self.leaver, 100)):
            self._row("profitability", customer).invoiced_revenue = amount
        rules = self.env["crm.profit.policy"]._ensure(self.company)
        rules.write({"percent_a": 70, "percent_b": 92.5})
        for score, day in ((90, "2026-06-01"), (50, "2026-05-01"), (0, "2024-01-01")):
            self._create_answer(self.stayer, score, day)
        self._create_answer(self.leaver, 20, "2026-06-02")
        self.env.flush_all()
        grid = self.env["crm.value.satisfaction.grid"].with_user(self.manager)
        payload = grid.get_matrix()
        counts = {key: cell["count"] for key, cell in payload["cells"].items()}
        full = {key for key, count in counts.items() if count}
        self.assertEqual(full, {"A|neutral", "B|unhappy", "C|unknown"})
        # of 12 months and invoiced, as the class: he ordered 18,000 in all
        self.assertEqual(payload["cells"]["A|neutral"]["revenue"], 900)
        self.assertEqual(payload["cells"]["A|neutral"]["share"], 0.9)
        self.assertEqual(
            [row["hint"].split(" %")[0] for row in payload["rows"]],
            ["Together 70", "The next 22.5", "The last 7.5"],
        )
        self.assertEqual(payload["cells"]["B|unhappy"]["label"], "Repair")
        self.assertEqual(len(payload["cells"]), 12)
        for row, column, customer in (
            ("A", "neutral", self.stayer),
            ("B", "unhappy", self.leaver),
            ("C", "unknown", self.newcomer),
            ("C", None, self.newcomer),
        ):
            action = grid.open_cell({}, row, column)
            found = self.env[action["res_model"]].with_user(self.manager)
            self.assertEqual(found.search(action["domain"]).partner_id, customer)
        card = self._card(self.stayer)
        self.assertEqual((card.value_class, card.satisfaction_band), ("A", "neutral"))

    def _create_answer(self, partner, score, day):
        survey = self.env["survey.survey"].create({"title": "How are we?"})
        answer = self.env["survey.user_input"].create({"survey_id": survey.id})
        return self.env["crm.satisfaction.score"].create(
            {
                "kind": "csat",
                "value": 1,
                "score": score,
                "date": f"{day} 08:00:00",
                "company_id": self.company.id,
                "partner_id": partner.id,
                "commercial_partner_id": partner.id,
                "survey_id": survey.id,
                "user_input_id": answer.id,
            }
        )

    def test_a_company_has_its_own_strategy(self):
        strategies = self.env["crm.value.strategy"]
        own = strategies.create(
            {
                "name": "Ours",
                "value_class": "A",
                "satisfaction_band": "neutral",
                "company_id": self.company.id,
            }
        )
        found = strategies._get_by_cell(self.company)
        self.assertEqual(found["A", "neutral"], own)
        others = strategies._get_by_cell(self.other_company)
        self.assertNotEqual(others["A", "neutral"], own)
        with self.assertRaises(AccessError):
            own.with_user(self.seller).name = "Mine"
        self.assertEqual(own.name, "Ours")

    # --- FIND, KEEP, WIN BACK

    def test_lists(self):
        lists = {row.kind: row for row in self.env["crm.customer.list"].search([])}
        churn = self._row("persistency", self.leaver)
        churn.churn_score = 70
        self._row("profitability", self.leaver).abc_class = "B"
        stays = self.env["crm.lifecycle.transition"]
        stays.search([("company_id", "=", self.company.id)]).unlink()
        self.env.flush_all()
        self.assertEqual(self._on(lists["find"], self.seller), self.prospect)
        self.assertEqual(self._on(lists["keep"], self.seller), self.leaver)
        self.assertFalse(self._on(lists["win_back"], self.seller))
        lists["find"].min_potential = 7001
        self.assertFalse(self._on(lists["find"], self.seller))
        lapsed = stays.create(
            {
                "company_id": self.company.id,
                "partner_id": self.leaver.id,
                "state": "lapsed",
                "date_start": "2026-01-01 06:00:00",
                "method": "rule",
                "reason": "silent",
            }
        )
        lists["win_back"].min_monetary_score = 1
        self.assertFalse(self._on(lists["keep"], self.seller))
        self.assertEqual(self._on(lists["win_back"], self.seller), self.leaver)
        self.assertEqual(lapsed.partner_id, self.leaver)

    def test_list_of_another_company_opens_in_it(self):
        self.manager.company_ids |= self.other_company
        lists = self.env["crm.customer.list"].create(
            {"name": "Theirs", "company_id": self.other_company.id}
        )
        both = {"allowed_company_ids": (self.company | self.other_company).ids}
        lists = lists.with_user(self.manager).with_context(**both)
        for action in (lists.action_open(), lists.action_open_leads()):
            self.assertEqual(
                action["context"]["allowed_company_ids"], self.other_company.ids
            )
        own = lists.copy({"company_id": self.company.id})
        self.assertNotIn("allowed_company_ids", own.action_open()["context"])

    def _on(self, customer_list, user):
        action = customer_list.with_user(user).action_open()
        partners = self.env["res.partner"].with_user(user)
        found = partners.search(action["domain"])
        customer_list.invalidate_recordset(["customer_count"])
        self.assertEqual(len(found), customer_list.with_user(user).customer_count)
        return found.with_user(self.env.user)

    def test_call_list_skips_who_has_a_call_ahead(self):
        customers = (self.leaver | self.newcomer).with_user(self.seller)
        touches = self.env["crm.sales.activity"]
        domain = [("partner_id", "in", customers.ids), ("state", "=", "proposed")]
        customers.action_propose_calls()
        made = touches.search(domain)
        self.assertEqual(made.partner_id, self.leaver | self.newcomer)
        self.assertEqual(made.user_id, self.seller)
        customers.action_propose_calls()
        self.assertEqual(touches.search(domain), made)
        customers[0].action_propose_visits()
        self.assertEqual(len(touches.search(domain)), 3)

    def test_target_group_and_owner(self):
        action = (
            (self.leaver | self.newcomer)
            .with_user(self.manager)
            .action_make_target_group()
        )
        group = self.env["crm.target.group"].browse(action["res_id"])
        self.assertEqual(group.member_ids.partner_id, self.leaver | self.newcomer)
        with self.assertRaises(AccessError):
            self.newcomer.with_user(self.seller).action_make_target_group()
        wizard = (
            self.env["crm.customer.owner"]
            .with_user(self.manager)
            .create(
                {
                    "partner_ids": (self.leaver | self.newcomer).ids,
                    "user_id": self.manager.id,
                }
            )
        )
        wizard.action_assign()
        self.assertEqual(self.leaver.user_id, self.manager)
        self.assertEqual(self.newcomer.user_id, self.seller)

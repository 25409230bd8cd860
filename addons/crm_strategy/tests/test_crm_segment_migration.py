from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import (
    HttpCase,
    TransactionCase,
    freeze_time,
    new_test_user,
    tagged,
)

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

NOON = "2026-05-01 12:00:00"


class SegmentMigrationCase(TransactionCase):
    """Six customers of a scheme with the segments gold, silver and bronze.

    ==========  ============  =======================================
    customer    salesperson   stays
    ==========  ============  =======================================
    ann         seller        gold since January
    bob         seller        silver since January, gold since April
    cem         seller        gold from January to 31 March, then silver
    dee         (none)        bronze since April
    eva         other         silver from January to February
    fay         other         bronze from January, left in April
    ==========  ============  =======================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **DISABLED_MAIL_CONTEXT))
        cls.seller, cls.other = (
            new_test_user(
                cls.env,
                login,
                groups="base.group_user,sales_team.group_sale_salesman",
                tz="UTC",
            )
            for login in ("migration_seller", "migration_other")
        )
        cls.manager = new_test_user(
            cls.env,
            "migration_manager",
            groups="base.group_user,sales_team.group_sale_manager",
            tz="UTC",
        )
        cls.scheme = cls.env["crm.segmentation"].create(
            {
                "name": "Value class",
                "kind": "exclusive",
                "sequence": -1,
                "company_id": False,
            }
        )
        cls.gold, cls.silver, cls.bronze = cls.env["crm.segment"].create(
            [
                {
                    "name": name,
                    "segmentation_id": cls.scheme.id,
                    "sequence": sequence,
                    "method": "manual",
                }
                for name, sequence in (("Gold", 3), ("Silver", 2), ("Bronze", 4))
            ]
        )
        cls.gold.sequence = 1
        cls.customers = {}
        for name, user in (
            ("ann", cls.seller),
            ("bob", cls.seller),
            ("cem", cls.seller),
            ("dee", cls.env["res.users"]),
            ("eva", cls.other),
            ("fay", cls.other),
        ):
            cls.customers[name] = cls.env["res.partner"].create(
                {"name": name, "user_id": user.id}
            )
        cls._add_stay("ann", cls.gold, "2026-01-10 09:00:00")
        cls._add_stay("bob", cls.silver, "2026-01-10 09:00:00", "2026-04-02 08:00:00")
        cls._add_stay("bob", cls.gold, "2026-04-02 08:00:00")
        cls._add_stay("cem", cls.gold, "2026-01-10 09:00:00", "2026-03-31 23:00:00")
        cls._add_stay("cem", cls.silver, "2026-03-31 23:00:00")
        cls._add_stay("dee", cls.bronze, "2026-04-05 10:00:00")
        cls._add_stay("eva", cls.silver, "2026-01-10 09:00:00", "2026-02-01 00:00:00")
        cls._add_stay("fay", cls.bronze, "2026-01-10 09:00:00", "2026-04-20 00:00:00")

    @classmethod
    def _add_stay(cls, customer, segment, start, end=False):
        return cls.env["crm.segment.membership"].create(
            {
                "segmentation_id": segment.segmentation_id.id,
                "segment_id": segment.id,
                "partner_id": cls.customers[customer].id,
                "company_id": segment.segmentation_id.company_id.id,
                "is_exclusive": True,
                "start_reason": "manual",
                "end_reason": "manual" if end else False,
                "date_start": start,
                "date_end": end,
            }
        )

    def _grid(self, user=None, **params):
        grid = self.env["crm.segment.migration"].with_user(user or self.manager)
        params = {"segmentation_id": self.scheme.id} | params
        return grid, {"date_from": "2026-03-30", "date_to": "2026-04-30"} | params

    def _counts(self, payload):
        names = {
            str(segment.id): segment.name
            for segment in self.gold | self.silver | self.bronze
        }
        counts = {}
        for key, cell in payload["cells"].items():
            row, column = (names.get(part, part) for part in key.split("|"))
            counts[row, column] = cell["count"]
        return counts


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCrmSegmentMigration(SegmentMigrationCase):
    def test_cells_count_the_moves_of_customers(self):
        grid, params = self._grid()
        payload = grid.get_matrix(params)
        self.assertEqual(
            self._counts(payload),
            {
                ("Gold", "Gold"): 1,
                ("Silver", "Gold"): 1,
                ("Gold", "Silver"): 1,
                ("none", "Bronze"): 1,
                ("Bronze", "none"): 1,
            },
        )
        self.assertEqual(
            [row["label"] for row in payload["rows"]],
            ["Gold", "Silver", "Bronze", "New"],
        )
        self.assertEqual(payload["columns"][-1]["label"], "Left")
        self.assertEqual(payload["total"]["count"], 5)
        self.assertEqual(payload["row_totals"][str(self.gold.id)]["count"], 2)
        self.assertFalse(payload["empty"])

    def test_move_up_is_good_and_down_is_bad(self):
        grid, params = self._grid()
        cells = grid.get_matrix(params)["cells"]
        gold, silver, bronze = (
            str(s.id) for s in (self.gold, self.silver, self.bronze)
        )
        self.assertEqual(cells[f"{silver}|{gold}"]["tone"], "good")
        self.assertEqual(cells[f"{gold}|{silver}"]["tone"], "bad")
        self.assertNotIn("tone", cells[f"{gold}|{gold}"])
        self.assertNotIn("tone", cells[f"none|{bronze}"])
        self.assertEqual(cells[f"{gold}|{silver}"]["row_share"], 0.5)
        self.assertEqual(cells[f"{gold}|{silver}"]["share"], 0.2)

    def test_day_ends_in_the_time_zone_of_the_user(self):
        """Cem moved at 23:00 UTC on 31 March, in Shanghai 07:00 on 1 April."""
        for zone, before in (("UTC", "Silver"), ("Asia/Shanghai", "Gold")):
            with self.subTest(zone=zone):
                grid, params = self._grid(date_from="2026-03-31")
                grid = grid.with_context(tz=zone)
                counts = self._counts(grid.get_matrix(params))
                self.assertEqual(counts.get((before, "Silver")), 1)

    def test_stay_that_ends_with_the_day_still_counts(self):
        """Eva's stay ends at midnight after 31 January, Fay's after 19 April."""
        grid, params = self._grid(date_from="2026-01-31", date_to="2026-04-19")
        counts = self._counts(grid.get_matrix(params))
        self.assertEqual(counts["Silver", "none"], 1)
        self.assertEqual(counts["Bronze", "Bronze"], 1)

    def test_every_cell_and_total_opens_what_it_counts(self):
        for user in (self.manager, self.seller):
            grid, params = self._grid(user)
            payload = grid.get_matrix(params)
            cells = {
                tuple(key.split("|")): cell for key, cell in payload["cells"].items()
            }
            for row, total in payload["row_totals"].items():
                cells[row, None] = total
            for column, total in payload["column_totals"].items():
                cells[None, column] = total
            cells[None, None] = payload["total"]
            self.assertGreater(len(cells), 10)
            for keys, cell in cells.items():
                with self.subTest(user=user.login, keys=keys):
                    action = grid.open_cell(params, *keys)
                    self.assertEqual(action["res_model"], "res.partner")
                    partners = (
                        self.env["res.partner"]
                        .with_user(user)
                        .with_context(**action["context"])
                    )
                    self.assertEqual(
                        partners.search_count(action["domain"]), cell["count"]
                    )

    def test_cell_opens_the_right_customers(self):
        grid, params = self._grid()
        action = grid.open_cell(params, str(self.gold.id), str(self.silver.id))
        self.assertEqual(action["name"], "Gold / Silver")
        partners = self.env["res.partner"].with_user(self.manager)
        self.assertEqual(partners.search(action["domain"]), self.customers["cem"])

    def test_archived_customers_stay_facts(self):
        self.customers["ann"].active = False
        grid, params = self._grid(date_to="2026-04-30")
        payload = grid.get_matrix(params)
        key = str(self.gold.id)
        count = payload["cells"].get(f"{key}|{key}", {}).get("count")
        action = grid.open_cell(params, key, key)
        partners = self.env["res.partner"].with_context(**action["context"])
        self.assertEqual(partners.search_count(action["domain"]), count)
        self.assertEqual(count, 1)

    def test_salesperson_sees_own_and_unassigned_customers(self):
        grid, params = self._grid(self.other)
        self.assertEqual(
            self._counts(grid.get_matrix(params)),
            {("none", "Bronze"): 1, ("Bronze", "none"): 1},
        )

    def test_customers_of_another_company_are_left_out(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.customers["ann"].company_id = company
        grid, params = self._grid()
        counts = self._counts(grid.get_matrix(params))
        self.assertNotIn(("Gold", "Gold"), counts)
        self.assertEqual(sum(counts.values()), 4)

    def test_scheme_of_another_company_is_no_choice(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        scheme = self.env["crm.segmentation"].create(
            {"name": "Their own", "company_id": company.id}
        )
        grid, params = self._grid(segmentation_id=scheme.id)
        with self.assertRaises(UserError):
            grid.get_matrix(params)

    def test_defaults_are_the_last_three_months(self):
        payload = self._grid()[0].get_matrix({"segmentation_id": self.scheme.id})
        values = {item["key"]: item["value"] for item in payload["filters"]}
        self.assertEqual(values["date_from"], "2026-02-01")
        self.assertEqual(values["date_to"], "2026-05-01")
        with freeze_time("2026-02-15"):
            payload = self._grid()[0].get_matrix({"segmentation_id": self.scheme.id})
        self.assertEqual(payload["filters"][1]["value"], "2026-01-10")

    def test_impossible_dates_are_refused(self):
        for dates in (
            {"date_from": "2026-04-30", "date_to": "2026-04-29"},
            {"date_to": "2026-05-02"},
            {"date_from": "2026-05-02", "date_to": "2026-05-03"},
        ):
            grid, params = self._grid(**dates)
            with self.subTest(dates=dates), self.assertRaises(UserError):
                grid.get_matrix(params)
            with self.subTest(dates=dates), self.assertRaises(UserError):
                grid.open_cell(params, None, None)

    def test_only_exclusive_schemes_are_compared(self):
        self.scheme.kind = "free"
        grid, params = self._grid()
        with self.assertRaises(UserError):
            grid.get_matrix(params)

    def test_without_scheme_the_next_step_is_named(self):
        self.env["crm.segmentation"].search([]).kind = "free"
        payload = self._grid()[0].get_matrix({})
        self.assertEqual(
            payload["empty"]["action"], "crm_strategy.crm_segmentation_action"
        )
        self.assertTrue(self.env.ref(payload["empty"]["action"]))
        self.assertFalse(payload["rows"] or payload["cells"])

    def test_scheme_without_customers_names_the_next_step(self):
        scheme = self.env["crm.segmentation"].create({"name": "New scheme"})
        payload = self._grid()[0].get_matrix({"segmentation_id": scheme.id})
        self.assertIn("No customer", payload["empty"]["title"])

    def test_archived_segment_is_shown_while_it_counts(self):
        self._grid()[0].env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_segment SET active = false WHERE id = %s", [self.bronze.id]
        )
        self.env.invalidate_all()
        grid, params = self._grid()
        rows = {row["key"]: row for row in grid.get_matrix(params)["rows"]}
        self.assertEqual(rows[str(self.bronze.id)]["tone"], "muted")
        payload = grid.get_matrix(params | {"date_from": "2025-12-31"})
        self.assertIn(str(self.bronze.id), [row["key"] for row in payload["rows"]])
        before = {"date_from": "2026-01-01", "date_to": "2026-01-02"}
        payload = grid.get_matrix(params | before)
        self.assertTrue(payload["empty"])

    def test_portal_and_plain_users_are_refused(self):
        for groups in ("base.group_portal", "base.group_user"):
            user = new_test_user(self.env, groups.replace(".", "_"), groups=groups)
            grid, params = self._grid(user)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                grid.get_matrix(params)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                grid.open_cell(params, None, None)

    def test_number_of_queries_does_not_grow_with_customers(self):
        grid, params = self._grid()
        grid.get_matrix(params)

        def count_queries():
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            grid.get_matrix(params)
            return self.env.cr.sql_log_count - before

        few = count_queries()
        for number in range(50):
            self.customers[number] = self.env["res.partner"].create({"name": number})
            self._add_stay(number, self.silver, "2026-02-01 00:00:00")
        self.assertEqual(count_queries(), few)
        self.assertLessEqual(few, 14)


@tagged("post_install", "-at_install")
class TestCrmSegmentMigrationTour(SegmentMigrationCase, HttpCase):
    def test_tour(self):
        """The tour works with stays relative to the real day."""
        today = fields.Datetime.now()
        months = {1: 4, 2: 1}
        stays = self.env["crm.segment.membership"].search(
            [("segmentation_id", "=", self.scheme.id)]
        )
        stays.unlink()
        for number, (customer, segments) in enumerate(
            {
                "ann": (self.gold, self.gold),
                "bob": (self.silver, self.gold),
                "cem": (self.gold, self.silver),
            }.items()
        ):
            first = fields.Datetime.subtract(today, months=months[1], days=number)
            then = fields.Datetime.subtract(today, months=months[2], days=number)
            self._add_stay(customer, segments[0], first, then)
            self._add_stay(customer, segments[1], then)
        self.start_tour("/odoo", "crm_segment_migration_tour", login=self.seller.login)

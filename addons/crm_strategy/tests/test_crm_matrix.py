import io
import json
from datetime import date, datetime

import openpyxl

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

FILTERS = [
    {
        "key": "team",
        "label": "Team",
        "type": "selection",
        "choices": [(False, "All"), (1, "North"), (2, "South")],
        "default": False,
    },
    {
        "key": "since",
        "label": "Since",
        "type": "date",
        "default": lambda values: date(2026, 1 + (values["team"] or 0), 1),
        "max": date(2026, 12, 31),
    },
    {"key": "own", "label": "Own", "type": "boolean", "default": False},
]
ROWS = [{"key": "a", "label": "Gold"}, {"key": "b", "label": "=1+1"}]
COLUMNS = [{"key": "x", "label": "Low"}, {"key": "y", "label": "High"}]


class MatrixCase(TransactionCase):
    """Gives the abstract model itself a small grid of two by two.

    ::

                 Low          High      Total
        Gold   3 / 1000.50   1 / 0     4 / 1000.50
        =1+1        -        4 / 20    4 / 20
        Total  3 / 1000.50   5 / 20    8 / 1020.50
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **DISABLED_MAIL_CONTEXT))
        cls.user = new_test_user(
            cls.env,
            "matrix_user",
            groups="base.group_user,crm_strategy.group_user",
            tz="Asia/Shanghai",
        )
        cls.outsider = new_test_user(cls.env, "matrix_out", groups="base.group_user")
        cls.currency = cls.env.ref("base.EUR")
        cls.currency.active = True

    def setUp(self):
        super().setUp()
        self.matrix = self.env["crm.matrix"].with_user(self.user)
        self.received = []
        hooks = {
            "_get_filters": lambda model: FILTERS,
            "_get_axes": lambda model, values: (ROWS, COLUMNS),
            "_get_matrix": lambda model, values: self._payload(values),
            "_get_cell_domain": lambda model, values, row, column: [
                ("name", "=", f"{row}{column}")
            ],
        }
        for name, function in hooks.items():
            self.patch(self.registry["crm.matrix"], name, function)

    def _payload(self, values):
        self.received.append(values)
        return {
            "title": "Small / Grid",
            "definition": "How many there are.",
            "row_title": "Before",
            "column_title": "After",
            "computed_at": datetime(2026, 3, 31, 20, 30),
            "measures": [
                {"key": "count", "label": "Customers", "type": "integer"},
                {
                    "key": "revenue",
                    "label": "Revenue: [net]",
                    "type": "monetary",
                    "currency_id": self.currency.id,
                },
                {
                    "key": "share",
                    "label": "Share of Row",
                    "type": "percent",
                    "share_of": "count",
                    "share_by": "row",
                },
                {
                    "key": "part",
                    "label": "Share",
                    "type": "percent",
                    "share_of": "count",
                },
            ],
            "cells": {
                "a|x": {"count": 3, "revenue": 1000.5},
                "a|y": {"count": 1, "revenue": 0.0, "tone": "good"},
                "b|y": {"count": 4, "revenue": 20.0},
            },
        }


@tagged("post_install", "-at_install")
class TestCrmMatrix(MatrixCase):
    def test_payload_has_totals_shares_and_filters(self):
        payload = self.matrix.get_matrix()
        self.assertEqual(payload["rows"], ROWS)
        self.assertEqual(payload["columns"], COLUMNS)
        self.assertEqual(payload["computed_at"], "2026-03-31 20:30:00")
        self.assertEqual(
            payload["row_totals"],
            {
                "a": {"count": 4, "revenue": 1000.5, "share": 1.0, "part": 0.5},
                "b": {"count": 4, "revenue": 20.0, "share": 1.0, "part": 0.5},
            },
        )
        self.assertEqual(
            payload["column_totals"],
            {
                "x": {"count": 3, "revenue": 1000.5, "share": 0.375, "part": 0.375},
                "y": {"count": 5, "revenue": 20.0, "share": 0.625, "part": 0.625},
            },
        )
        self.assertEqual(
            payload["total"],
            {"count": 8, "revenue": 1020.5, "share": 1.0, "part": 1.0},
        )
        self.assertEqual(
            payload["cells"]["a|x"],
            {"count": 3, "revenue": 1000.5, "share": 0.75, "part": 0.375},
        )
        self.assertEqual(
            [(item["key"], item["value"]) for item in payload["filters"]],
            [("team", False), ("since", "2026-01-01"), ("own", False)],
        )
        self.assertEqual(payload["filters"][1]["max"], "2026-12-31")
        json.dumps(payload)

    def test_values_reach_the_grid_in_their_own_type(self):
        self.matrix.get_matrix(
            {"team": 2, "since": "2026-02-28", "own": True, "unknown": "'; --"}
        )
        self.assertEqual(
            self.received, [{"team": 2, "since": date(2026, 2, 28), "own": True}]
        )

    def test_default_depends_on_earlier_filters(self):
        self.matrix.get_matrix({"team": 2, "since": None})
        self.assertEqual(self.received[0]["since"], date(2026, 3, 1))

    def test_selection_without_choices_has_no_value(self):
        self.patch(
            self.registry["crm.matrix"],
            "_get_filters",
            lambda model: [{**FILTERS[0], "choices": []}],
        )
        self.matrix.get_matrix({"team": 5})
        self.assertEqual(self.received, [{"team": False}])

    def test_hostile_filters_are_refused(self):
        for params in (
            [],
            "team",
            {"team": 3},
            {"team": "1"},
            {"team": True},
            {"team": 1.0},
            {"team": [1]},
            {"team": {"id": 1}},
            {"since": "2026-02-30"},
            {"since": "1 OR 1=1"},
            {"since": "2026-02-28'; DROP TABLE res_partner"},
            {"since": ""},
            {"since": False},
            {"since": 20260228},
            {"since": ["2026-02-28"]},
            {"own": 1},
            {"own": "yes"},
        ):
            with self.subTest(params=params), self.assertRaises(UserError):
                self.matrix.get_matrix(params)
        self.assertFalse(self.received)

    def test_cell_opens_its_records(self):
        action = self.matrix.open_cell({"team": 1}, "a", "y")
        self.assertEqual(action["name"], "Gold / High")
        self.assertEqual(action["res_model"], "res.partner")
        self.assertEqual(action["domain"], [("name", "=", "ay")])
        total = self.matrix.open_cell({}, None, "x")
        self.assertEqual(total["name"], "Low")
        self.assertEqual(total["domain"], [("name", "=", "Nonex")])

    def test_cell_that_does_not_exist_is_refused(self):
        for keys in (("z", "x"), ("a", "a"), (1, None), ([], "x"), ({}, None)):
            with self.subTest(keys=keys), self.assertRaises(UserError):
                self.matrix.open_cell({}, *keys)

    def test_only_the_group_opens_a_grid(self):
        matrix = self.matrix.with_user(self.outsider)
        with self.assertRaises(AccessError):
            matrix.get_matrix()
        with self.assertRaises(AccessError):
            matrix.open_cell({}, "a", "x")
        self.assertFalse(self.received)


@tagged("post_install", "-at_install")
class TestCrmMatrixExport(MatrixCase, HttpCase):
    def _export(self, login="matrix_user", **data):
        self.authenticate(login, login)
        token = http.Request.csrf_token(self)
        data = {"model": "crm.matrix", "params": "{}", "csrf_token": token} | data
        return self.url_open("/crm_strategy/matrix/xlsx", data=data)

    def test_workbook_shows_what_the_screen_shows(self):
        response = self._export(params=json.dumps({"team": 1}))
        self.assertEqual(response.status_code, 200)
        self.assertIn("Small%20%20Grid.xlsx", response.headers["Content-Disposition"])
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        self.assertEqual(
            book.sheetnames, ["Customers", "Revenue   net", "Share of Row", "Share"]
        )
        self.assertEqual(
            list(book["Revenue   net"].values),
            [
                ("Small / Grid: Revenue: [net]", None, None, None),
                ("How many there are.", None, None, None),
                ("As of", datetime(2026, 4, 1, 4, 30), "Asia/Shanghai", None),
                ("Team", "North", None, None),
                ("Since", datetime(2026, 2, 1), None, None),
                ("Own", "No", None, None),
                (None, None, None, None),
                (None, "After", None, None),
                ("Before", "Low", "High", "Total"),
                ("Gold", 1000.5, 0, 1000.5),
                ("=1+1", 0, 20, 20),
                ("Total", 1000.5, 20, 1020.5),
            ],
        )

    def test_figures_are_numbers_with_their_format(self):
        book = openpyxl.load_workbook(io.BytesIO(self._export().content))
        money = book["Revenue   net"]["B10"]
        self.assertEqual((money.data_type, money.number_format), ("n", '#,##0.00 "€"'))
        share = book["Share of Row"]["B10"]
        self.assertEqual((share.value, share.number_format), (0.75, "0.0%"))
        label = book["Customers"]["A11"]
        self.assertEqual((label.value, label.data_type), ("=1+1", "s"))

    def test_export_needs_a_grid(self):
        for model in ("res.partner", "res.users", "nothing", "crm.matrix'"):
            with self.subTest(model=model):
                self.assertEqual(self._export(model=model).status_code, 404)

    def test_export_obeys_rights_and_checks_filters(self):
        denied = self._export("matrix_out")
        self.assertEqual(denied.status_code, 500)
        self.assertIn("odoo.exceptions.AccessError", denied.text)
        for params in ("[]", "no json", '{"team": 7}', '{"since": "x"}'):
            with self.subTest(params=params):
                refused = self._export(params=params)
                self.assertEqual(refused.status_code, 500)
                self.assertIn("odoo.exceptions.UserError", refused.text)
        self.assertFalse(self.received)

    def test_export_needs_token_and_login(self):
        self.assertEqual(self._export(csrf_token="x").status_code, 400)
        self.authenticate(None, None)
        response = self.url_open(
            "/crm_strategy/matrix/xlsx",
            data={"model": "crm.matrix", "csrf_token": http.Request.csrf_token(self)},
            allow_redirects=False,
        )
        self.assertIn(response.status_code, (303, 400))
        self.assertFalse(self.received)

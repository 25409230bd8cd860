import doctest
import io
from datetime import date
from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from odoo.addons.crm_strategy.tools import sales_history, sales_history_states

RULES = sales_history.Rules(
    today=date(2026, 1, 31),
    currency_digits={"USD": 2, "JPY": 0, "EUR": 2},
    inactive_currencies=frozenset({"GBP"}),
    first_rates={"EUR": date(2020, 1, 1), "JPY": None},
)
HEADER = b"partner,date,order,product,quantity,amount,currency,cost,time\n"
GOOD = "C1,2026-01-31,O1,P1,2,10.50,USD,,"


@tagged("post_install", "-at_install")
class TestSalesHistoryTools(TransactionCase):
    def _parse(self, text):
        header, records = sales_history.read_file(io.BytesIO(HEADER + text.encode()))
        return [
            sales_history.parse_line(number, values, header, RULES)
            for number, values in records
        ]

    def _codes(self, text):
        (line,) = self._parse(text)
        return [code for code, _params in line.problems]

    def test_doctests(self):
        for module in (sales_history, sales_history_states):
            failed, attempted = doctest.testmod(module)
            self.assertEqual(failed, 0)
            self.assertGreater(attempted, 1)

    def test_good_line(self):
        (line,) = self._parse(GOOD)
        self.assertEqual(line.problems, [])
        self.assertEqual((line.number, line.order, line.partner), (2, "O1", "C1"))
        self.assertEqual((line.quantity, line.amount), (2, Decimal("10.50")))
        self.assertEqual(line.moment.isoformat(), "2026-01-31T12:00:00")

    def test_each_bad_value_has_its_code(self):
        for change, code in (
            (("C1", ""), "missing"),
            (("C1", "x" * 129), "key"),
            (("2026-01-31", "31.01.2026"), "date"),
            (("2026-01-31", "01/02/2026"), "date"),
            (("2026-01-31", "2026-02-30"), "no_such_day"),
            (("2026-01-31", "2026-02-01"), "future"),
            (("2026-01-31", "0026-02-01"), "too_old"),
            (("10.50", "1'000"), "number"),
            (("10.50", "1e3"), "number"),
            (("10.50", "ten"), "number"),
            (("10.50", "10.505"), "amount_digits"),
            ((",2,", ",0,"), "zero_quantity"),
            ((",2,", ",2.005,"), "quantity_digits"),
            (("USD", "XXX"), "unknown_currency"),
            (("USD", "GBP"), "inactive_currency"),
            (("USD,,", "USD,-1,"), "cost_sign"),
            (("USD,,", "USD,,25:00"), "time"),
            (("USD,,", "USD"), "width"),
        ):
            with self.subTest(change):
                self.assertEqual(self._codes(GOOD.replace(*change, 1)), [code])

    def test_comma_is_refused(self):
        codes = self._codes('C1,2026-01-31,O1,P1,2,"1,50",USD,,')
        self.assertEqual(codes, ["comma"])

    def test_rate_must_exist_on_the_day(self):
        yen = GOOD.replace("USD", "JPY").replace("10.50", "10")
        self.assertEqual(self._codes(yen), ["no_rate"])
        old = GOOD.replace("USD", "EUR").replace("2026-01-31", "2019-12-31")
        self.assertEqual(self._codes(old), ["no_rate"])
        self.assertEqual(self._codes(GOOD.replace("USD", "EUR")), [])

    def test_line_numbers_are_those_of_the_file(self):
        lines = self._parse('"C\n1",2026-01-31,O1,P1,2,1,USD,,\n\n' + GOOD)
        self.assertEqual([line.number for line in lines], [2, 5])

    def test_files_that_cannot_be_read(self):
        for content, code in (
            (b"", "empty"),
            (b"\n" + HEADER, "empty"),
            (b"PK\x03\x04rest", "workbook"),
            (HEADER.decode().encode("utf-16"), "encoding"),
            (HEADER + "Müller,".encode("latin-1"), "encoding"),
            (HEADER + b"a\0b", "binary"),
            (HEADER + b'"never ends', "quotes"),
            (b"partner,date,order\n", "missing_columns"),
            (HEADER.replace(b"cost", b"date"), "double_columns"),
        ):
            with self.subTest(code=code, content=content[:20]):
                with self.assertRaises(sales_history.FileProblem) as caught:
                    list(sales_history.read_file(io.BytesIO(content))[1])
                self.assertEqual(caught.exception.code, code)

    def test_byte_order_mark_and_tabs(self):
        content = b"\xef\xbb\xbf" + HEADER.replace(b",", b"\t")
        header, _records = sales_history.read_file(io.BytesIO(content))
        self.assertEqual((header.delimiter, header.columns[0]), ("\t", "partner"))

    def test_every_state_can_be_left_or_is_an_end(self):
        states = {state for state, _action in sales_history_states.TRANSITIONS}
        ends = set(sales_history_states.TRANSITIONS.values()) - states
        self.assertEqual(ends, {"undone"})

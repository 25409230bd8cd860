"""The sales history file: its format, its checks and the life of an import.

Plain Python without Odoo. A file is read as a stream, so its size does not
matter for memory. What is wrong with the file as a whole raises
:class:`FileProblem`; what is wrong with a line is collected on the line, so
that one pass reports every bad line. Problems are codes with parameters: the
texts, which are translated, belong to the caller.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

REQUIRED_COLUMNS = (
    "partner",
    "date",
    "order",
    "product",
    "quantity",
    "amount",
    "currency",
)
OPTIONAL_COLUMNS = (
    "time",
    "line",
    "partner_name",
    "partner_is_company",
    "country",
    "product_name",
    "category",
    "salesperson",
    "cost",
)
# Columns that a file of rejected lines carries; read over when it is loaded again.
REJECT_COLUMNS = ("rejected_line", "rejected_reason")
DELIMITERS = (",", ";", "\t")
MAX_KEY_LENGTH = 128
MIDDAY = time(12)

_NUMBER = re.compile(r"-?\d{1,13}(\.\d{1,12})?")
_TRUTH = {
    "1": True,
    "true": True,
    "yes": True,
    "0": False,
    "false": False,
    "no": False,
}

# --- PROBLEMS ---


class FileProblem(Exception):
    """The file cannot be read at all; ``code`` and ``params`` say why."""

    def __init__(self, code: str, **params):
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Rules:
    """What a line is checked against, taken from the database once per file."""

    today: date
    quantity_digits: int = 2
    currency_digits: dict[str, int] = field(default_factory=dict)
    inactive_currencies: frozenset[str] = frozenset()
    # First day with a rate, per foreign currency; None if it has no rate at all.
    first_rates: dict[str, date | None] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """One line of the file. A value that is missing or wrong is None."""

    number: int
    order: str | None = None
    partner: str | None = None
    product: str | None = None
    moment: datetime | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    cost: Decimal | None = None
    currency: str | None = None
    login: str | None = None
    key: str | None = None
    details: dict = field(default_factory=dict)
    problems: list[tuple[str, dict]] = field(default_factory=list)

    def add(self, code: str, **params):
        """Note a problem of this line."""
        self.problems.append((code, params))


# --- READING ---


@dataclass(frozen=True)
class Header:
    """The first line: delimiter, names, place of each known column."""

    delimiter: str
    columns: tuple[str, ...]
    places: dict[str, int]

    @property
    def width(self) -> int:
        """Number of values that each line must have."""
        return len(self.columns)

    @property
    def ignored(self) -> list[str]:
        """Names of columns that mean nothing here."""
        known = REQUIRED_COLUMNS + OPTIONAL_COLUMNS + REJECT_COLUMNS
        return [name for name in self.columns if name and name not in known]

    def without_rejects(self, values: list[str]) -> list[str]:
        """Return the values without the columns that a file of rejects adds."""
        padded = values + [""] * (self.width - len(values))
        return [
            value
            for place, value in enumerate(padded)
            if place >= self.width or self.columns[place] not in REJECT_COLUMNS
        ]


def _decode(stream) -> Iterator[str]:
    """Yield the text of each physical line of a binary stream, UTF-8 only."""
    for number, raw in enumerate(stream, 1):
        if number == 1:
            if raw.startswith(b"PK\x03\x04"):
                raise FileProblem("workbook")
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise FileProblem("encoding", line=1)
        if b"\0" in raw:
            raise FileProblem("binary", line=number)
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise FileProblem("encoding", line=number) from error


def _records(lines, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (physical line on which it starts, values) of each non-blank record."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = 2
    try:
        for values in reader:
            if any(value.strip() for value in values):
                yield start, values
            start = reader.line_num + 2
    except csv.Error as error:
        raise FileProblem("quotes", line=start) from error


def _read_header(text: str) -> Header:
    names = {}
    for delimiter in DELIMITERS:
        try:
            values = next(csv.reader([text], delimiter=delimiter, strict=True), [])
        except csv.Error as error:
            raise FileProblem("quotes", line=1) from error
        names[delimiter] = [value.strip().lower() for value in values]
    delimiter = max(
        DELIMITERS, key=lambda d: len(set(names[d]) & set(REQUIRED_COLUMNS))
    )
    columns = names[delimiter]
    missing = [name for name in REQUIRED_COLUMNS if name not in columns]
    if missing:
        raise FileProblem("missing_columns", columns=", ".join(missing))
    known = REQUIRED_COLUMNS + OPTIONAL_COLUMNS
    double = [name for name in known if columns.count(name) > 1]
    if double:
        raise FileProblem("double_columns", columns=", ".join(double))
    places = {name: columns.index(name) for name in known if name in columns}
    return Header(delimiter, tuple(columns), places)


def read_file(stream) -> tuple[Header, Iterator[tuple[int, list[str]]]]:
    """Return the header of a binary ``stream`` and an iterator over its records.

    A record is the physical line number on which it starts and its values;
    blank lines are left out. Nothing but the header has been read on return.

    >>> import io
    >>> head = b"partner;date;order;product;quantity;amount;currency\\n"
    >>> header, records = read_file(io.BytesIO(head + b"C1;x;y;z;1;2;USD\\n"))
    >>> header.delimiter, list(records)
    (';', [(2, ['C1', 'x', 'y', 'z', '1', '2', 'USD'])])
    >>> try:
    ...     read_file(io.BytesIO(b""))
    ... except FileProblem as problem:
    ...     problem.code
    'empty'
    """
    lines = _decode(stream)
    first = next(lines, "")
    if not first.strip():
        raise FileProblem("empty")
    header = _read_header(first)
    return header, _records(lines, header.delimiter)


# --- CHECKING ONE LINE ---


def parse_number(text: str) -> tuple[Decimal | None, str | None]:
    """Return (number, None) or (None, code of the problem).

    Digits with a point before the decimals, nothing else: what another country
    reads differently is refused, not guessed.

    >>> parse_number("-1234.50")
    (Decimal('-1234.50'), None)
    >>> parse_number("1,234")
    (None, 'comma')
    >>> parse_number("twelve")
    (None, 'number')
    """
    if _NUMBER.fullmatch(text):
        return Decimal(text), None
    return None, "comma" if "," in text else "number"


def count_decimals(number: Decimal) -> int:
    """Return the decimals that a number needs.

    >>> count_decimals(Decimal("12.340")), count_decimals(Decimal("1200"))
    (2, 0)
    """
    return max(0, -number.normalize().as_tuple().exponent)


def parse_line(number: int, values: list[str], header: Header, rules: Rules) -> Line:
    """Return the checked line; everything wrong with it is in its ``problems``."""
    line = Line(number)
    if len(values) != header.width:
        line.add("width", found=len(values), expected=header.width)
    cell = {
        name: values[place].strip()
        for name, place in header.places.items()
        if place < len(values)
    }
    for column, attribute in (
        ("order", "order"),
        ("partner", "partner"),
        ("product", "product"),
    ):
        setattr(line, attribute, _parse_key(line, column, cell.get(column, "")))
    line.key = cell.get("line") or None
    line.login = cell.get("salesperson") or None
    _parse_moment(line, cell, rules)
    _parse_currency(line, cell, rules)
    _parse_figures(line, cell, rules)
    _parse_details(line, cell)
    return line


def _parse_key(line: Line, column: str, text: str) -> str | None:
    if not text:
        line.add("missing", column=column)
        return None
    if len(text) > MAX_KEY_LENGTH or not text.isprintable():
        line.add("key", column=column, limit=MAX_KEY_LENGTH)
        return None
    return text


def _parse_moment(line: Line, cell: dict, rules: Rules):
    text = cell.get("date", "")
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            line.add("date" if text else "missing", column="date", value=text)
            return
        day = date.fromisoformat(text)
    except ValueError:
        line.add("no_such_day", value=text)
        return
    if day > rules.today:
        line.add("future", value=text)
    elif day.year < 1900:
        line.add("too_old", value=text)
    clock = cell.get("time", "")
    moment = MIDDAY
    if clock:
        try:
            if not re.fullmatch(r"\d\d:\d\d(:\d\d)?", clock):
                raise ValueError(clock)
            moment = time.fromisoformat(clock)
        except ValueError:
            line.add("time", value=clock)
    line.moment = datetime.combine(day, moment)


def _parse_currency(line: Line, cell: dict, rules: Rules):
    code = cell.get("currency", "").upper()
    if not code:
        line.add("missing", column="currency")
    elif code in rules.inactive_currencies:
        line.add("inactive_currency", value=code)
    elif code not in rules.currency_digits:
        line.add("unknown_currency", value=code)
    else:
        line.currency = code
        if code in rules.first_rates and line.moment:
            first = rules.first_rates[code]
            if first is None or line.moment.date() < first:
                day = line.moment.date().isoformat()
                line.add("no_rate", value=code, date=day)


def _parse_figures(line: Line, cell: dict, rules: Rules):
    for column in ("quantity", "amount", "cost"):
        text = cell.get(column, "")
        if not text:
            if column != "cost":
                line.add("missing", column=column)
            continue
        figure, problem = parse_number(text)
        if problem:
            line.add(problem, column=column, value=text)
        setattr(line, column, figure)
    _check_figures(line, rules)


def _check_figures(line: Line, rules: Rules):
    if line.quantity is not None:
        if not line.quantity:
            line.add("zero_quantity")
        elif count_decimals(line.quantity) > rules.quantity_digits:
            line.add("quantity_digits", digits=rules.quantity_digits)
    if line.amount is not None and line.currency:
        digits = rules.currency_digits[line.currency]
        if count_decimals(line.amount) > digits:
            line.add("amount_digits", currency=line.currency, digits=digits)
    if line.cost and line.quantity and line.cost / line.quantity < 0:
        line.add("cost_sign")


def _parse_details(line: Line, cell: dict):
    truth = cell.get("partner_is_company", "").lower()
    if truth and truth not in _TRUTH:
        line.add("truth", value=truth)
    details = {
        "name": cell.get("partner_name"),
        "is_company": _TRUTH.get(truth),
        "country": cell.get("country", "").upper(),
        "product": cell.get("product_name"),
        "category": cell.get("category"),
    }
    line.details = {name: value for name, value in details.items() if value}


# --- FIGURES OF AN ORDER LINE ---


def line_figures(quantity: float, amount: float, unit_cost: float) -> dict:
    """Return price and margin of a line, as the host computes them.

    >>> line_figures(3, 10.0, 1.5)["margin"]
    5.5
    >>> line_figures(2, 0.0, 1.0)["margin_percent"]
    0.0
    """
    margin = amount - unit_cost * quantity
    return {
        "price_unit": amount / quantity,
        "purchase_price": unit_cost,
        "margin": margin,
        "margin_percent": margin / amount if amount else 0.0,
    }

"""Values of observations: from what a person writes to a typed value, and back."""

import datetime

TRUE_WORDS = ("yes", "y", "true", "1")
FALSE_WORDS = ("no", "n", "false", "0")


def parse_number(text: str, point: str = ".", separator: str = ",") -> float:
    """Return the number that ``text`` says, with the signs of a language.

    :raises ValueError: if it says none

    >>> parse_number("1,250,000")
    1250000.0
    >>> parse_number("1.250,5", point=",", separator=".")
    1250.5
    >>> parse_number(" 12 000 ")
    12000.0
    >>> parse_number("many")
    Traceback (most recent call last):
    ...
    ValueError: could not convert string to float: 'many'
    >>> parse_number("nan")
    Traceback (most recent call last):
    ...
    ValueError: nan
    """
    plain = "".join(text.split()).replace("\u202f", "")
    if separator:
        plain = plain.replace(separator, "")
    number = float(plain.replace(point, ".") if point else plain)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def parse_date(text: str, pattern: str = "%Y-%m-%d") -> datetime.date:
    """Return the day that ``text`` says: as ISO writes it, or by ``pattern``.

    :raises ValueError: if it says none

    >>> parse_date("2026-03-05")
    datetime.date(2026, 3, 5)
    >>> parse_date("05.03.2026", "%d.%m.%Y")
    datetime.date(2026, 3, 5)
    """
    text = text.strip()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return datetime.datetime.strptime(text, pattern).date()


def parse_yes_no(text: str, yes: str = "yes", no: str = "no") -> bool:
    """Return the answer that ``text`` gives, in English or in a language's words.

    :raises ValueError: if it gives none

    >>> parse_yes_no("Yes"), parse_yes_no("0"), parse_yes_no("Ja", "ja", "nein")
    (True, False, True)
    >>> parse_yes_no("perhaps")
    Traceback (most recent call last):
    ...
    ValueError: perhaps
    """
    word = text.strip().lower()
    if word in (*TRUE_WORDS, yes.lower()):
        return True
    if word in (*FALSE_WORDS, no.lower()):
        return False
    raise ValueError(text)


def count_decimals(number: float) -> int:
    """Return how many decimals ``number`` needs, six at most.

    >>> count_decimals(1250000.0), count_decimals(99.75), count_decimals(0.1 + 0.2)
    (0, 2, 1)
    """
    text = f"{number:.6f}".rstrip("0")
    return len(text.partition(".")[2])


def change_percent(before: float, after: float) -> float | None:
    """Return the change from ``before`` to ``after`` in percent, None from nothing.

    >>> change_percent(200.0, 250.0), change_percent(-50.0, -25.0)
    (25.0, 50.0)
    >>> change_percent(0.0, 5.0)
    """
    if not before:
        return None
    return 100.0 * (after - before) / abs(before)

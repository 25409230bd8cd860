"""Calls to a customer who complained: what follows from which answer, and when.

A call is made for a purpose: to tell the result, or to ask whether all is well
(follow-up). :data:`CALLS` says by which actions of the complaint's table the answer
moves it; the same for all customers.
"""

import re
from datetime import date, timedelta

# (purpose, outcome): actions of the complaint, in this order
CALLS = {
    ("result", "told"): ("tell",),
    ("result", "received"): ("tell", "receive"),
    ("result", "not_received"): ("tell", "deny"),
    ("result", "unreachable"): (),
    ("result", "asked_back"): (),
    ("follow_up", "received"): ("receive",),
    ("follow_up", "not_received"): ("deny",),
    ("follow_up", "unreachable"): (),
    ("follow_up", "asked_back"): (),
}
# state of the complaint: what the next call is for
PURPOSES = {"inform": "result", "follow_up": "follow_up"}
# What a script may speak of, in double braces
PLACEHOLDERS = (
    "customer",
    "contact",
    "agent",
    "company",
    "number",
    "subject",
    "order",
    "products",
    "result",
    "date",
)
PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def get_moves(purpose: str, outcome: str) -> tuple | None:
    """Return the actions that follow from a call, None where it makes no sense.

    >>> get_moves("result", "told"), get_moves("follow_up", "not_received")
    (('tell',), ('deny',))
    >>> get_moves("follow_up", "unreachable")
    ()
    >>> get_moves("follow_up", "told") is None
    True
    """
    return CALLS.get((purpose, outcome))


def get_outcomes(purpose: str) -> list:
    """Return the answers that a call for this purpose can have.

    >>> get_outcomes("follow_up")
    ['received', 'not_received', 'unreachable', 'asked_back']
    """
    return [outcome for known, outcome in CALLS if known == purpose]


def is_retried(unreachable: int, retries: int) -> bool:
    """Tell whether to call again after so many calls in vain; else ask the leader.

    With three retries the fourth call in vain is the last one:

    >>> [is_retried(count, 3) for count in (1, 2, 3, 4)]
    [True, True, True, False]
    >>> is_retried(1, 0)
    False
    """
    return unreachable <= retries


def get_follow_up_day(counted_from: date | None, told: date, due: date | None) -> date:
    """Return the day of the follow-up call.

    :param counted_from: day of shipping or delivery, None if nothing was sent
    :param told: day on which the customer was told
    :param due: ``counted_from``, or ``told`` without it, plus the days to wait

    >>> told = date(2026, 3, 12)
    >>> get_follow_up_day(date(2026, 3, 11), told, date(2026, 3, 14))
    datetime.date(2026, 3, 14)

    Nobody is called to ask how it went before the day on which he was told:

    >>> get_follow_up_day(date(2026, 3, 1), told, date(2026, 3, 4))
    datetime.date(2026, 3, 12)
    >>> get_follow_up_day(None, told, None)
    datetime.date(2026, 3, 12)
    """
    return max(due or counted_from or told, told)


def add_days(start: date, days: int) -> date:
    """Return the day that is so many calendar days after ``start``.

    >>> add_days(date(2026, 2, 27), 3)
    datetime.date(2026, 3, 2)
    """
    return start + timedelta(days=days)


def find_unknown(text: str) -> list:
    """Return the placeholders of a script that nobody can fill in, sorted.

    >>> find_unknown("Dear {{ customer }}, {{result}} {{ object.sudo }} {{ price }}")
    ['price']
    >>> find_unknown("")
    []
    """
    return sorted(set(PLACEHOLDER.findall(text or "")) - set(PLACEHOLDERS))


def fill_in(text: str, values: dict) -> str:
    """Return the script with the placeholders replaced; nothing is evaluated.

    What cannot be filled in leaves no trace, and what is filled in is not read
    again:

    >>> fill_in("Dear {{ customer }}: {{ result }}", {"customer": "{{ result }}"})
    'Dear {{ result }}: '
    >>> fill_in("{{ object.unlink() }} stays", {})
    '{{ object.unlink() }} stays'
    """
    return PLACEHOLDER.sub(lambda match: str(values.get(match[1]) or ""), text or "")

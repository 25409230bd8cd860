"""The life of a partner's role: what may be done in which state, and where it
leads. Asked by buttons, by every write, and by tests alike."""

import datetime

TRANSITIONS = {
    ("proposed", "accept"): "active",
    ("proposed", "decline"): "declined",
    ("proposed", "end"): "ended",
    ("declined", "reconsider"): "proposed",
    ("active", "suspend"): "suspended",
    ("active", "end"): "ended",
    ("suspended", "resume"): "active",
    ("suspended", "end"): "ended",
    ("ended", "reopen"): "active",
}
# States in which the partner has the role or is about to have it
OPEN_STATES = ("proposed", "active", "suspended")
# States in which somebody has to say why
CLOSING_STATES = ("suspended", "ended", "declined")


def allowed_actions(state: str) -> list[str]:
    """Return what may be done with an assignment in ``state``.

    >>> allowed_actions("active")
    ['suspend', 'end']
    >>> allowed_actions("gone")
    []
    """
    return [action for known, action in TRANSITIONS if known == state]


def is_allowed(state: str, target: str) -> bool:
    """Return whether an assignment may go from ``state`` to ``target``.

    >>> is_allowed("proposed", "active"), is_allowed("proposed", "suspended")
    (True, False)
    >>> is_allowed("active", "active")
    True
    """
    return state == target or any(
        known == state and reached == target
        for (known, _action), reached in TRANSITIONS.items()
    )


def last_day(
    today: datetime.date, date_from: datetime.date, date_to: datetime.date | None
) -> datetime.date:
    """Return the last day of an assignment that ends now.

    What has ended before keeps its day, and nothing ends before it began.

    >>> day = datetime.date
    >>> last_day(day(2026, 6, 1), day(2026, 1, 1), None)
    datetime.date(2026, 6, 1)
    >>> last_day(day(2026, 6, 1), day(2026, 1, 1), day(2026, 5, 1))
    datetime.date(2026, 5, 1)
    >>> last_day(day(2026, 6, 1), day(2026, 1, 1), day(2027, 1, 1))
    datetime.date(2026, 6, 1)
    >>> last_day(day(2026, 6, 1), day(2026, 9, 1), None)
    datetime.date(2026, 9, 1)
    """
    return max(min(today, date_to or today), date_from)


def overlaps(first: tuple, second: tuple) -> bool:
    """Return whether two assignments hold on the same day.

    Each is ``(date_from, date_to, is_ended)``. No last day means for ever. What
    has ended leaves its last day to a successor.

    >>> day = datetime.date
    >>> old = (day(2026, 1, 1), day(2026, 3, 31), False)
    >>> overlaps(old, (day(2026, 4, 1), None, False))
    False
    >>> overlaps(old, (day(2026, 3, 31), None, False))
    True
    >>> ended = (day(2026, 1, 1), day(2026, 3, 31), True)
    >>> overlaps(ended, (day(2026, 3, 31), None, False))
    False
    >>> overlaps((day(2026, 1, 1), None, False), (day(2030, 1, 1), None, False))
    True
    >>> empty = (day(2026, 3, 1), day(2026, 3, 1), True)
    >>> overlaps(empty, old)
    False
    """
    return _starts_within(first, second) or _starts_within(second, first)


def _starts_within(first, second):
    """Return whether ``first`` holds on some day and begins while ``second`` holds."""
    date_from, date_to, is_ended = first
    if is_ended and date_to == date_from:
        return False
    start, end, has_ended = second
    if date_from < start:
        return False
    return end is None or (date_from < end if has_ended else date_from <= end)

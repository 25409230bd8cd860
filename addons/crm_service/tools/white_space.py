"""What a customer buys, wants, no longer buys, or does not buy yet, by category.

Plain Python: the model reads the purchases, calls and shows.
"""

from datetime import date, timedelta

# days within which a purchase says that the customer buys the category
RECENT_DAYS = 365
# a share of fewer customers would tell what single ones buy
MIN_PEERS = 5

STATES = ("wanted", "bought", "lapsed", "not_yet")


def state(last: date | None, today: date, is_wanted: bool) -> str:
    """Return where a customer stands with a category.

    What he buys is bought, even if he asks for more of it:

    >>> today = date(2026, 3, 15)
    >>> state(date(2026, 1, 1), today, False), state(date(2026, 1, 1), today, True)
    ('bought', 'bought')

    Bought once, not for a year:

    >>> state(date(2025, 3, 15), today, False), state(date(2025, 3, 14), today, False)
    ('bought', 'lapsed')

    Asked for, in a need or a quotation, and not bought of late:

    >>> state(None, today, True), state(date(2024, 1, 1), today, True)
    ('wanted', 'wanted')
    >>> state(None, today, False)
    'not_yet'
    """
    if last and last >= today - timedelta(days=RECENT_DAYS):
        return "bought"
    if is_wanted:
        return "wanted"
    return "lapsed" if last else "not_yet"


def peer_percent(buyers: int, peers: int) -> int | None:
    """Return how many in a hundred similar customers buy a category.

    >>> peer_percent(3, 12)
    25

    Of a handful of customers it would tell what each of them buys:

    >>> peer_percent(1, 4) is None, peer_percent(0, 0) is None
    (True, True)
    """
    return round(100 * buyers / peers) if peers >= MIN_PEERS else None


def change_percent(now: float, before: float) -> int | None:
    """Return the change from the twelve months before, None where there were none.

    >>> change_percent(150, 100), change_percent(50, 100), change_percent(5, 0)
    (50, -50, None)
    """
    return round(100 * (now - before) / before) if before > 0 else None


def order_key(category: dict):
    """Return the place of a category in the grid: what calls for action comes first.

    Wanted; bought, by amount; no longer bought; then what similar customers buy most.

    >>> grid = [
    ...     {"state": "not_yet", "amount": 0, "peers": 80, "name": "a"},
    ...     {"state": "bought", "amount": 5, "peers": 1, "name": "b"},
    ...     {"state": "bought", "amount": 9, "peers": 1, "name": "c"},
    ...     {"state": "wanted", "amount": 0, "peers": None, "name": "d"},
    ... ]
    >>> [category["name"] for category in sorted(grid, key=order_key)]
    ['d', 'c', 'b', 'a']
    """
    return (
        STATES.index(category["state"]),
        -category["amount"],
        -(category["peers"] or 0),
        category["name"],
    )

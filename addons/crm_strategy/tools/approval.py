"""Decisions on approvals, as plain Python: who may do what in which state and where
it leads, whether a rule asks for a document, who acts for whom, which tier is next.

A *document* (quotation, contract, ...) is in one of five states. A *step* is one
signature that a rule asks for; the steps of one request make its log.

Who, as named in the tables:

- ``author``     may change the document
- ``requester``  asked for this approval, or manages the policies
- ``approver``   may sign one of the steps that are asked now
- ``system``     nobody presses a button: the product itself
"""

from collections.abc import Iterable
from typing import NamedTuple


class Move(NamedTuple):
    state: str
    who: str


DOCUMENT_MOVES = {
    ("none", "request"): Move("pending", "author"),
    ("returned", "request"): Move("pending", "author"),
    ("pending", "approve"): Move("pending", "approver"),  # others have to sign yet
    ("pending", "complete"): Move("approved", "system"),  # that was the last one
    ("pending", "return"): Move("returned", "approver"),
    ("pending", "reject"): Move("rejected", "approver"),
    ("pending", "withdraw"): Move("none", "requester"),
    # what was asked is no longer what stands there
    ("pending", "change"): Move("none", "system"),
    ("approved", "change"): Move("none", "system"),
    ("rejected", "change"): Move("none", "system"),
    ("returned", "change"): Move("returned", "system"),
    ("pending", "close"): Move("none", "system"),  # cancelled or deleted
}

STEP_MOVES = {
    ("waiting", "open"): Move("pending", "system"),
    ("pending", "approve"): Move("approved", "approver"),
    ("pending", "return"): Move("returned", "approver"),
    ("pending", "reject"): Move("rejected", "approver"),
    # another step decided for all
    ("waiting", "skip"): Move("skipped", "system"),
    ("pending", "skip"): Move("skipped", "system"),
    # withdrawn, changed, cancelled, deleted
    ("waiting", "void"): Move("void", "system"),
    ("pending", "void"): Move("void", "system"),
    ("approved", "void"): Move("void", "system"),
}

#: decisions that need a reason
REASONED = ("return", "reject")


def move(table: dict, state: str, event: str) -> str | None:
    """Return the state to which ``event`` leads, or None where it cannot happen.

    >>> move(DOCUMENT_MOVES, "none", "request")
    'pending'
    >>> move(DOCUMENT_MOVES, "pending", "request")  # asked twice
    >>> move(DOCUMENT_MOVES, "rejected", "request")  # only after a change
    >>> move(STEP_MOVES, "approved", "approve")  # decided already
    >>> move(STEP_MOVES, "approved", "void")
    'void'
    """
    found = table.get((state, event))
    return found.state if found else None


def allowed_events(table: dict, state: str, who: Iterable[str]) -> list[str]:
    """Return what somebody in the roles ``who`` may do in ``state``.

    >>> allowed_events(DOCUMENT_MOVES, "none", {"author"})
    ['request']
    >>> allowed_events(DOCUMENT_MOVES, "pending", {"author", "requester"})
    ['withdraw']
    >>> allowed_events(DOCUMENT_MOVES, "pending", {"approver"})
    ['approve', 'return', 'reject']
    >>> allowed_events(DOCUMENT_MOVES, "approved", {"author", "approver"})
    []
    """
    return [
        event
        for (known, event), target in table.items()
        if known == state and target.who in who
    ]


def is_asked(
    amount: float,
    margin: float | None,
    *,
    amount_min: float = 0.0,
    amount_max: float = 0.0,
    margin_below: float | None = None,
) -> bool:
    """Return whether limits ask for a document of ``amount`` and ``margin`` percent.

    The lower limit belongs to the range, the upper one does not, so that ranges
    that touch do not both ask. An upper limit of zero is none. A document without
    a margin (nothing to sell) never falls below one.

    >>> is_asked(100000, None, amount_min=100000)
    True
    >>> is_asked(99999.99, None, amount_min=100000)
    False
    >>> is_asked(500, None, amount_min=100, amount_max=500)
    False
    >>> is_asked(10, 7.99, margin_below=8), is_asked(10, 8.0, margin_below=8)
    (True, False)
    >>> is_asked(10, None, margin_below=8)
    False
    >>> is_asked(10, -3.0, margin_below=0)
    True
    """
    if amount < amount_min or (amount_max and amount >= amount_max):
        return False
    if margin_below is None:
        return True
    return margin is not None and margin < margin_below


class Terms(NamedTuple):
    """What was agreed in a line, in the unit of the product.

    ``price`` is after discount; ``net`` is it without taxes that it includes.
    """

    product: int
    quantity: float
    price: float
    net: float
    taxes: tuple = ()


def is_beyond(before: dict, after: dict) -> bool:
    """Return whether lines ``{key: Terms}`` give the customer more than before.

    More of something, another product, something new, or a lower price. Less of
    something, or a higher price, is within what was approved.

    >>> line = Terms(product=1, quantity=10, price=100.0, net=100.0)
    >>> approved = {1: line}
    >>> is_beyond(approved, {1: line._replace(quantity=8, price=120.0)})
    False
    >>> is_beyond(approved, {1: line._replace(quantity=11)})
    True
    >>> is_beyond(approved, {1: line._replace(price=99.99)})
    True
    >>> is_beyond(approved, {1: line, 2: line})
    True
    >>> is_beyond(approved, {1: line, 2: line._replace(quantity=0)})
    False
    >>> is_beyond(approved, {1: line._replace(quantity=-10)})  # taken back
    True
    >>> is_beyond(approved, {1: line._replace(taxes=(7,), net=84.03)})
    True
    >>> is_beyond(approved, {})
    False
    """
    return any(
        key not in before or _is_more(before[key], line)
        for key, line in after.items()
        if line.quantity
    )


def _is_more(old: Terms, new: Terms) -> bool:
    tiny = 1e-6
    return (
        new.product != old.product
        or abs(new.quantity) > abs(old.quantity) + tiny
        or new.quantity * old.quantity < 0
        or new.price < old.price - tiny
        or (new.taxes != old.taxes and new.net < old.net - tiny)
    )


def acting_for(user: int, absences: Iterable[tuple[int, int]]) -> set[int]:
    """Return those for whom ``user`` may act: himself and whom he stands in for.

    :param absences: (absent user, deputy) of today. A deputy who is absent himself
        hands on what he was given, so that nothing waits for two people away.

    >>> sorted(acting_for(2, [(1, 2)]))
    [1, 2]
    >>> sorted(acting_for(3, [(1, 2), (2, 3)]))
    [1, 2, 3]
    >>> sorted(acting_for(1, [(1, 2), (2, 1)]))
    [1, 2]
    >>> acting_for(9, [(1, 2)])
    {9}
    """
    absences = list(absences)
    found, queue = {user}, [user]
    while queue:
        deputy = queue.pop()
        for absent, stand_in in absences:
            if stand_in == deputy and absent not in found:
                found.add(absent)
                queue.append(absent)
    return found


def deputies_of(users: Iterable[int], absences: Iterable[tuple[int, int]]) -> set[int]:
    """Return who stands in for ``users``, without themselves.

    >>> deputies_of([1], [(1, 2), (2, 3), (4, 5)])
    {2, 3}
    >>> deputies_of([1, 2], [(1, 2)])
    set()
    """
    users = set(users)
    reverse = [(deputy, absent) for absent, deputy in absences]
    found = set()
    for user in users:
        found |= acting_for(user, reverse)
    return found - users


def find_circle(absences: Iterable[tuple[int, int]]) -> bool:
    """Return whether deputies stand in for each other in a circle.

    >>> find_circle([(1, 2), (2, 3)])
    False
    >>> find_circle([(1, 2), (2, 3), (3, 1)])
    True
    >>> find_circle([(1, 2), (1, 3), (2, 3)])
    False
    """
    absences = list(absences)
    return any(
        absent == deputy or absent in deputies_of([deputy], absences)
        for absent, deputy in absences
    )


class Signature(NamedTuple):
    """A step as :func:`next_to_open` sees it."""

    key: int
    tier: int
    rule: int
    position: int
    state: str


def next_to_open(signatures: Iterable[Signature]) -> list[int]:
    """Return the keys of the waiting steps to be opened now.

    A tier opens when every step of the tiers before is approved; all its rules open
    side by side. Of one rule one step is open at a time: who signs takes it, and the
    next of the same people takes the one that follows.

    >>> steps = [Signature(1, 1, 7, 1, "waiting"), Signature(2, 1, 7, 2, "waiting"),
    ...          Signature(3, 1, 8, 1, "waiting"), Signature(4, 2, 9, 1, "waiting")]
    >>> next_to_open(steps)
    [1, 3]
    >>> def with_states(*states):
    ...     return [s._replace(state=x) for s, x in zip(steps, states, strict=True)]
    >>> next_to_open(with_states("approved", "waiting", "pending", "waiting"))
    [2]
    >>> next_to_open(with_states("approved", "approved", "pending", "waiting"))
    []
    >>> next_to_open(with_states("approved", "approved", "approved", "waiting"))
    [4]
    """
    undone = [s for s in signatures if s.state in ("waiting", "pending")]
    if not undone:
        return []
    tier = min(s.tier for s in undone)
    present = [s for s in undone if s.tier == tier]
    busy = {s.rule for s in present if s.state == "pending"}
    opened = []
    for step in sorted(present, key=lambda s: (s.rule, s.position)):
        if step.rule not in busy:
            busy.add(step.rule)
            opened.append(step.key)
    return opened

"""Where the loop of a complaint is open: with us, or with the customer."""

from .complaint_states import OPEN_STATES

CUSTOMER_STATES = ("follow_up",)
INTERNAL_STATES = tuple(s for s in OPEN_STATES if s not in CUSTOMER_STATES)


def open_loop(state):
    """Return who has to act: ``internal``, ``customer``, or None.

    >>> open_loop("new"), open_loop("inform"), open_loop("confirmed")
    ('internal', 'internal', 'internal')
    >>> open_loop("follow_up")
    'customer'
    >>> open_loop("closed") is None, open_loop("cancelled") is None
    (True, True)
    """
    if state in CUSTOMER_STATES:
        return "customer"
    return "internal" if state in INTERNAL_STATES else None

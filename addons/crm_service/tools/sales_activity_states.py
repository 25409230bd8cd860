"""The life of a touch with a customer, and what its time and names come to.

A table is ``{(state, action): state}``, read with the helpers of crm_strategy's
``tools/concept_states.py``.
"""

SALES_ACTIVITY = {
    ("proposed", "plan"): "planned",
    ("proposed", "cancel"): "cancelled",
    ("planned", "confirm"): "confirmed",
    ("planned", "done"): "done",
    ("planned", "unplan"): "proposed",
    ("planned", "cancel"): "cancelled",
    ("confirmed", "done"): "done",
    ("confirmed", "unconfirm"): "planned",
    ("confirmed", "cancel"): "cancelled",
    ("done", "reopen"): "planned",
    ("cancelled", "revive"): "planned",
}
#: What is agreed and still to be done: it can be overdue and stands in the calendar
AHEAD = ("planned", "confirmed")
#: What has not come to its end
OPEN = ("proposed", *AHEAD)
#: How long the responsible may take back what was done
REOPEN_DAYS = 30


def may_reopen(days_since, is_own, is_manager):
    """Return whether somebody may take back a touch done ``days_since`` days ago.

    >>> may_reopen(30, True, False), may_reopen(31, True, False)
    (True, False)
    >>> may_reopen(0, False, False), may_reopen(400, False, True)
    (False, True)
    """
    return is_manager or (is_own and days_since <= REOPEN_DAYS)


def missing_parts(required, given):
    """Return which of the ``required`` parts of a report are not ``given``.

    >>> missing_parts(["outcome", "findings"], {"outcome": 3, "findings": " "})
    ['findings']
    >>> missing_parts([], {})
    []
    """
    return [
        part
        for part in required
        if not (given.get(part) and str(given.get(part)).strip())
    ]

"""The life of a corrective action, and how two rates compare.

A table is ``{(state, action): state}``, read with the helpers of crm_strategy's
``tools/concept_states.py``.
"""

CORRECTIVE = {
    ("draft", "open"): "open",
    ("draft", "cancel"): "cancelled",
    ("open", "implement"): "implemented",
    ("open", "cancel"): "cancelled",
    ("implemented", "verify"): "verified",
    ("implemented", "reopen"): "open",
    ("verified", "reopen"): "open",
    ("cancelled", "reset"): "draft",
}
#: What is late when its due date is over
PENDING = ("draft", "open")
#: What can be measured
MEASURED = ("implemented", "verified")


def rate(complaints, shipped, factor=1_000_000):
    """Return complaints for each ``factor`` shipped, or None where nothing was.

    >>> rate(3, 1500)
    2000.0
    >>> rate(3, 0) is None
    True
    """
    return factor * complaints / shipped if shipped else None


def change(before, after):
    """Return by how many percent a figure has changed, or None.

    >>> change(2000.0, 500.0)
    -75.0
    >>> change(0.0, 5.0) is None, change(None, 5.0) is None, change(4.0, None) is None
    (True, True, True)
    """
    if not before or after is None:
        return None
    return 100.0 * (after - before) / before

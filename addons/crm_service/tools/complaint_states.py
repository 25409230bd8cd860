"""The lives of a complaint and of its steps: which action leads from which state
to which. Asked by buttons, boards, background jobs and tests alike.

A table is ``{(state, action): state}``, read with the helpers of crm_strategy's
``tools/concept_states.py``. What only the system may do stands in the sets of
system actions: it follows from steps and documents, nobody presses a button.
"""

COMPLAINT = {
    ("new", "take"): "progress",
    ("new", "cancel"): "cancelled",
    ("progress", "decide"): "decided",
    ("progress", "cancel"): "cancelled",
    ("decided", "return"): "progress",
    ("decided", "release"): "execution",
    ("execution", "executed"): "inform",
    ("execution", "return"): "progress",
    ("inform", "tell"): "follow_up",
    ("inform", "confirm"): "confirmed",
    ("inform", "skip"): "follow_up",
    ("follow_up", "receive"): "confirmed",
    ("follow_up", "confirm"): "confirmed",
    ("follow_up", "deny"): "progress",
    ("follow_up", "skip"): "confirmed",
    ("confirmed", "close"): "closed",
    ("confirmed", "deny"): "progress",
    ("closed", "reopen"): "progress",
    ("cancelled", "revive"): "new",
}
COMPLAINT_SYSTEM = frozenset({"release", "executed"})
OPEN_STATES = (
    "new",
    "progress",
    "decided",
    "execution",
    "inform",
    "follow_up",
    "confirmed",
)
# done only with a reason, so a card cannot be dragged that way
REASONED = frozenset({"cancel", "skip", "deny", "reopen", "return"})

STEP = {
    ("waiting", "open"): "ready",
    ("waiting", "skip"): "skipped",
    ("waiting", "void"): "void",
    ("ready", "done"): "done",
    ("ready", "return"): "returned",
    ("ready", "skip"): "skipped",
    ("ready", "void"): "void",
}
STEP_SYSTEM = frozenset({"open", "void"})
OPEN_STEP_STATES = ("waiting", "ready")


def drag_action(old, new):
    """Return the action that a card dragged from ``old`` to ``new`` asks for, or None.

    >>> drag_action("new", "progress"), drag_action("progress", "decided")
    ('take', 'decide')
    >>> drag_action("inform", "follow_up"), drag_action("confirmed", "closed")
    ('tell', 'close')
    >>> drag_action("decided", "execution") is None  # the system's
    True
    >>> drag_action("new", "cancelled") is None  # asks for a reason
    True
    >>> drag_action("closed", "new") is None
    True
    """
    for (known, action), state in COMPLAINT.items():
        if known == old and state == new and action not in COMPLAINT_SYSTEM | REASONED:
            return action
    return None

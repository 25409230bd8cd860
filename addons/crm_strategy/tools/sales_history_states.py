"""The life of a sales history import: what may be done in which state, and
where it leads. Asked by buttons, background job and tests alike."""

TRANSITIONS = {
    ("draft", "validate"): "validated",
    ("validated", "reset"): "draft",
    ("validated", "queue"): "queued",
    ("validated", "cancel"): "cancelled",
    ("queued", "start"): "running",
    ("queued", "cancel"): "cancelled",
    ("running", "finish"): "done",
    ("running", "finish_with_rejects"): "rejects",
    ("running", "fail"): "failed",
    ("running", "cancel"): "cancelled",
    ("failed", "queue"): "queued",
    ("cancelled", "queue"): "queued",
    ("done", "undo"): "undoing",
    ("rejects", "undo"): "undoing",
    ("failed", "undo"): "undoing",
    ("cancelled", "undo"): "undoing",
    ("undoing", "finish_undo"): "undone",
    ("undoing", "fail"): "failed",
}
WORKING_STATES = ("queued", "running", "undoing")


def allowed_actions(state: str) -> list[str]:
    """Return what may be done with an import in ``state``.

    >>> allowed_actions("draft")
    ['validate']
    >>> allowed_actions("undone")
    []
    """
    return [action for known, action in TRANSITIONS if known == state]

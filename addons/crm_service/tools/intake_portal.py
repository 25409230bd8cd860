"""What a customer reads of his complaint, and what he may answer. Plain Python."""

STAGE = {
    "new": "received",
    "progress": "working",
    "decided": "decided",
    "execution": "decided",
    "inform": "carried_out",
    "follow_up": "carried_out",
    "confirmed": "confirmed",
    "closed": "closed",
    "cancelled": "cancelled",
}
ANSWERS = {
    "inform": ("confirm",),
    "follow_up": ("confirm", "deny"),
    "confirmed": ("deny",),
}


def find_stage(state, is_waiting=False, is_merged=False):
    """Return the stage that the customer is shown.

    >>> find_stage("new"), find_stage("execution"), find_stage("progress", True)
    ('received', 'decided', 'waiting')
    >>> find_stage("closed", True), find_stage("cancelled", is_merged=True)
    ('closed', 'merged')
    """
    if is_merged:
        return "merged"
    if is_waiting and state in ("new", "progress", "decided"):
        return "waiting"
    return STAGE[state]


def find_answers(state):
    """Return what the customer may say in a state.

    >>> find_answers("follow_up"), find_answers("inform"), find_answers("closed")
    (('confirm', 'deny'), ('confirm',), ())
    """
    return ANSWERS.get(state, ())

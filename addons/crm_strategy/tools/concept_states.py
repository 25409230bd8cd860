"""The lives of needs, lessons, decisions and alerts: which action leads from
which state to which. Asked by buttons, boards, background jobs and tests alike.

A table is ``{(state, action): state}``. What only the system may do stands in
:data:`SYSTEM_ACTIONS`.
"""

NEED = {
    ("new", "answer"): "answered",
    ("new", "meet"): "met",
    ("new", "decline"): "declined",
    ("answered", "meet"): "met",
    ("answered", "decline"): "declined",
    ("answered", "reopen"): "new",
    ("met", "reopen"): "new",
    ("declined", "reopen"): "new",
}
LESSON = {
    ("draft", "publish"): "published",
    ("published", "reset"): "draft",
    ("published", "shelve"): "archived",
    ("draft", "shelve"): "archived",
    ("archived", "publish"): "published",
}
DECISION = {
    ("draft", "decide"): "decided",
    ("draft", "withdraw"): "withdrawn",
    ("decided", "review"): "reviewed",
    ("decided", "withdraw"): "withdrawn",
    ("reviewed", "reopen"): "decided",
    ("withdrawn", "reset"): "draft",
}
ALERT = {
    ("new", "acknowledge"): "acknowledged",
    ("new", "start"): "progress",
    ("new", "close"): "closed",
    ("new", "void"): "void",
    ("acknowledged", "start"): "progress",
    ("acknowledged", "close"): "closed",
    ("acknowledged", "void"): "void",
    ("progress", "close"): "closed",
    ("progress", "void"): "void",
    ("closed", "reopen"): "progress",
    ("void", "revive"): "new",
}
SYSTEM_ACTIONS = frozenset({"void", "revive"})


def allowed_actions(table, state, system_actions=SYSTEM_ACTIONS):
    """Return what a person may do in ``state``, in the order of the table.

    >>> allowed_actions(NEED, "new")
    ['answer', 'meet', 'decline']
    >>> allowed_actions(ALERT, "void")
    []
    """
    return [
        action
        for known, action in table
        if known == state and action not in system_actions
    ]


def target(table, state, action):
    """Return the state to which ``action`` leads, None where it is not allowed.

    >>> target(ALERT, "progress", "close")
    'closed'
    >>> target(ALERT, "void", "close") is None
    True
    """
    return table.get((state, action))


def may_move(table, old, new, is_system=False, system_actions=SYSTEM_ACTIONS):
    """Tell whether one action leads from ``old`` to ``new``; staying is allowed.

    >>> may_move(DECISION, "draft", "decided"), may_move(DECISION, "draft", "reviewed")
    (True, False)
    >>> may_move(ALERT, "new", "void"), may_move(ALERT, "new", "void", is_system=True)
    (False, True)
    >>> may_move(LESSON, "draft", "draft")
    True
    >>> may_move(ALERT, "closed", "progress", system_actions={"reopen"})
    False
    """
    return old == new or any(
        known == old and state == new and (is_system or action not in system_actions)
        for (known, action), state in table.items()
    )

"""The life of a visit plan: which action leads from which state to which.

A table is ``{(state, action): state}``, read with the helpers of crm_strategy's
``tools/concept_states.py``.
"""

VISIT_PLAN = {
    ("draft", "generate"): "generated",
    ("generated", "activate"): "active",
    ("generated", "reset"): "draft",
    ("generated", "close"): "closed",
    ("active", "close"): "closed",
    ("closed", "reopen"): "active",
}
#: follows from generating and scheduling; no button of its own
VISIT_PLAN_SYSTEM = frozenset({"generate", "activate"})
#: visits may be generated and scheduled
OPEN_PLAN_STATES = ("draft", "generated", "active")


def plan_actions(state):
    """Return what a person may do with a plan in ``state``.

    >>> plan_actions("draft"), plan_actions("generated"), plan_actions("closed")
    (['generate'], ['generate', 'schedule', 'reset', 'close'], ['reopen'])
    """
    actions = ["generate"] if state in OPEN_PLAN_STATES else []
    actions += ["schedule"] if state in ("generated", "active") else []
    return actions + [
        action
        for known, action in VISIT_PLAN
        if known == state and action not in VISIT_PLAN_SYSTEM
    ]

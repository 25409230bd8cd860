"""The life of a remedy: which action leads from which state to which.

=========  ===========================================================
state      what it means
=========  ===========================================================
draft      proposed, nobody is bound yet
granted    decided; its documents exist, finance has not approved yet
released   finance has approved: goods may leave, money may be posted
done       the customer has it: shipped in full, posted, told
refused    finance sent it back; its documents are cancelled
cancelled  taken back, or its documents were cancelled
lost       it left us and never arrived: it has cost us what it cost
=========  ===========================================================
"""

from .remedy_policy import PROMISES

REMEDY = {
    ("draft", "grant"): "granted",
    ("draft", "cancel"): "cancelled",
    ("granted", "release"): "released",
    ("granted", "refuse"): "refused",
    ("granted", "take_back"): "draft",
    ("granted", "cancel"): "cancelled",
    ("released", "finish"): "done",
    ("released", "refuse"): "refused",
    ("released", "take_back"): "draft",
    ("released", "cancel"): "cancelled",
    ("done", "lose"): "lost",
}

#: Remedies that finance has to approve first.
GATED = ("replacement", "refund")

#: States in which a remedy binds us; those in which it costs.
BINDING = ("granted", "released", "done")
COSTING = (*BINDING, "lost")

#: Who has to do what for a remedy, in this order; hours of work until it is due.
TASKS = {
    "replacement": (
        ("finance", "approve_replacement", 8, True),
        ("warehouse", "ship_replacement", 16, False),
    ),
    "gift": (
        ("finance", "approve_replacement", 8, True),
        ("warehouse", "ship_replacement", 16, False),
    ),
    "refund": (("finance", "post_credit_note", 16, True),),
    "return": (("shipping", "pick_up", 24, False),),
    "repair": (("warehouse", "repair", 40, False),),
}


def move(state, action):
    """Return the state to which ``action`` leads, None where it is not allowed.

    >>> move("draft", "grant"), move("granted", "release")
    ('granted', 'released')
    >>> move("done", "cancel") is None, move("done", "lose")
    (True, 'lost')
    """
    return REMEDY.get((state, action))


def may_move(old, new):
    """Tell whether one action leads from ``old`` to ``new``.

    >>> may_move("granted", "released"), may_move("draft", "done")
    (True, False)
    """
    return any(known == old and result == new for (known, _), result in REMEDY.items())


def is_gated(remedy, has_gift=False):
    """Tell whether finance approves ``remedy`` first: goods leave or money does.

    >>> is_gated("replacement"), is_gated("apology"), is_gated("apology", True)
    (True, False, True)
    """
    return remedy in GATED or has_gift


def get_tasks(remedy, has_gift=False):
    """Return (department, task, hours, is gate) of everything ``remedy`` asks for.

    >>> [department for department, *_rest in get_tasks("replacement", True)]
    ['finance', 'warehouse']
    >>> [department for department, *_rest in get_tasks("return", True)]
    ['finance', 'warehouse', 'shipping']
    >>> get_tasks("reject")
    ()
    """
    tasks = TASKS.get(remedy, ())
    if has_gift and remedy != "replacement":
        return (*TASKS["gift"], *tasks)
    return tasks


def shares_pieces(one, other):
    """Tell whether a piece that gets ``one`` remedy cannot get the ``other`` as well.

    >>> shares_pieces("replacement", "refund"), shares_pieces("refund", "return")
    (True, False)
    >>> shares_pieces("discount", "discount")
    False
    """
    kind = PROMISES[one]
    return kind == PROMISES[other] and kind in ("goods", "pickup")

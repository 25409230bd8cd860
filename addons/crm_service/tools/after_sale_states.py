"""What follows a sale: states of the follow-up of an order and of its milestones.

A table is ``{(state, action): state}``, read with the helpers of crm_strategy's
``tools/concept_states.py``. The job applies the same rules in SQL; tests compare.
"""

from datetime import date, timedelta

CASE = {
    ("waiting", "deliver"): "running",
    ("running", "return"): "waiting",
    ("running", "finish"): "done",
    ("done", "resume"): "running",
    ("done", "return"): "waiting",
    ("waiting", "stop"): "stopped",
    ("running", "stop"): "stopped",
    ("stopped", "resume"): "waiting",
    ("waiting", "cancel"): "cancelled",
    ("running", "cancel"): "cancelled",
    ("done", "cancel"): "cancelled",
    ("stopped", "cancel"): "cancelled",
    ("cancelled", "renew"): "waiting",
}
#: What deliveries, returns and orders do; a person stops and resumes
CASE_SYSTEM_ACTIONS = frozenset({"deliver", "return", "finish", "cancel", "renew"})
#: Cases whose milestones are looked after
OPEN_CASES = ("waiting", "running")

MILESTONE = {
    ("waiting", "fall_due"): "due",
    ("waiting", "pass"): "late",
    ("due", "pass"): "late",
    ("due", "wait"): "waiting",
    ("late", "wait"): "waiting",
    ("late", "fall_due"): "due",
    ("waiting", "done"): "done",
    ("due", "done"): "done",
    ("late", "done"): "done",
    ("waiting", "skip"): "skipped",
    ("due", "skip"): "skipped",
    ("late", "skip"): "skipped",
    ("done", "reopen"): "waiting",
    ("skipped", "reopen"): "waiting",
}
MILESTONE_SYSTEM_ACTIONS = frozenset({"fall_due", "pass", "wait"})
#: What somebody still has to do
PENDING = ("waiting", "due", "late")
#: Kinds that happen by themselves: by the delivery, by the calendar
BY_DELIVERY = ("delivered",)
BY_DATE = ("warranty_end",)


def milestone_state(date_due: date | None, notice_days: int, today: date) -> str:
    """Return the state of a milestone that is not done: waiting, due or late.

    It is due from ``notice_days`` before its day until the day is over.

    >>> milestone_state(date(2026, 3, 10), 3, date(2026, 3, 6))
    'waiting'
    >>> milestone_state(date(2026, 3, 10), 3, date(2026, 3, 7))
    'due'
    >>> milestone_state(date(2026, 3, 10), 0, date(2026, 3, 10))
    'due'
    >>> milestone_state(date(2026, 3, 10), 3, date(2026, 3, 11))
    'late'

    Without a day, which is until the delivery, it waits:

    >>> milestone_state(None, 30, date(2026, 3, 11))
    'waiting'
    """
    if not date_due or today < date_due - timedelta(days=notice_days):
        return "waiting"
    return "due" if today <= date_due else "late"


def case_state(is_delivered: bool, states: list[str]) -> str:
    """Return the state of a case by its delivery and its milestones' states.

    >>> case_state(False, ["waiting"]), case_state(True, ["done", "waiting"])
    ('waiting', 'running')
    >>> case_state(True, ["done", "skipped"]), case_state(True, [])
    ('done', 'done')
    """
    if not is_delivered:
        return "waiting"
    return "running" if any(state in PENDING for state in states) else "done"

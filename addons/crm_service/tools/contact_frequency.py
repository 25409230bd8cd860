"""How often a customer may be contacted: one rule for questionnaires and for care.

Plain Python: the models say when a customer was contacted, and ask.
"""


def is_too_soon(days_apart: int | None, cap_days: int) -> bool:
    """Return whether two contacts so many days apart are too close to each other.

    :param days_apart: None where there is no other contact

    >>> is_too_soon(29, 30), is_too_soon(30, 30), is_too_soon(None, 30)
    (True, False, False)

    Before or after makes no difference; a cap of 0 days means no limit:

    >>> is_too_soon(-3, 7), is_too_soon(0, 0)
    (True, False)
    """
    return days_apart is not None and abs(days_apart) < cap_days


def why_not_contacted(facts: dict, cap_days: int) -> str | None:
    """Return why a customer is not contacted, or None: the first reason that holds.

    ``facts`` says ``is_archived``, ``has_opted_out`` and ``days_apart``, the days
    between this contact and the nearest other one (None: there is none).

    >>> someone = {"is_archived": False, "has_opted_out": False, "days_apart": None}
    >>> why_not_contacted(someone, 30)
    >>> why_not_contacted(someone | {"is_archived": True, "has_opted_out": True}, 30)
    'archived'
    >>> why_not_contacted(someone | {"has_opted_out": True, "days_apart": 0}, 30)
    'opted_out'
    >>> why_not_contacted(someone | {"days_apart": -29}, 30)
    'cap'
    >>> why_not_contacted(someone | {"days_apart": 30}, 30)
    """
    if facts["is_archived"]:
        return "archived"
    if facts["has_opted_out"]:
        return "opted_out"
    return "cap" if is_too_soon(facts["days_apart"], cap_days) else None

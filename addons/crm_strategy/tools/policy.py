"""What a customer's policy is, where several sources say something about it.

The sources come in the order in which they decide: the customer's own policy,
then what was agreed for his roles, then his segments by the order of schemes and
segments, then what stands in for everybody. Each field is decided on its own: the
first source that says something about it wins. A service level brings its own
visits, calls and hours with it: who names a level has said how often the customer
is visited, even if never.
"""

from dataclasses import dataclass, field

CADENCE = ("visits_per_year", "calls_per_year", "reply_hours")


@dataclass(frozen=True)
class Source:
    """Somebody who says something about a customer's policy.

    :param kind: ``customer``, ``role``, ``segment``, ``default`` or what an add-on
        brings
    :param record_id: id of the record behind it, of the model that ``kind`` means
    :param values: what it says, by field; empty values say nothing
    """

    kind: str
    record_id: int
    values: dict = field(default_factory=dict)


def with_level(values: dict, level: dict | None) -> dict:
    """Return ``values`` with the cadence of the service ``level`` where they have none.

    >>> with_level({"visits_per_year": 6}, {"visits_per_year": 12, "calls_per_year": 4})
    {'visits_per_year': 6, 'calls_per_year': 4, 'reply_hours': 0}

    A level that says "no visits" has said so:

    >>> with_level({}, {"visits_per_year": 0})["visits_per_year"]
    0

    Without a level a zero says nothing:

    >>> with_level({"visits_per_year": 0, "reply_hours": 8.0}, None)
    {'reply_hours': 8.0}
    """
    result = {name: value for name, value in values.items() if value}
    if level is not None:
        for name in CADENCE:
            result.setdefault(name, level.get(name) or 0)
    return result


def decide(sources: list[Source], names: tuple | list) -> dict:
    """Return ``{field: (value, source)}`` for the ``names`` that anybody speaks of.

    >>> own = Source("customer", 1, {"special_instructions": "Call first"})
    >>> mill = Source("segment", 5, {"service_level_id": 3, "visits_per_year": 0})
    >>> rest = Source("default", 9, {"service_level_id": 4, "visits_per_year": 2})
    >>> found = decide(
    ...     [own, mill, rest],
    ...     ["service_level_id", "visits_per_year", "special_instructions", "needs"],
    ... )
    >>> [(name, value, source.kind) for name, (value, source) in found.items()]
    [('service_level_id', 3, 'segment'), ('visits_per_year', 0, 'segment'), \
('special_instructions', 'Call first', 'customer')]

    Nobody, nothing:

    >>> decide([], ["needs"])
    {}
    """
    decided = {}
    for name in names:
        for source in sources:
            if name in source.values:
                decided[name] = (source.values[name], source)
                break
    return decided


def net_gain(gain: float, cost: float, customers: int) -> float:
    """Return what a policy is expected to bring with so many customers a year.

    >>> net_gain(5000.0, 1200.0, 4)
    15200.0
    >>> net_gain(0.0, 100.0, 0)
    0.0
    """
    return (gain - cost) * customers if customers else 0.0

"""What a complaint may bring the customer, and who may say so.

A policy is a table of rules, as a company writes them: a rule names the remedy and,
as far as it matters, the kind of complaint, the value class of the customer, his
place in the lifecycle, whether he buys for the first time, and the amount of the
complaint. For each remedy the most special rule that fits decides alone, so a
general rule is never mixed with its exception.
"""

from dataclasses import dataclass
from itertools import pairwise

#: What decides between two rules that fit, the weightiest first.
CRITERIA = ("kind", "segment", "lifecycle", "buyer", "amount")

#: Who may grant, the least first; beyond them only an approved exception.
GRANTS = ("agent", "manager", "approval")

#: What may come out, the worst last.
VERDICTS = ("granted", "manager", "approval", "refused")

#: Each remedy, and what it promises: goods that come once for each piece, money,
#: or nothing that could be promised twice.
PROMISES = {
    "replacement": "goods",
    "refund": "goods",
    "repair": "goods",
    "discount": "money",
    "coupon": "money",
    "return": "pickup",
    "apology": "words",
    "reject": "words",
}


@dataclass(frozen=True)
class Rule:
    """A line of the policy; what is empty fits everything.

    :param buyer: ``first`` or ``repeat`` or empty
    :param amount_min: from this amount of the complaint
    :param amount_max: below this amount; zero: no upper limit
    :param percent_max: most percent of the complaint's amount; zero: no limit
    :param limit: largest amount of the remedy; zero: no limit
    """

    remedy: str
    record_id: int = 0
    sequence: int = 10
    kind: int = 0
    segment: int = 0
    lifecycle: str = ""
    buyer: str = ""
    amount_min: float = 0.0
    amount_max: float = 0.0
    is_allowed: bool = True
    grant: str = "manager"
    percent_max: float = 0.0
    limit: float = 0.0


@dataclass(frozen=True)
class Case:
    """The complaint, as far as the policy asks; amounts in company currency."""

    kind: int = 0
    segments: frozenset = frozenset()
    lifecycle: str = ""
    is_first: bool = False
    amount: float = 0.0


def fits(rule: Rule, case: Case) -> bool:
    """Tell whether ``rule`` speaks of ``case``.

    >>> fits(Rule("refund"), Case())
    True
    >>> fits(Rule("refund", kind=3), Case(kind=4))
    False
    >>> fits(Rule("refund", segment=7), Case(segments=frozenset({5, 7})))
    True
    >>> fits(Rule("refund", buyer="first"), Case(is_first=False))
    False
    >>> small = Rule("refund", amount_max=100.0)
    >>> fits(small, Case(amount=99.99)), fits(small, Case(amount=100.0))
    (True, False)
    >>> fits(Rule("refund", amount_min=100.0), Case(amount=100.0))
    True
    """
    return (
        rule.kind in (0, case.kind)
        and (not rule.segment or rule.segment in case.segments)
        and rule.lifecycle in ("", case.lifecycle)
        and rule.buyer in ("", "first" if case.is_first else "repeat")
        and rule.amount_min <= case.amount
        and (not rule.amount_max or case.amount < rule.amount_max)
    )


def rank(rule: Rule) -> tuple:
    """Return what the best rule has the least of.

    More criteria go before fewer; with as many, the weightier criterion; then the
    order of the list.

    >>> kind = Rule("refund", kind=3)
    >>> first = Rule("refund", buyer="first")
    >>> both = Rule("refund", buyer="first", amount_min=10.0)
    >>> [rule is both for rule in sorted([first, kind, both], key=rank)]
    [True, False, False]
    >>> min([first, kind], key=rank) is kind
    True
    """
    named = (
        bool(rule.kind),
        bool(rule.segment),
        bool(rule.lifecycle),
        bool(rule.buyer),
        bool(rule.amount_min or rule.amount_max),
    )
    return -sum(named), tuple(not is_named for is_named in named), rule.sequence


def decide(rules: list[Rule], case: Case) -> dict[str, Rule]:
    """Return ``{remedy: the rule that decides on it}``; nothing said, nothing allowed.

    >>> every = Rule("refund", 1, percent_max=50.0)
    >>> loyal = Rule("refund", 2, lifecycle="loyal", percent_max=100.0)
    >>> never = Rule("coupon", 3, is_allowed=False)
    >>> found = decide([every, loyal, never], Case(lifecycle="loyal"))
    >>> [(name, rule.record_id) for name, rule in found.items()]
    [('refund', 2), ('coupon', 3)]
    >>> decide([every], Case())["refund"].percent_max
    50.0
    >>> decide([], Case())
    {}
    """
    found = {}
    for rule in sorted((r for r in rules if fits(r, case)), key=rank):
        found.setdefault(rule.remedy, rule)
    return found


def most(rule: Rule, amount: float) -> float | None:
    """Return the largest remedy for a complaint over ``amount``, None without limit.

    >>> most(Rule("refund", percent_max=20.0), 250.0)
    50.0
    >>> most(Rule("refund", percent_max=20.0, limit=30.0), 250.0)
    30.0
    >>> most(Rule("refund", limit=30.0), 250.0)
    30.0
    >>> most(Rule("refund"), 250.0) is None
    True
    """
    limits = []
    if rule.percent_max:
        limits.append(amount * rule.percent_max / 100)
    if rule.limit:
        limits.append(rule.limit)
    return min(limits, default=None)


def judge(
    rule: Rule | None,
    wanted: float,
    amount: float,
    role: str,
    tolerance: float = 0.005,
) -> tuple[str, str]:
    """Return (verdict, why) on a remedy of ``wanted`` for a complaint over ``amount``.

    :param role: ``agent`` or ``manager``: who wants to grant it
    :param tolerance: half of the currency's smallest unit

    >>> judge(None, 10.0, 100.0, "manager")
    ('approval', 'no_rule')
    >>> judge(Rule("refund", is_allowed=False), 10.0, 100.0, "manager")
    ('approval', 'not_allowed')
    >>> half = Rule("refund", percent_max=50.0, grant="agent")
    >>> judge(half, 50.0, 100.0, "agent")
    ('granted', '')
    >>> judge(half, 50.01, 100.0, "agent")
    ('approval', 'over_limit')
    >>> judge(Rule("refund"), 50.0, 100.0, "agent")
    ('manager', 'role')
    >>> judge(Rule("refund"), 50.0, 100.0, "manager")
    ('granted', '')
    >>> judge(Rule("refund", grant="approval"), 50.0, 100.0, "manager")
    ('approval', 'always')
    """
    if rule is None:
        return "approval", "no_rule"
    if not rule.is_allowed:
        return "approval", "not_allowed"
    limit = most(rule, amount)
    if limit is not None and wanted > limit + tolerance:
        return "approval", "over_limit"
    if rule.grant == "approval":
        return "approval", "always"
    if GRANTS.index(role) < GRANTS.index(rule.grant):
        return "manager", "role"
    return "granted", ""


def judge_budget(cost: float, remaining: float, over: str, tolerance=0.005) -> str:
    """Return the verdict of a budget on a decision that costs ``cost``.

    :param over: what the budget says beyond its amount: ``refuse`` or ``approval``

    >>> judge_budget(100.0, 100.0, "refuse")
    'granted'
    >>> judge_budget(100.01, 100.0, "refuse")
    'refused'
    >>> judge_budget(100.01, 100.0, "approval")
    'approval'

    What costs nothing is never refused, even where nothing is left:

    >>> judge_budget(0.0, -20.0, "refuse")
    'granted'
    """
    if cost <= tolerance or cost <= remaining + tolerance:
        return "granted"
    return "refused" if over == "refuse" else "approval"


def worst(verdicts: list[str]) -> str:
    """Return the verdict that decides on all of a decision.

    >>> worst(["granted", "approval", "manager"])
    'approval'
    >>> worst([])
    'granted'
    """
    return max(verdicts, key=VERDICTS.index, default="granted")


def split(amount: float, weights: list[float], unit: float) -> list[float]:
    """Return ``amount`` in parts in proportion to ``weights``, exact to the ``unit``.

    Each part is rounded on the running sum, so the parts add up to the amount.

    >>> split(100.0, [1.0, 1.0, 1.0], 0.01)
    [33.33, 33.34, 33.33]
    >>> split(10.0, [3.0, 1.0], 1.0)
    [8.0, 2.0]
    >>> split(5.0, [0.0, 0.0], 0.01)
    [5.0, 0.0]
    >>> split(5.0, [], 0.01)
    []
    """
    if not weights:
        return []
    total = sum(weights)
    if not total:
        return [amount, *(0.0 for _weight in weights[1:])]
    marks, running = [0], 0.0
    for weight in weights:
        running += weight
        marks.append(round(amount * running / total / unit))
    return [round((after - before) * unit, 10) for before, after in pairwise(marks)]

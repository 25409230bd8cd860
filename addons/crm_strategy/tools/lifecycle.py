"""The customer lifecycle: in which state a customer is, and until when that holds.

Five states serve the four stages of the customer lifecycle. A lapsed customer is
one to be won back, which is a task of the last stage:

=========  ==========  ====================================================
stage      state       who
=========  ==========  ====================================================
attract    prospect    never bought, and nothing going on
acquire    interested  never bought, but enquires
manage     buying      has bought, and not too long ago
retain     loyal       buys again and again, for long enough
retain     lapsed      bought, but is silent for longer than he may be
=========  ==========  ====================================================

:func:`decide` is the definition; the engine says the same in SQL for all customers
at once, and a test compares the two.
"""

from typing import NamedTuple

#: States in the order in which a customer goes through them, with their stage.
STAGES = {
    "prospect": "attract",
    "interested": "acquire",
    "buying": "manage",
    "loyal": "retain",
    "lapsed": "retain",
}
STATES = tuple(STAGES)

#: Why a customer is in a state, by rule.
REASONS = {
    "no_contact": "prospect",
    "contact_over": "prospect",
    "open_lead": "interested",
    "recent_contact": "interested",
    "first_purchase": "buying",
    "purchases": "buying",
    "loyal": "loyal",
    "silent": "lapsed",
}


class Facts(NamedTuple):
    """What is known of a customer in a company, as of a day."""

    order_count: int = 0
    #: days since the first and since the last purchase
    tenure_days: int = 0
    silent_days: int = 0
    #: mean days from one day with a purchase to the next; None with fewer than two
    mean_interval: float | None = None
    has_open_lead: bool = False
    #: days since the latest enquiry or quotation; None without one
    contact_days: int | None = None
    #: None where nobody has measured it
    satisfaction: float | None = None


class Rules(NamedTuple):
    """The thresholds of a company; 0 leaves out a condition that may be left out."""

    interest_days: int = 180
    loyal_min_orders: int = 3
    loyal_min_tenure_days: int = 365
    loyal_max_interval_days: int = 0
    loyal_min_satisfaction: float = 0.0
    lapse_days: int = 365
    lapse_factor: float = 0.0
    #: which limit holds where a customer has a rhythm: the "later" or "earlier" one
    lapse_choice: str = "later"


def lapse_limit(rules, interval):
    """Return after how many silent days a customer lapses.

    >>> rules = Rules(lapse_days=100, lapse_factor=3)
    >>> lapse_limit(rules, None), lapse_limit(rules, 20.0), lapse_limit(rules, 40.5)
    (100, 100, 122)
    >>> earlier = rules._replace(lapse_choice="earlier")
    >>> lapse_limit(earlier, 20.0), lapse_limit(earlier, 40.5)
    (60, 100)

    """
    if not rules.lapse_factor or interval is None:
        return rules.lapse_days
    own = ceil_days(rules.lapse_factor * interval)
    choose = max if rules.lapse_choice == "later" else min
    return choose(rules.lapse_days, own)


def ceil_days(days):
    """Round up to whole days, but not for noise beyond the sixth decimal.

    >>> ceil_days(90.0000000001), ceil_days(90.001), ceil_days(90.0)
    (90, 91, 90)
    """
    return -int(-round(days, 6) // 1)


def decide(facts, rules):
    """Return ``(state, reason)`` of a customer; the first line that fits decides.

    >>> rules = Rules(interest_days=30, loyal_min_orders=2, loyal_min_tenure_days=90,
    ...               lapse_days=60)
    >>> decide(Facts(), rules)
    ('prospect', 'no_contact')
    >>> decide(Facts(contact_days=31), rules), decide(Facts(contact_days=30), rules)
    (('prospect', 'contact_over'), ('interested', 'recent_contact'))
    >>> decide(Facts(contact_days=31, has_open_lead=True), rules)
    ('interested', 'open_lead')
    >>> decide(Facts(1, 60, 60), rules), decide(Facts(1, 61, 61), rules)
    (('buying', 'first_purchase'), ('lapsed', 'silent'))
    >>> decide(Facts(2, 89, 5, 84.0), rules), decide(Facts(2, 90, 5, 85.0), rules)
    (('buying', 'purchases'), ('loyal', 'loyal'))

    A lapsed customer who enquires again stays lapsed until he buys:

    >>> decide(Facts(3, 400, 61, 100.0, has_open_lead=True), rules)
    ('lapsed', 'silent')
    """
    if facts.order_count:
        if facts.silent_days > lapse_limit(rules, facts.mean_interval):
            return "lapsed", "silent"
        if is_loyal(facts, rules):
            return "loyal", "loyal"
        return "buying", "first_purchase" if facts.order_count == 1 else "purchases"
    return decide_by_interest(facts, rules)


def decide_by_interest(facts, rules):
    """Return ``(state, reason)`` of a customer who never bought."""
    if facts.has_open_lead:
        return "interested", "open_lead"
    if facts.contact_days is None:
        return "prospect", "no_contact"
    if facts.contact_days <= rules.interest_days:
        return "interested", "recent_contact"
    return "prospect", "contact_over"


def is_loyal(facts, rules):
    """Return whether a customer who has not lapsed meets every condition of loyalty.

    >>> rules = Rules(loyal_max_interval_days=40, loyal_min_satisfaction=7)
    >>> is_loyal(Facts(3, 365, 5, 40.0, satisfaction=7.0), rules)
    True
    >>> is_loyal(Facts(3, 365, 5, 40.1, satisfaction=7.0), rules)
    False
    >>> is_loyal(Facts(3, 365, 5, 40.0, satisfaction=6.9), rules)
    False

    Who was never asked has not said that he is satisfied:

    >>> is_loyal(Facts(3, 365, 5, 40.0), rules)
    False
    """
    rhythm, least = rules.loyal_max_interval_days, rules.loyal_min_satisfaction
    return (
        facts.order_count >= rules.loyal_min_orders
        and facts.tenure_days >= rules.loyal_min_tenure_days
        and (
            not rhythm
            or (facts.mean_interval is not None and facts.mean_interval <= rhythm)
        )
        and (
            not least
            or (facts.satisfaction is not None and facts.satisfaction >= least)
        )
    )


def days_until_due(facts, rules):
    """Return in how many days time alone may change the state; None if never.

    It may be early, never late: on that day the customer is looked at again.

    >>> rules = Rules(interest_days=30, loyal_min_tenure_days=90, lapse_days=60)
    >>> days_until_due(Facts(), rules) is None
    True
    >>> days_until_due(Facts(contact_days=10), rules)
    21
    >>> days_until_due(Facts(contact_days=10, has_open_lead=True), rules) is None
    True

    A buyer reaches the tenure of the loyal, or the end of the time he may be silent:

    >>> days_until_due(Facts(3, 80, 20, 30.0), rules)
    10
    >>> days_until_due(Facts(3, 95, 20, 30.0), rules)
    41
    >>> days_until_due(Facts(3, 95, 61, 30.0), rules) is None
    True
    """
    if not facts.order_count:
        if facts.has_open_lead or facts.contact_days is None:
            return None
        left = [rules.interest_days + 1 - facts.contact_days]
    else:
        limit = lapse_limit(rules, facts.mean_interval)
        if facts.silent_days > limit:
            return None
        left = [
            limit + 1 - facts.silent_days,
            rules.loyal_min_tenure_days - facts.tenure_days,
        ]
    return min((days for days in left if days > 0), default=None)


def is_forward(state, next_state):
    """Return whether a customer who moves on gets nearer to loyalty.

    >>> is_forward("prospect", "buying"), is_forward("lapsed", "buying")
    (True, True)
    >>> is_forward("loyal", "buying"), is_forward("buying", "lapsed")
    (False, False)
    """
    rank = {"lapsed": 1.5, **{state: i for i, state in enumerate(STATES[:4])}}
    return rank[next_state] > rank[state]

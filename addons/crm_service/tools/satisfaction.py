"""What an answer on a scale is worth, and the figures that answers make.

Three questions are asked, each on its own scale:

====  =====  ==========================================================  =======
kind  scale  asks                                                        good is
====  =====  ==========================================================  =======
csat  1-5    how satisfied the customer is with one delivery or case     4, 5
nps   0-10   how likely he is to recommend us                            9, 10
ces   1-7    how far he agrees that it was easy to get a solution        high
====  =====  ==========================================================  =======

Sources:

- NPS: F. F. Reichheld, "The One Number You Need to Grow", Harvard Business
  Review, December 2003: promoters 9-10, passively satisfied 7-8, detractors 0-6;
  the score is the share of promoters less the share of detractors.
- CES: M. Dixon, K. Freeman, N. Toman, "Stop Trying to Delight Your Customers",
  Harvard Business Review, July 2010; the statement with seven answers ("made it
  easy for me") is version 2.0 of CEB, 2013, M. Dixon, N. Toman, R. DeLisi, "The
  Effortless Experience". The figure is the mean.
- CSAT: share of the two highest of five answers ("top-two box").
"""

from typing import NamedTuple

from .contact_frequency import is_too_soon, why_not_contacted


class Scale(NamedTuple):
    """The lowest and the highest answer, and from where on an answer is low."""

    low: int
    high: int
    alarm: int  # answers up to this one call for a talk with the customer


SCALES = {
    "csat": Scale(1, 5, 2),
    "nps": Scale(0, 10, 6),
    "ces": Scale(1, 7, 3),
}

CSAT_SATISFIED = 4
NPS_PROMOTER = 9
NPS_PASSIVE = 7

#: What an answer adds to the NPS, per class.
NPS_POINTS = {"promoter": 100, "passive": 0, "detractor": -100}


def parse_answer(kind, text):
    """Return the answer as a number on the scale of ``kind``, or None.

    What comes from the browser may be anything:

    >>> parse_answer("nps", "0"), parse_answer("nps", " 10 "), parse_answer("csat", 5)
    (0, 10, 5)
    >>> parse_answer("csat", "0"), parse_answer("csat", "6"), parse_answer("nps", -1)
    (None, None, None)
    >>> [parse_answer("nps", text) for text in ("", None, "ten", "1e1", "9.5", [9])]
    [None, None, None, None, None, None]
    >>> parse_answer("nps", True), parse_answer("nps", "1_0"), parse_answer("nps", "٣")
    (None, None, None)
    """
    scale = SCALES[kind]
    if isinstance(text, str):
        text = text.strip()
        if not (text.isascii() and text.isdecimal() and len(text) <= 2):
            return None
        text = int(text)
    if not isinstance(text, int) or isinstance(text, bool):
        return None
    return text if scale.low <= text <= scale.high else None


def normalise(kind, value):
    """Return the answer as 0 (worst) to 100 (best), so that kinds compare.

    >>> [normalise("csat", value) for value in (1, 2, 3, 4, 5)]
    [0.0, 25.0, 50.0, 75.0, 100.0]
    >>> normalise("nps", 0), normalise("nps", 7), normalise("nps", 10)
    (0.0, 70.0, 100.0)
    >>> normalise("ces", 1), normalise("ces", 4), normalise("ces", 7)
    (0.0, 50.0, 100.0)
    """
    scale = SCALES[kind]
    return 100.0 * (value - scale.low) / (scale.high - scale.low)


def nps_class(value):
    """Return how an answer from 0 to 10 counts.

    >>> [nps_class(value) for value in (0, 6, 7, 8, 9, 10)]
    ['detractor', 'detractor', 'passive', 'passive', 'promoter', 'promoter']
    """
    if value >= NPS_PROMOTER:
        return "promoter"
    return "passive" if value >= NPS_PASSIVE else "detractor"


def nps(values):
    """Return promoters less detractors in points from -100 to 100, or None.

    >>> nps([10, 9, 8, 6, 10])
    40.0
    >>> nps([0, 6]), nps([9]), nps([7, 8]), nps([])
    (-100.0, 100.0, 0.0, None)
    """
    points = [NPS_POINTS[nps_class(value)] for value in values]
    return sum(points) / len(points) if points else None


def csat(values):
    """Return the share of satisfied answers (4 and 5 of 5) as a fraction, or None.

    >>> csat([5, 4, 3, 1]), csat([5]), csat([])
    (0.5, 1.0, None)
    """
    values = list(values)
    satisfied = sum(value >= CSAT_SATISFIED for value in values)
    return satisfied / len(values) if values else None


def ces(values):
    """Return the mean of the answers from 1 to 7, or None.

    >>> ces([7, 6, 2]), ces([])
    (5.0, None)
    """
    values = list(values)
    return sum(values) / len(values) if values else None


def answer_rate(answered, sent):
    """Return the share of sent questionnaires that were answered, or None.

    >>> answer_rate(3, 12), answer_rate(0, 5), answer_rate(0, 0)
    (0.25, 0.0, None)
    """
    return answered / sent if sent else None


def why_not_asked(facts, cap_days):
    """Return why a customer is not asked now, or None: the first reason that holds.

    ``facts`` says ``is_archived``, ``has_opted_out``, ``email`` (normalised),
    ``is_blacklisted`` and ``days_since_asked`` (None: never asked).

    >>> someone = {"is_archived": False, "has_opted_out": False, "email": "a@b.example",
    ...            "is_blacklisted": False, "days_since_asked": None}
    >>> why_not_asked(someone, 30)
    >>> why_not_asked(someone | {"is_archived": True, "email": False}, 30)
    'archived'
    >>> why_not_asked(someone | {"has_opted_out": True, "is_blacklisted": True}, 30)
    'opted_out'
    >>> why_not_asked(someone | {"email": False}, 30)
    'no_email'
    >>> why_not_asked(someone | {"is_blacklisted": True}, 30)
    'blacklisted'
    >>> why_not_asked(someone | {"days_since_asked": 29}, 30)
    'cap'
    >>> why_not_asked(someone | {"days_since_asked": 30}, 30)
    >>> why_not_asked(someone | {"days_since_asked": 0}, 0)
    """
    reason = why_not_contacted({**facts, "days_apart": None}, cap_days)
    if reason:
        return reason
    if not facts["email"]:
        return "no_email"
    if facts["is_blacklisted"]:
        return "blacklisted"
    return "cap" if is_too_soon(facts["days_since_asked"], cap_days) else None

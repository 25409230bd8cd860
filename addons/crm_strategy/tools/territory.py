"""When a place lies in a territory, and when two territories meet.

Postal codes are compared as text, without blanks and hyphens and in capitals. A
bound is a prefix: the range 10 to 19 holds 10115 and 19999, but neither 1 nor 20000.
"""

from typing import NamedTuple


class Place(NamedTuple):
    """What is known of a customer, lead or address; 0 and "" stand for nothing."""

    country: int = 0
    state: int = 0
    postcode: str = ""
    industry: int = 0
    kind: str = ""


class Area(NamedTuple):
    """The conditions of a territory; what is empty lets everything in."""

    countries: frozenset = frozenset()
    states: frozenset = frozenset()
    zip_from: str = ""
    zip_to: str = ""
    industries: frozenset = frozenset()
    kind: str = ""


def normalize_zip(text):
    """Return a postal code as it is compared.

    >>> normalize_zip(" sw1a 2aa "), normalize_zip("00-950"), normalize_zip(None)
    ('SW1A2AA', '00950', '')
    """
    return "".join((text or "").split()).replace("-", "").upper()


def is_in_range(postcode, zip_from, zip_to):
    """Tell whether a normalized code lies between two prefixes, both included.

    An empty upper bound means the lower one: a prefix alone.

    >>> [is_in_range(code, "10", "19") for code in ("10115", "19999", "1", "20000")]
    [True, True, False, False]
    >>> is_in_range("SW1A2AA", "SW", ""), is_in_range("SE10AA", "SW", "")
    (True, False)
    >>> is_in_range("", "", ""), is_in_range("", "1", "")
    (True, False)
    """
    zip_to = zip_to or zip_from
    low, high = postcode[: len(zip_from)], postcode[: len(zip_to)]
    return low >= zip_from and high <= zip_to


def is_reversed(zip_from, zip_to):
    """Tell whether no postal code can lie in the range.

    >>> is_reversed("20", "10"), is_reversed("10", "19"), is_reversed("10", "1")
    (True, False, False)
    >>> is_reversed("A", "9")
    True
    """
    width = min(len(zip_from), len(zip_to))
    return bool(zip_to) and zip_from[:width] > zip_to[:width]


def do_ranges_meet(first, second):
    """Tell whether two ranges (from, to) have a postal code in common.

    >>> do_ranges_meet(("10", "19"), ("150", "")), do_ranges_meet(("1", ""), ("2", ""))
    (True, False)
    >>> do_ranges_meet(("", ""), ("2", ""))
    True
    """
    bounds = [(low, high or low) for low, high in (first, second)]
    (low, high), (other_low, other_high) = bounds
    if not low or not other_low:
        return True
    return not is_reversed(low, other_high) and not is_reversed(other_low, high)


def holds(area, place):
    """Tell whether ``place`` lies in ``area``.

    >>> germany = Area(countries=frozenset({1}), zip_from="1", zip_to="3")
    >>> holds(germany, Place(country=1, postcode="20095"))
    True
    >>> holds(germany, Place(country=2, postcode="20095"))
    False
    >>> holds(Area(kind="company"), Place(kind="person")), holds(Area(), Place())
    (False, True)
    """
    return (
        (not area.countries or place.country in area.countries)
        and (not area.states or place.state in area.states)
        and (not area.industries or place.industry in area.industries)
        and (not area.kind or place.kind == area.kind)
        and (
            not area.zip_from
            or is_in_range(normalize_zip(place.postcode), area.zip_from, area.zip_to)
        )
    )

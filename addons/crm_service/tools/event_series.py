"""Which meeting of a rewritten series is which of the former one.

The calendar changes a whole series by putting away its meetings and making new ones.
What belonged to a meeting belongs to the one that stands for it now.
"""

from datetime import timedelta

#: A meeting that begins within this time of the expected moment is the expected one
REACH = timedelta(hours=12)


def match_series(before, after):
    """Return ``{former id: present id}``; what has no successor is left out.

    As many as before follow one another in their order:

    >>> from datetime import datetime
    >>> def at(day, hour=9):
    ...     return datetime(2026, 3, day, hour)
    >>> match_series({1: at(2), 2: at(9), 3: at(16)}, {1: at(3), 8: at(10), 9: at(17)})
    {1: 1, 2: 8, 3: 9}

    Else each is looked for where the meeting that stayed says it would be now: here
    the series moves by two hours and gets back a meeting that was deleted.

    >>> match_series({1: at(2), 3: at(16)}, {1: at(2, 11), 8: at(9, 11), 9: at(16, 11)})
    {1: 1, 3: 9}

    A series that ends earlier leaves some without a successor:

    >>> match_series({1: at(2), 2: at(9), 3: at(16)}, {1: at(2), 8: at(9)})
    {1: 1, 2: 8}
    """
    former, present = (
        sorted(events, key=lambda number, events=events: (events[number], number))
        for events in (before, after)
    )
    if len(former) == len(present):
        return dict(zip(former, present, strict=True))
    stays = next((number for number in former if number in after), None)
    shift = after[stays] - before[stays] if stays else timedelta()
    matches, free = {}, set(present)
    for number in former:
        expected = before[number] + shift
        near = [n for n in present if n in free and abs(after[n] - expected) <= REACH]
        if near:
            found = min(near, key=lambda n, e=expected: (abs(after[n] - e), n))
            matches[number] = found
            free.discard(found)
    return matches

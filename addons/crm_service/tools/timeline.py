"""Where the next page of a timeline begins.

Plain Python. A timeline is read newest first, from several sources at once; entries
of one moment stand in the order of their sources, then the later record first.
"""


def begins_after(place: int, cursor_place: int) -> str:
    """Return which entries of a source come after the cursor.

    The cursor is the last entry shown: its moment, source and record.

    - ``earlier``: only those of an earlier moment
    - ``same``: also those of its moment with a smaller number
    - ``with``: also all of its moment

    >>> begins_after(0, 2), begins_after(2, 2), begins_after(3, 2)
    ('earlier', 'same', 'with')
    """
    if place < cursor_place:
        return "earlier"
    return "same" if place == cursor_place else "with"


def read_cursor(cursor, places: dict) -> tuple | None:
    """Return ``(moment, place of the source, id)`` of a cursor, None without one.

    >>> places = {"order": 3}
    >>> read_cursor(["2026-03-15 10:00:00", "order", 7], places)
    ('2026-03-15 10:00:00', 3, 7)
    >>> read_cursor(False, places) is None
    True

    What the browser sends may be anything:

    >>> read_cursor(["x", "order"], places)
    Traceback (most recent call last):
    ...
    ValueError: cursor
    >>> read_cursor(["2026-03-15 10:00:00", "secret", 7], places)
    Traceback (most recent call last):
    ...
    ValueError: cursor
    """
    if not cursor:
        return None
    if not isinstance(cursor, (list, tuple)) or len(cursor) != 3:
        raise ValueError("cursor")
    moment, key, number = cursor
    if not isinstance(moment, str) or key not in places or type(number) is not int:
        raise ValueError("cursor")
    return moment, places[key], number

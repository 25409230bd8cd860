"""Promised times: which service time holds for a complaint, and how it stands.

Plain Python; the working calendar is asked by the caller.
"""

PROMISES = ("reply", "decision", "resolution")
OPEN_PROMISES = ("ok", "warned", "late")


def find_time(times, kind, team, segments):
    """Return the service time that holds, None where none does.

    A time names a kind, a value class (segment) and a team, or leaves them open.
    Of those that fit, the one that names the kind goes before the one that names
    the value class, that before the one that names the team; then the first.

    :param times: [(key, kind, segment, team)] in the order of their list; open = False
    :param kind: of the complaint, or False
    :param segments: set of what the customer is in

    >>> times = [("all", False, False, False), ("vip", False, 7, False),
    ...          ("leak", 1, False, False), ("leak vip", 1, 7, False),
    ...          ("north", False, False, 5)]
    >>> find_time(times, 1, False, {7})
    'leak vip'
    >>> find_time(times, 1, 5, set())
    'leak'
    >>> find_time(times, 2, 5, {7, 8})
    'vip'
    >>> find_time(times, 2, 5, {8}), find_time(times, 2, 6, set())
    ('north', 'all')
    >>> find_time(times[2:], 2, 6, set()) is None
    True
    """
    best, best_rank = None, None
    for key, its_kind, its_segment, its_team in times:
        if (
            (its_kind and its_kind != kind)
            or (its_segment and its_segment not in segments)
            or (its_team and its_team != team)
        ):
            continue
        rank = (bool(its_kind), bool(its_segment), bool(its_team))
        if best_rank is None or rank > best_rank:
            best, best_rank = key, rank
    return best


def judge(deadline, done, now, warn=None):
    """Return how a promise stands, or False where nothing was promised.

    >>> from datetime import datetime as d
    >>> eve, day, late = d(2024, 5, 1), d(2024, 5, 2), d(2024, 5, 3)
    >>> judge(day, None, eve), judge(day, None, day), judge(day, None, late)
    ('ok', 'late', 'late')
    >>> judge(day, day, late), judge(day, late, late), judge(None, day, late)
    ('kept', 'broken', False)
    >>> judge(late, None, day, warn=eve), judge(late, None, eve, warn=day)
    ('warned', 'ok')
    """
    if not deadline:
        return False
    if done:
        return "kept" if done <= deadline else "broken"
    if now >= deadline:
        return "late"
    return "warned" if warn and now >= warn else "ok"


def next_check(promises):
    """Return when the background job has to look again, None for never.

    :param promises: [(state, warn, deadline)]

    >>> from datetime import datetime as d
    >>> april, may = d(2024, 4, 1), d(2024, 5, 1)
    >>> next_check([("ok", may, d(2024, 5, 2)), ("warned", None, april)]) == april
    True
    >>> next_check([("ok", None, may), ("late", None, april)]) == may
    True
    >>> next_check([("kept", None, may), (False, None, None)]) is None
    True
    """
    times = []
    for state, warn, deadline in promises:
        if state == "ok":
            times.append(warn or deadline)
        elif state == "warned":
            times.append(deadline)
    return min(times, default=None)

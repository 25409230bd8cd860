"""How many visits a person's days take, and at what hour of the clock each one begins.

Hours are those of the person's own time zone: nine o'clock stays nine o'clock when the
clocks change.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")

# --- CAPACITY


def day_room(per_day: int, hours: float, full_hours: float) -> int:
    """Return how many of ``per_day`` visits a day of so many working hours takes.

    >>> day_room(4, 8.0, 8.0), day_room(4, 4.0, 8.0), day_room(1, 3.0, 8.0)
    (4, 2, 0)
    >>> day_room(4, 9.5, 8.0), day_room(4, 0.0, 8.0)
    (4, 0)
    """
    if not hours or not full_hours:
        return 0
    return int(per_day * min(1.0, hours / full_hours) + 0.5)


def limit_week(days: dict, per_week: int) -> dict:
    """Keep ``per_week`` days of each week, evenly apart; 0 keeps all.

    >>> week = {date(2026, 1, 5) + timedelta(day): 3 for day in range(5)}
    >>> [day.day for day in limit_week(week, 2)]
    [6, 8]
    >>> [day.day for day in limit_week(week, 1)], len(limit_week(week, 0))
    ([7], 5)
    >>> len(limit_week(week, 7))
    5
    """
    if not per_week:
        return dict(days)
    weeks = defaultdict(list)
    for day in sorted(days):
        weeks[day.isocalendar()[:2]].append(day)
    kept = {}
    for week in weeks.values():
        if len(week) > per_week:
            step = len(week) / per_week
            week = [week[int((place + 0.5) * step)] for place in range(per_week)]
        kept.update((day, days[day]) for day in week)
    return kept


# --- CLOCK


def slot_hour(place: int, per_day: int, hour_from: float, hour_to: float) -> float:
    """Return the hour of the visit at ``place`` of ``per_day`` on a day.

    >>> [slot_hour(place, 4, 9.0, 17.0) for place in range(5)]
    [9.0, 11.0, 13.0, 15.0, 15.0]
    >>> slot_hour(0, 0, 9.0, 17.0)
    9.0
    """
    if per_day <= 0:
        return hour_from
    place = min(place, per_day - 1)
    return hour_from + place * (hour_to - hour_from) / per_day


def to_utc(day: date, hour: float, timezone: str) -> datetime:
    """Return the UTC instant at which a clock in ``timezone`` shows ``hour``.

    >>> to_utc(date(2026, 1, 5), 9.0, "Asia/Shanghai")
    datetime.datetime(2026, 1, 5, 1, 0)

    Nine o'clock stays nine o'clock when the clocks change:

    >>> to_utc(date(2026, 3, 28), 9.5, "Europe/Berlin")
    datetime.datetime(2026, 3, 28, 8, 30)
    >>> to_utc(date(2026, 3, 30), 9.5, "Europe/Berlin")
    datetime.datetime(2026, 3, 30, 7, 30)

    And east of the date line's other side the day before it begins in UTC:

    >>> to_utc(date(2026, 1, 5), 9.0, "Pacific/Auckland")
    datetime.datetime(2026, 1, 4, 20, 0)
    """
    minutes = round(hour * 60)
    local = datetime.combine(day, time(), ZoneInfo(timezone or "UTC"))
    local = local.replace(hour=min(minutes // 60, 23), minute=minutes % 60)
    return local.astimezone(UTC).replace(tzinfo=None)


def to_local(moment: datetime, timezone: str) -> datetime:
    """Return what a clock in ``timezone`` shows at a UTC ``moment``.

    >>> to_local(datetime(2026, 1, 4, 20, 0), "Pacific/Auckland")
    datetime.datetime(2026, 1, 5, 9, 0)
    """
    zone = ZoneInfo(timezone or "UTC")
    return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def shift_local(moment: datetime, days: int, timezone: str) -> datetime:
    """Return ``moment`` (UTC) moved by ``days`` at the same time of the local day.

    >>> shift_local(datetime(2026, 3, 28, 8, 30), 2, "Europe/Berlin")
    datetime.datetime(2026, 3, 30, 7, 30)
    """
    local = to_local(moment, timezone) + timedelta(days)
    hour = local.hour + local.minute / 60
    return to_utc(local.date(), hour, timezone)

"""When who visits whom: an even spread of visits over a period, within capacity.

A customer who is visited ``n`` times a year has a visit every ``year / n`` days. The
first of them falls where the last visit says; a customer never visited, or overdue,
begins at a point of his own, which his number gives (golden ratio), so that the
customers of a person are spread over the whole interval and a new customer moves
nobody else's visits.

Each visit then takes the least busy of the person's working days around that day,
never closer to another visit of the customer than the least gap. Where these days
are full, it takes the nearest free day. Customers visited more often choose first.
What finds no day is counted for the person who lacks it. The same data give the same
days.

What was kept (held, agreed, moved or entered by hand) stands: it takes its place in
the customer's row of visits and its room on the person's day. A visit that somebody
cancelled is not proposed again. Visits whose day has passed without being planned are
made up for once, however many they were.

Errands go first: a visit that must take place within some days, whatever the cadence.
It counts as one of the customer's visits.
"""

import heapq
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

GOLDEN = 0.6180339887498949
WINDOW = 5  # working days on either side among which the least busy is taken


@dataclass(frozen=True)
class Person:
    """Somebody who visits: how many on each day and in a month (0: any)."""

    id: int
    days: dict = field(default_factory=dict)
    per_month: int = 0


@dataclass(frozen=True)
class Customer:
    """Somebody who is visited.

    :param person_id: who visits, None where anybody may
    :param per_year: visits a year
    :param last_visit: day of the last visit before the period
    :param kept: pairs (number in the plan or None, day) of the visits that stand
    :param dropped: numbers of the visits that were cancelled
    """

    id: int
    person_id: int | None
    per_year: int
    last_visit: date | None = None
    kept: tuple = ()
    dropped: tuple = ()


@dataclass(frozen=True)
class Frame:
    """The days of a plan, the present day, and the least days between two visits."""

    date_from: date
    date_to: date
    today: date
    min_gap: int = 1

    @property
    def earliest(self):
        """The first day for which anything can be proposed."""
        return max(self.date_from, self.today)


@dataclass(frozen=True)
class Errand:
    """A visit that must take place from one day to another."""

    id: int
    customer_id: int
    person_id: int
    date_from: date
    date_to: date


@dataclass(frozen=True)
class Visit:
    """A proposed visit: of which customer, by whom, when.

    :param number: the how-manieth of the customer; 0 for an errand
    """

    customer_id: int
    number: int
    person_id: int
    day: date
    errand_id: int | None = None


# --- CUSTOMERS


def days_of_year(date_from: date) -> int:
    """Return the days of the year that begins on ``date_from``.

    >>> days_of_year(date(2026, 1, 1)), days_of_year(date(2028, 1, 1))
    (365, 366)
    >>> days_of_year(date(2028, 2, 29))
    366
    """
    try:
        after = date_from.replace(year=date_from.year + 1)
    except ValueError:  # 29 February
        after = date(date_from.year + 1, 3, 1)
    return (after - date_from).days


def ideal_days(customer: Customer, date_from: date, date_to: date) -> list[date]:
    """Return the days on which ``customer`` should be visited in a period.

    Four visits a year, the last one on 15 December: each quarter of a year after it.

    >>> begin, end = date(2026, 1, 1), date(2026, 12, 31)
    >>> served = Customer(1, 7, 4, last_visit=date(2025, 12, 15))
    >>> [str(day) for day in ideal_days(served, begin, end)]
    ['2026-03-16', '2026-06-15', '2026-09-14', '2026-12-15']

    Who was never visited begins where his number says, in a quarter as well:

    >>> [str(day) for day in ideal_days(Customer(1, 7, 4), begin, end)]
    ['2026-02-26', '2026-05-28', '2026-08-27', '2026-11-27']
    >>> [str(day) for day in ideal_days(Customer(1, 7, 4), begin, date(2026, 3, 31))]
    ['2026-02-26']

    Who is overdue comes in the first half of the interval:

    >>> overdue = Customer(1, 7, 4, last_visit=date(2024, 1, 1))
    >>> str(ideal_days(overdue, begin, end)[0])
    '2026-01-29'
    """
    if customer.per_year <= 0:
        return []
    interval = days_of_year(date_from) / customer.per_year
    first = (customer.id * GOLDEN) % 1 * interval
    if customer.last_visit:
        due = (customer.last_visit - date_from).days + interval
        first = min(due, interval - 1e-6) if due >= 0 else first / 2
    period = (date_to - date_from).days + 1
    days, offset = [], first
    while offset < period - 1e-6:
        days.append(date_from + timedelta(int(offset)))
        offset = first + len(days) * interval
    return days


def open_days(customer: Customer, ideal: list[date], today: date) -> list[tuple]:
    """Return pairs (number, day) of the visits of ``customer`` still to propose.

    A kept visit of the plan holds its own number, another one the nearest free.

    >>> ideal = [date(2026, 2, 1), date(2026, 5, 1), date(2026, 8, 1)]
    >>> one = Customer(1, 7, 3, kept=((2, date(2026, 3, 1)), (None, date(2026, 7, 20))))
    >>> open_days(one, ideal, date(2026, 1, 1))
    [(1, datetime.date(2026, 2, 1))]

    More than are due leave nothing to propose:

    >>> many = tuple((None, date(2026, month, 1)) for month in (1, 2, 3, 4))
    >>> open_days(Customer(1, 7, 3, kept=many), ideal, date(2026, 1, 1))
    []

    What has passed is made up for once, today at the earliest:

    >>> open_days(Customer(1, 7, 3), ideal, date(2026, 6, 1))
    [(2, datetime.date(2026, 6, 1)), (3, datetime.date(2026, 8, 1))]

    >>> open_days(Customer(1, 7, 3, kept=((2, date(2026, 5, 1)),)), ideal,
    ...     date(2026, 6, 1))
    [(3, datetime.date(2026, 8, 1))]

    >>> open_days(Customer(1, 7, 3, dropped=(2, 3)), ideal, date(2026, 1, 1))
    [(1, datetime.date(2026, 2, 1))]
    """
    numbers = dict(enumerate(ideal, start=1))
    for number in customer.dropped:
        numbers.pop(number, None)
    others = []
    for number, day in sorted(customer.kept, key=lambda kept: (kept[1], kept[0] or 0)):
        if number is None or numbers.pop(number, None) is None:
            others.append(day)
    for day in others:
        if numbers:
            nearest = min(numbers, key=lambda n, d=day: (abs(numbers[n] - d), n))
            del numbers[nearest]
    missed = [number for number, day in numbers.items() if day < today]
    missed_last = missed[-1] if missed else None
    held = max((day for _number, day in customer.kept), default=None)
    if missed and held and held >= numbers[missed_last]:
        missed_last = None  # he was seen after it
    return [
        (number, max(day, today))
        for number, day in numbers.items()
        if day >= today or number == missed_last
    ]


def assign_people(customers, people) -> dict:
    """Return ``{customer id: person id}``; nobody's go to who has most room.

    >>> two = [Person(1, {date(2026, 1, day): 1 for day in range(1, 11)}),
    ...        Person(2, {date(2026, 1, day): 1 for day in range(1, 8)})]
    >>> assign_people([Customer(5, 1, 6), Customer(6, None, 2), Customer(7, None, 1),
    ...                Customer(8, None, 4)], two)
    {5: 1, 8: 2, 6: 1, 7: 2}
    """
    room = {person.id: sum(person.days.values()) for person in people}
    owners = {}
    for customer in customers:
        if customer.person_id in room:
            owners[customer.id] = customer.person_id
            room[customer.person_id] -= customer.per_year
    heap = [(-free, person_id) for person_id, free in room.items()]
    heapq.heapify(heap)
    unowned = [c for c in customers if c.person_id is None and heap]
    for customer in sorted(unowned, key=lambda c: (-c.per_year, c.id)):
        busy, person_id = heap[0]
        owners[customer.id] = person_id
        heapq.heapreplace(heap, (busy + customer.per_year, person_id))
    return owners


# --- DAYS


class Diary:
    """The working days of a person and what is left of each."""

    def __init__(self, person: Person, busy: dict | None = None):
        self.days = sorted(person.days)
        self.room = [person.days[day] for day in self.days]
        self.load = [0] * len(self.days)
        self.per_month = person.per_month
        self.months = defaultdict(int)
        for day, count in (busy or {}).items():
            self.months[day.year, day.month] += count
            place = bisect_left(self.days, day)
            if place < len(self.days) and self.days[place] == day:
                self.load[place] += count

    def is_free(self, place: int) -> bool:
        """Return whether the day at ``place`` takes another visit."""
        if self.load[place] >= self.room[place]:
            return False
        day = self.days[place]
        month = (day.year, day.month)
        return not self.per_month or self.months[month] < self.per_month

    def find(self, ideal: date, limits: tuple, taken: list, gap: int):
        """Return the place of the best day for a visit that is ideal on ``ideal``.

        The least busy day of the window, else the nearest free one; None if none.

        :param limits: first and last day allowed; no last day if None
        """
        middle = bisect_left(self.days, ideal)
        around = range(max(0, middle - WINDOW), min(len(self.days), middle + WINDOW))
        best = None
        for place in around:
            if self._suits(place, limits, taken, gap):
                used = self.load[place] / self.room[place]
                distance = abs((self.days[place] - ideal).days)
                best = min(best or (2, 0, 0), (used, distance, place))
        if best:
            return best[2]
        return self._find_outside(middle, ideal, (limits, taken, gap))

    def _find_outside(self, middle, ideal, conditions):
        before, after = middle - WINDOW - 1, middle + WINDOW
        while before >= 0 or after < len(self.days):
            back = (ideal - self.days[before]).days if before >= 0 else None
            ahead = (self.days[after] - ideal).days if after < len(self.days) else None
            if back is None or (ahead is not None and ahead <= back):
                place, after = after, after + 1
            else:
                place, before = before, before - 1
            if self._suits(place, *conditions):
                return place
        return None

    def _suits(self, place, limits, taken, gap):
        day = self.days[place]
        if day < limits[0] or (limits[1] and day > limits[1]):
            return False
        if not self.is_free(place):
            return False
        return all(abs((day - other).days) >= gap for other in taken)

    def take(self, place: int) -> date:
        """Note a visit on the day at ``place`` and return the day."""
        day = self.days[place]
        self.load[place] += 1
        self.months[day.year, day.month] += 1
        return day


def plan_visits(customers, people, frame, busy=None, errands=()):
    """Return (list of :class:`Visit`, ``{person id: visits without a day}``).

    :param frame: the days and the least gap, as a :class:`Frame`
    :param busy: ``{person id: {day: visits}}`` that stand already

    Two customers, four visits each, spread over the year by one who works Mondays:

    >>> year = Frame(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 1), 14)
    >>> mondays = {date(2026, 1, 5) + timedelta(7 * week): 2 for week in range(52)}
    >>> visits, lacking = plan_visits(
    ...     [Customer(1, 7, 4), Customer(2, None, 4)], [Person(7, mondays)], year)
    >>> [str(v.day) for v in visits if v.customer_id == 1]
    ['2026-02-23', '2026-05-25', '2026-08-24', '2026-11-30']
    >>> len(visits), lacking
    (8, {})

    Who has no room, lacks it, and says so:

    >>> few = {date(2026, 1, 5): 1, date(2026, 6, 1): 1}
    >>> visits, lacking = plan_visits([Customer(1, 7, 4)], [Person(7, few)], year)
    >>> len(visits), lacking
    (2, {7: 2})

    An errand takes place within its days and replaces the nearest visit:

    >>> visits, lacking = plan_visits(
    ...     [Customer(1, 7, 4)], [Person(7, mondays)], year,
    ...     errands=[Errand(3, 1, 7, date(2026, 1, 1), date(2026, 3, 31))])
    >>> [(v.number, str(v.day)) for v in visits]
    [(0, '2026-03-16'), (2, '2026-05-25'), (3, '2026-08-24'), (4, '2026-11-30')]
    """
    diaries = {p.id: Diary(p, (busy or {}).get(p.id)) for p in people}
    earliest = frame.earliest
    taken = {c.id: [day for _number, day in c.kept] for c in customers}
    for customer in customers:
        if customer.last_visit:
            taken[customer.id].append(customer.last_visit)
    visits, lacking = _place_errands(errands, diaries, taken, earliest)
    seen = defaultdict(tuple)
    for visit in visits:
        seen[visit.customer_id] += ((None, visit.day),)
    queue = []
    owners = assign_people(customers, people)
    for customer in customers:
        person_id = owners.get(customer.id)
        if person_id is not None:
            ideal = ideal_days(customer, frame.date_from, frame.date_to)
            current = replace(customer, kept=customer.kept + seen[customer.id])
            for number, day in open_days(current, ideal, earliest):
                queue.append((-customer.per_year, customer.id, number, day, person_id))
    # not by day: days ahead would always look less busy than those behind
    for negative, customer_id, number, day, person_id in sorted(queue):
        diary = diaries[person_id]
        gap = least_gap(frame.min_gap, -negative)
        place = diary.find(day, (earliest, None), taken[customer_id], gap)
        if place is None:
            lacking[person_id] += 1
            continue
        found = diary.take(place)
        taken[customer_id].append(found)
        visits.append(Visit(customer_id, number, person_id, found))
    return visits, dict(lacking)


def _place_errands(errands, diaries, taken, earliest):
    """Place what has a last day, each person's spread evenly over the time left."""
    visits, lacking = [], defaultdict(int)
    for errand in sorted(errands, key=lambda e: (e.date_to, e.id)):
        begin = max(errand.date_from, earliest)
        diary = diaries.get(errand.person_id)
        if diary is None:
            continue
        days = max(0, (errand.date_to - begin).days)
        ideal = begin + timedelta(int((errand.id * GOLDEN) % 1 * (days + 1)))
        others = taken.setdefault(errand.customer_id, [])
        place = diary.find(ideal, (begin, errand.date_to), others, 1)
        if place is None:
            lacking[errand.person_id] += 1
            continue
        day = diary.take(place)
        others.append(day)
        visits.append(Visit(errand.customer_id, 0, errand.person_id, day, errand.id))
    return visits, lacking


def least_gap(min_gap: int, per_year: int) -> int:
    """Return the days between two visits: no more than half the customer's interval.

    >>> least_gap(14, 4), least_gap(14, 52), least_gap(0, 400)
    (14, 3, 1)
    """
    return max(1, min(min_gap, int(365 / per_year / 2)))

"""What a preview of changed rules shows, without Odoo."""

from typing import NamedTuple

#: Scores from 0 to 100 are shown by bands of this width
BAND = 20
#: ``(highest score of the band / BAND, what it is called)``
BANDS = ((0, "0-19"), (1, "20-39"), (2, "40-59"), (3, "60-79"), (4, "80-100"))
#: Classes beyond this number are listed below each other
BESIDE = 6


class Figure(NamedTuple):
    """A figure of every customer that changed rules may move.

    ``before_<column>`` and ``after_<column>`` are the columns of the statement of the
    preview. Without classes it is a score from 0 to 100.
    """

    column: str
    label: str
    #: pairs of value and name, or None
    classes: tuple[tuple[object, str], ...] | None = None

    @property
    def ranges(self):
        """Return ``(value, name)`` of what customers are counted by.

        >>> Figure("abc_class", "ABC", (("A", "A"), ("B", "B"))).ranges
        (('A', 'A'), ('B', 'B'))
        >>> Figure("total_score", "Total").ranges[0]
        (0, '0-19')
        """
        return BANDS if self.classes is None else self.classes

    def tabulate(self, before, after):
        """Return the numbers of customers by range, before and after.

        :param before: ``{value: customers}``, and so ``after``

        >>> Figure("abc_class", "ABC", (("A", "A"), ("B", "B"))).tabulate({"A": 2}, {})
        [[2, 0], [0, 0]]
        """
        return [
            [counts.get(value, 0) for value, _name in self.ranges]
            for counts in (before, after)
        ]


def tabulate(figures, counts):
    """Return tables ``(is_listed, names of ranges, rows)`` of figures of like ranges.

    A row is ``(label, numbers before, numbers after)``.

    :param counts: ``{column: ({value: customers} before, the same after)}``

    >>> figures = [Figure("total", "Total"), Figure("part", "Part"),
    ...            Figure("tier", "Tier", (("A", "Best"),))]
    >>> counts = {"total": ({0: 1}, {4: 1}), "part": ({}, {}),
    ...           "tier": ({"A": 3}, {"A": 2})}
    >>> for listed, names, rows in tabulate(figures, counts):
    ...     print(listed, names, rows)
    False ['0-19', '20-39', '40-59', '60-79', '80-100'] \
[('Total', [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]), \
('Part', [0, 0, 0, 0, 0], [0, 0, 0, 0, 0])]
    False ['Best'] [('Tier', [3], [2])]
    """
    tables = {}
    for figure in figures:
        row = (figure.label, *figure.tabulate(*counts[figure.column]))
        tables.setdefault(figure.ranges, []).append(row)
    return [
        (len(ranges) > BESIDE, [name for _value, name in ranges], rows)
        for ranges, rows in tables.items()
    ]

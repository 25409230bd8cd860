"""Who bought some things but not another, in a text that a domain can carry."""

from typing import NamedTuple

LEVELS = ("product", "category")


class Gap(NamedTuple):
    """Customers of a company who bought all of ``bought`` but not ``missing``.

    >>> str(Gap(1, "product", (12, 13), 15, 0))
    '1:product:12,13:15:0'
    >>> Gap.parse("1:product:12,13:15:0")
    Gap(company_id=1, level='product', bought=(12, 13), missing=15, segment_id=0)
    >>> Gap.parse("1:product::15:0")
    Traceback (most recent call last):
    ValueError: not a gap: 1:product::15:0
    """

    company_id: int
    #: what the ids are of: products or categories
    level: str
    bought: tuple[int, ...]
    missing: int
    #: 0 for the customers of all segments
    segment_id: int

    def __str__(self):
        bought = ",".join(map(str, self.bought))
        return ":".join(
            map(
                str,
                (self.company_id, self.level, bought, self.missing, self.segment_id),
            )
        )

    @classmethod
    def parse(cls, text):
        """Return the gap that ``text`` was made of."""
        try:
            company, level, bought, missing, segment = str(text).split(":")
            items = tuple(int(item) for item in bought.split(","))
            gap = cls(int(company), level, items, int(missing), int(segment))
        except ValueError:
            gap = None
        if not gap or level not in LEVELS:
            raise ValueError(f"not a gap: {text}")
        return gap

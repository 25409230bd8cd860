"""Order lines as a run of affinity has them: columns of numbers."""

from typing import NamedTuple

#: what an order line is, beside the window of the rules, for a run
LEFT, KEPT, NEW = 1, 0, 2


class Lines(NamedTuple):
    """Order lines as columns: basket, customer, product, and LEFT, KEPT or NEW.

    Where nobody asks for them, the customers are None.
    """

    basket: object
    customer: object
    product: object
    flag: object

    def where(self, kept):
        if kept.all():
            return self  # millions of lines are not copied for nothing
        return Lines(*(None if c is None else c[kept] for c in self))

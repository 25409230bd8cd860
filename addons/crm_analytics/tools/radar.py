"""The corners of a radar of scores, for a picture that needs no browser."""

import math


def corners(scores, radius, centre):
    """Return the points ``"x,y x,y …"`` of scores from 0 to 100, clockwise from above.

    A score that is not known stands in the middle.

    >>> corners([100, 50, None, 100], 10, 10)
    '10.0,0.0 15.0,10.0 10.0,10.0 0.0,10.0'
    """
    places = []
    for place, score in enumerate(scores):
        angle = 2 * math.pi * place / len(scores)
        length = radius * (score or 0) / 100
        x = centre + length * math.sin(angle)
        y = centre - length * math.cos(angle)
        places.append(f"{abs(round(x, 1))},{abs(round(y, 1))}")
    return " ".join(places)


def labels(names, radius, centre):
    """Return ``(name, x, y, anchor)`` of the words around a radar.

    >>> labels(["Up", "Right"], 10, 20)[0]
    ('Up', 20.0, 8.0, 'middle')
    """
    found = []
    for place, name in enumerate(names):
        angle = 2 * math.pi * place / len(names)
        x = centre + (radius + 2) * math.sin(angle)
        y = centre - (radius + 2) * math.cos(angle)
        side = math.sin(angle)
        anchor = "start" if side > 0.1 else "end" if side < -0.1 else "middle"
        found.append((name, round(x, 1), round(y, 1), anchor))
    return found

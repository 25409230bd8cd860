"""Answers of a visit report as values of observed attributes."""

# Which kinds of properties may be written to which kind of observed value
WRITES = {
    "number": ("integer", "float", "monetary"),
    "text": ("char", "text"),
    "selection": ("selection",),
    "date": ("date",),
    "boolean": ("boolean",),
}


def is_writable(property_type: str, value_type: str) -> bool:
    """Return whether answers of a property fit the values of an attribute.

    >>> is_writable("integer", "number"), is_writable("text", "number")
    (True, False)
    """
    return property_type in WRITES.get(value_type, ())


def missing_choices(options, choices) -> list:
    """Return the labels of ``options`` that are no choice of the attribute.

    >>> missing_choices([["a", "Rising"], ["b", " falling "]], ["Rising", "Falling"])
    []
    >>> missing_choices([["a", "Stable"]], ["Rising"])
    ['Stable']
    """
    known = {choice.strip().lower() for choice in choices}
    return [label for _key, label in options if label.strip().lower() not in known]


def answer_value(answer: dict):
    """Return what a property of a report says, None where it says nothing.

    A choice is given by its label. A number of nought is an answer once it is
    written; a box that is not ticked is none, since it cannot be told from one that
    nobody looked at.

    >>> answer_value({"type": "float", "value": 0.0}), answer_value({"type": "char"})
    (0.0, None)
    >>> answer_value({"type": "boolean", "value": False}) is None
    True
    >>> answer_value({"type": "selection", "value": "b",
    ...               "selection": [["a", "Rising"], ["b", "Falling"]]})
    'Falling'
    >>> answer_value({"type": "selection", "value": "gone", "selection": []}) is None
    True
    >>> answer_value({"type": "text", "value": "  "}) is None
    True
    """
    value = answer.get("value")
    if answer["type"] == "selection":
        return dict(answer.get("selection") or ()).get(value)
    if answer["type"] in ("integer", "float", "monetary"):
        return None if value is None or value is False else value
    if isinstance(value, str):
        return value.strip() or None
    return value or None


def check_position(latitude, longitude) -> bool:
    """Return whether two figures are a place on earth.

    >>> check_position(31.2, 121.5), check_position(91, 0), check_position(None, 0)
    (True, False, False)
    >>> check_position(float("nan"), 0.0), check_position(0.0, -180.0)
    (False, True)
    """
    try:
        return -90 <= float(latitude) <= 90 and -180 <= float(longitude) <= 180
    except (TypeError, ValueError):
        return False

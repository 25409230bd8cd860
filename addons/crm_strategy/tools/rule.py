"""Rules as text: lists of conditions with fixed values, as the editor writes them."""

import ast


def parse_rule(text: str | None) -> list:
    """Return the conditions that ``text`` says; raise ValueError if it says none.

    >>> parse_rule('[("is_company", "=", True)]')
    [('is_company', '=', True)]
    >>> parse_rule(None), parse_rule(" [] ")
    ([], [])
    >>> parse_rule("[('user_id', '=', uid)]")
    Traceback (most recent call last):
      ...
    ValueError: [('user_id', '=', uid)]
    >>> parse_rule("('a', '=', 1)")
    Traceback (most recent call last):
      ...
    ValueError: ('a', '=', 1)
    """
    try:
        parsed = ast.literal_eval((text or "[]").strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as e:
        raise ValueError(text) from e
    if not isinstance(parsed, list):
        raise ValueError(text)
    return parsed


def join_rules(first: list, second: list, operator: str) -> list:
    """Return the rule that both (``and``) or either (``or``) of two rules make.

    The conditions are in prefix notation, as Odoo's domains are, with "and"
    understood between them. A rule without conditions adds nothing: whoever adds
    the first condition to an empty rule means that condition.

    >>> join_rules([("a", "=", 1)], [("b", "=", 2)], "and")
    [('a', '=', 1), ('b', '=', 2)]
    >>> join_rules([("a", "=", 1), ("c", "=", 3)], [("b", "=", 2)], "or")
    ['|', '&', ('a', '=', 1), ('c', '=', 3), ('b', '=', 2)]
    >>> join_rules([], [("b", "=", 2)], "or")
    [('b', '=', 2)]
    >>> join_rules(["|", ("a", "=", 1), "!", ("c", "=", 3)], [("b", "=", 2)], "or")
    ['|', '|', ('a', '=', 1), '!', ('c', '=', 3), ('b', '=', 2)]
    """
    if not first or not second:
        return list(first or second)
    if operator == "and":
        return [*first, *second]
    return ["|", *_in_one(first), *_in_one(second)]


def _in_one(rule: list) -> list:
    """Return ``rule`` with the understood "and" written out.

    >>> _in_one([("a", "=", 1), ("b", "=", 2), ("c", "=", 3)])
    ['&', '&', ('a', '=', 1), ('b', '=', 2), ('c', '=', 3)]
    """
    expected = 1
    understood = 0
    for part in rule:
        if expected == 0:
            understood += 1
            expected = 1
        if part in ("&", "|"):
            expected += 1
        elif part != "!":
            expected -= 1
    return ["&"] * understood + list(rule)

"""What a record rule is about, told by its text."""

import re

#: from narrow to wide; the widest rule of a user's groups decides
WIDTH = ("own", "tree", "company", "condition", "all")
_EVERYTHING = re.compile(r"""\[?\(?1,(['"])=\1,1\)?\]?$""")
_PERSON = re.compile(r"\buser\.(?!company)|\buid\b")


def classify_rule(domain):
    """Return what limits the records of a rule: a member of ``WIDTH``.

    >>> classify_rule("[(1, '=', 1)]"), classify_rule(""), classify_rule("[]")
    ('all', 'all', 'all')
    >>> classify_rule("[('user_id', 'in', user.crm_tree_user_ids.ids + [False])]")
    'tree'
    >>> classify_rule("['|', ('user_id', '=', user.id), ('user_id', '=', False)]")
    'own'
    >>> classify_rule("[('company_id', 'in', company_ids + [False])]")
    'company'
    >>> classify_rule("[('company_id', '=', user.company_id.id)]")
    'company'
    >>> classify_rule("[('move_type', 'in', ('out_invoice', 'out_refund'))]")
    'condition'
    """
    text = "".join((domain or "").split())
    if text in ("", "[]") or _EVERYTHING.match(text):
        return "all"
    if "user.crm_tree_" in text:
        return "tree"
    if _PERSON.search(text):
        return "own"
    if "company" in text:
        return "company"
    return "condition"

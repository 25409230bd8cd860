"""Which mails are no complaint: decided by their headers. Plain Python."""

import re

MACHINES = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|daemon)(?:[+.@-]|$)"
)
LIST_HEADERS = {"list-id", "list-unsubscribe", "list-post"}
AUTO_SUBJECT = re.compile(
    r"^\s*(?:automatic reply|auto(?:-| )?reply|autoreply|out of (?:the )?office"
    r"|abwesenheitsnotiz|réponse automatique|自动回复|自動回覆|自動回復)",
    re.IGNORECASE,
)


def find_reason(headers, sender, own_addresses=(), are_lists_ignored=True):
    """Return why a mail is not a customer's own words, None if it may be.

    :param headers: mapping of header name in lower case to its text
    :param sender: normalised address of the sender, or a false value
    :param own_addresses: our aliases, normalised

    >>> find_reason({"subject": "Drum leaks"}, "ida@x.example") is None
    True
    >>> find_reason({"auto-submitted": "no"}, "ida@x.example") is None
    True
    >>> find_reason({"auto-submitted": "auto-replied"}, "ida@x.example")
    'auto_reply'
    >>> find_reason({"subject": "自动回复\\uff1a桶漏"}, "ida@x.example")
    'auto_reply'
    >>> find_reason({"list-id": "<news.x.example>"}, "ida@x.example")
    'list'
    >>> find_reason({"list-id": "x"}, "ida@x.example", are_lists_ignored=False) is None
    True
    >>> find_reason({}, "no-reply@x.example"), find_reason({}, "norep@x.example")
    ('machine', None)
    >>> find_reason({}, "Care@us.example", ["care@us.example"]), find_reason({}, None)
    ('own_address', 'no_sender')
    >>> find_reason({"x-spam-flag": " YES"}, "ida@x.example")
    'spam'
    """
    if not sender:
        return "no_sender"
    sender = sender.lower()
    precedence = headers.get("precedence", "").strip().lower()
    signs = {
        "own_address": sender in own_addresses,
        "machine": MACHINES.match(sender),
        "spam": headers.get("x-spam-flag", "").strip().lower() == "yes",
        "auto_reply": is_automatic(headers),
        "list": are_lists_ignored
        and (
            precedence in ("bulk", "list", "junk")
            or not headers.keys().isdisjoint(LIST_HEADERS)
        ),
    }
    return next((reason for reason, is_so in signs.items() if is_so), None)


def is_automatic(headers):
    """Return whether a machine answered in a person's name.

    >>> is_automatic({"precedence": "auto_reply"}), is_automatic({"x-autoreply": "1"})
    (True, True)
    >>> is_automatic({"subject": "Auto parts leak"})
    False
    """
    submitted = headers.get("auto-submitted", "").split(";")[0].strip().lower()
    return bool(
        submitted not in ("", "no")
        or headers.get("precedence", "").strip().lower() == "auto_reply"
        or any(
            name in headers
            for name in ("x-autoreply", "x-autorespond", "x-autoresponder")
        )
        or AUTO_SUBJECT.match(headers.get("subject", ""))
    )

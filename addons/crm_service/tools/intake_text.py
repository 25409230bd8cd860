"""What strangers type, made harmless and comparable. Plain Python."""

import hashlib
import math
import re
import unicodedata

# Marks that turn the reading direction: with them, text pretends to be another one
DIRECTION_MARKS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|sv|vs|antw|回复|回覆|答复|转发|轉發)\s*[:\uff1a]\s*)+",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"[^\W_][\w/.-]*\d[\w/.-]*|\d{3,}")


def clean_text(text, is_line=False):
    """Return ``text`` without what a person cannot see and a database refuses.

    Line ends become plain ones; letters are composed (NFC), so that equal words
    compare equal. Nothing is escaped: that is done where text is shown.

    >>> clean_text("  a\\x00b\\r\\nc\\u202e  ")
    'ab\\nc'
    >>> clean_text("a\\n\\t b", is_line=True)
    'a b'
    >>> clean_text("Cafe\\u0301 👩\u200d🔧 <b>漏</b>")
    'Café 👩\u200d🔧 <b>漏</b>'
    >>> clean_text(None), clean_text("\\ud800x")
    ('', 'x')
    """
    text = unicodedata.normalize("NFC", text or "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(
        char
        for char in text
        if char in "\n\t"
        or (
            unicodedata.category(char) not in ("Cc", "Cs")
            and char not in DIRECTION_MARKS
        )
    )
    if is_line:
        text = " ".join(text.split())
    return text.strip()


def parse_quantity(text):
    """Return a positive, finite number, None where ``text`` is not one.

    >>> parse_quantity(" 2,5 "), parse_quantity("\\uff12"), parse_quantity("1 000")
    (2.5, 2.0, 1000.0)
    >>> [parse_quantity(text) for text in ("", "0", "-1", "nan", "inf", "1e400", "x")]
    [None, None, None, None, None, None, None]
    """
    text = "".join((text or "").split()).replace(",", ".")
    if len(text) > 20:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def parse_id(text):
    """Return a positive integer that a database can take as an id, else None.

    >>> parse_id("12"), parse_id("-1"), parse_id("1.0"), parse_id("9" * 30)
    (12, None, None, None)
    >>> parse_id("1;DROP"), parse_id(None), parse_id("²"), parse_id("٣")
    (None, None, None, None)
    """
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,9}", text):
        return None
    return int(text) or None


def plain_subject(subject):
    """Return a subject without what mail programs put before it.

    >>> plain_subject("RE: Fwd: AW:  Drum leaks"), plain_subject("回复\\uff1a桶漏了")
    ('Drum leaks', '桶漏了')
    >>> plain_subject(None)
    ''
    """
    return PREFIX.sub("", clean_text(subject, is_line=True))


def fingerprint(sender, subject, text):
    """Return what two mails with the same content share.

    >>> a = fingerprint("ida@x.example", "Re: Drum leaks", "It  drips.\\n")
    >>> a == fingerprint("ida@x.example", "drum LEAKS", "it drips.")
    True
    >>> a == fingerprint("eva@x.example", "Drum leaks", "It drips.")
    False
    """
    parts = (sender or "", plain_subject(subject), clean_text(text, is_line=True))
    content = "\0".join(part.casefold() for part in parts)
    return hashlib.sha256(content.encode()).hexdigest()


def find_references(text, limit=10):
    """Return the words of a subject that may be the number of an order.

    >>> find_references("Order S00012 and PO/2024-7: 3 drums leak")
    ['S00012', 'PO/2024-7']
    >>> find_references("drum leaks"), find_references("订单4711漏")
    ([], ['订单4711漏', '4711'])
    """
    found = []
    for word in REFERENCE.findall(clean_text(text, is_line=True)):
        word = word.rstrip(".-/")
        digits = "".join(re.findall(r"[A-Za-z0-9/._-]+", word))
        for candidate in (word, digits):
            if len(candidate) >= 3 and candidate not in found:
                found.append(candidate)
    return found[:limit]

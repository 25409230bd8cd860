"""What the text in the one box of the telephone form can mean. Plain Python."""

import re
import unicodedata

PHONE = re.compile(r"[+\d\s./()\-]+")
PHONE_MIN = 5


def read_caller(text):
    """Return {meaning: text to look for}: phone, email, order, name; {} for nothing.

    A number of an order may look like a telephone number, so both are tried.

    >>> read_caller(" +46 8 123 456 78 ")
    {'phone': '+46812345678', 'order': '+46 8 123 456 78'}
    >>> read_caller("00 49 (0)171/55-66")
    {'phone': '004901715566', 'order': '00 49 (0)171/55-66'}
    >>> read_caller("Ida@X.example"), read_caller("ida@")
    ({'email': 'ida@x.example'}, {'email': 'ida@'})
    >>> read_caller("S00012"), read_caller("47 11")
    ({'order': 'S00012', 'name': 'S00012'}, {'order': '47 11', 'name': '47 11'})
    >>> read_caller("王 芳"), read_caller("a"), read_caller("  ")
    ({'name': '王 芳'}, {}, {})
    >>> read_caller("\\uff10\\uff18\\uff11\\uff12\\uff13")
    {'phone': '08123', 'order': '08123'}
    """
    text = " ".join(unicodedata.normalize("NFKC", text or "").replace("\0", "").split())
    if len(text) < 2 and not (text and ord(text) > 0x2E80):
        return {}
    if "@" in text:
        return {"email": text.lower()}
    digits = re.sub(r"\D", "", text)
    if PHONE.fullmatch(text) and len(digits) >= PHONE_MIN:
        plus = "+" if text.startswith("+") else ""
        return {"phone": plus + digits, "order": text}
    if digits:
        return {"order": text, "name": text}
    return {"name": text}


def local_part(digits):
    """Return the digits of a number that all its notations share.

    The country code, the zero before the area code and the zero in brackets
    differ between "+49 171 5566", "0049 (0)171 5566" and "0171 5566".

    >>> local_part("+491715566778"), local_part("00491715566778")
    ('15566778', '15566778')
    >>> local_part("01715566778"), local_part("12345")
    ('15566778', '12345')
    """
    return re.sub(r"\D", "", digits)[-8:]

#!/usr/bin/env python3
"""Fails on warnings and errors in the log of an installation.

check_install_log.py LOG...

Noise that the host makes by itself is listed in ``HOST_NOISE`` with its reason;
whatever names one of our add-ons or models is never noise.
"""

import pathlib
import re
import sys

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \S+ \d+ (WARNING|ERROR|CRITICAL) (\S+) (\S+): (.*)"
)
#: (logger, pattern of the message, why it is none of ours)
HOST_NOISE = [
    ("odoo.addons.base.models.ir_attachment", r"^_read reading ", "no cache yet"),
    (
        "py.warnings",
        r"site-packages/|dist-packages/odoo/(?!.*crm_(strategy|service|analytics))",
        "the host or a library of its own pins uses what is deprecated there",
    ),
]
OURS = re.compile(r"crm_(strategy|service|analytics|suite)|test_crm_suite")


def is_noise(logger, message):
    if OURS.search(message):
        return False
    return any(name == logger and re.search(p, message) for name, p, _ in HOST_NOISE)


def findings(text):
    """The lines of an Odoo log that a clean installation does not have.

    >>> findings("2026-01-01 10:00:00,1 7 INFO db odoo.modules: loading")
    []
    >>> findings("2026-01-01 10:00:00,1 7 WARNING db odoo.registry: no access rules")
    ['WARNING odoo.registry: no access rules']
    """
    hits = (LINE.match(line) for line in text.splitlines())
    return [
        f"{hit[1]} {hit[3]}: {hit[4]}"
        for hit in hits
        if hit and not is_noise(hit[3], hit[4])
    ]


def main(logs):
    failed = 0
    for log in map(pathlib.Path, logs):
        found = findings(log.read_text(encoding="utf-8", errors="replace"))
        for line in found:
            print(f"{log.name}: {line}")
        failed += bool(found)
    print(f"{len(logs) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

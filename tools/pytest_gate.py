"""A pytest plugin that counts results for the gate, browser tests apart.

``-p pytest_gate`` with ``CRM_GATE_RESULT=FILE``: writes passed, failed, skipped,
collected, and the browser tests that were skipped, as JSON. Those must not be:
a machine without Chromium would otherwise report success. With
``CRM_GATE_PART=browser`` only tests in the browser run, with ``plain`` only the
others, so that the two can run side by side.
"""

import json
import os
import pathlib

RESULT = {"passed": 0, "failed": 0, "skipped": 0, "collected": 0, "browser_skipped": []}
BROWSER_ITEMS = set()


def _is_browser(item):
    cls = getattr(item, "cls", None)
    return bool(cls) and any(base.__name__ == "HttpCase" for base in cls.__mro__)


def pytest_collection_modifyitems(config, items):
    part = os.environ.get("CRM_GATE_PART")
    if part:
        wanted = [item for item in items if _is_browser(item) == (part == "browser")]
        left = [item for item in items if item not in set(wanted)]
        config.hook.pytest_deselected(items=left)
        items[:] = wanted
    RESULT["collected"] = len(items)
    BROWSER_ITEMS.update(item.nodeid for item in items if _is_browser(item))


def pytest_collectreport(report):
    if report.failed:
        RESULT["failed"] += 1


def pytest_runtest_logreport(report):
    if report.failed:
        RESULT["failed"] += 1
    elif report.skipped:
        RESULT["skipped"] += 1
        if report.nodeid in BROWSER_ITEMS:
            RESULT["browser_skipped"].append(report.nodeid)
    elif report.when == "call" and type(report).__name__ == "TestReport":
        RESULT["passed"] += 1


def pytest_sessionfinish():
    target = os.environ.get("CRM_GATE_RESULT")
    if target:
        pathlib.Path(target).write_text(json.dumps(RESULT), encoding="utf-8")

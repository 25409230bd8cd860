"""A pytest plugin that counts results for the gate, browser tests apart.

``-p pytest_gate`` with ``CRM_GATE_RESULT=FILE``: writes passed, failed, skipped,
collected, and the browser tests that were skipped, as JSON. Those must not be:
a machine without Chromium would otherwise report success. With
``CRM_GATE_PART=browser`` only tests in the browser run, with ``plain`` only the
others, so that the two can run side by side. Before many tests in the browser the
scripts and styles of its pages are made once, as the host's own runner does.
"""

import json
import os
import pathlib

import pytest

RESULT = {"passed": 0, "failed": 0, "skipped": 0, "collected": 0, "browser_skipped": []}
BROWSER_ITEMS = set()
#: so many tests in the browser are worth the making of all pages' scripts and styles
MANY = 5


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


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    if len(BROWSER_ITEMS) >= MANY and not session.config.option.collectonly:
        _generate_bundles()


def _generate_bundles():
    """Keep the bundles of the pages: what a test makes is rolled back at its end."""
    from odoo import SUPERUSER_ID, api  # noqa: PLC0415 not for the pure tests
    from odoo.modules.registry import Registry  # noqa: PLC0415 as above
    from odoo.tests.common import get_db_name  # noqa: PLC0415 as above

    with Registry(get_db_name()).cursor() as cr:
        pages = api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
        scripts, styles = pages._get_bundles_to_pregenarate()
        for name in filter(_is_shown, sorted(scripts)):
            pages._get_asset_bundle(name, css=False, js=True).js()
        for name in filter(_is_shown, sorted(styles)):
            pages._get_asset_bundle(name, css=True, js=False).css()


def _is_shown(bundle):
    """True for what the pages of the tests load: no spreadsheets, nothing dark."""
    return bundle.startswith(("web.assets_", "survey.")) and "dark" not in bundle


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

from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import HttpCase, no_retry, tagged


def hoot_id(name):
    """Return the id under which Hoot's page knows a suite or a test."""
    value = 0
    for char in name:
        value = (value * 31 + ord(char)) & 0xFFFFFFFF
    return f"{value:08x}"


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    def _get_suites(self):
        """Return the installed add-ons of ours that have unit tests."""
        modules = self.env["ir.module.module"]
        ours = modules.search([("name", "=", "crm_strategy")]).author
        names = modules.search(
            [("author", "=", ours), ("state", "=", "installed")]
        ).mapped("name")
        return [
            f"@{name}"
            for name in names
            if any(Path(get_module_path(name), "static/tests").glob("*.test.js"))
        ]

    @no_retry
    def test_unit_tests_of_the_components(self):
        suites = "".join(f"&id={hoot_id(suite)}" for suite in self._get_suites())
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000{suites}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

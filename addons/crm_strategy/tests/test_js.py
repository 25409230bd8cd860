from odoo.tests import HttpCase, no_retry, tagged


def hoot_id(name):
    """Return the id under which Hoot's page knows a suite or a test."""
    value = 0
    for char in name:
        value = (value * 31 + ord(char)) & 0xFFFFFFFF
    return f"{value:08x}"


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    @no_retry
    def test_unit_tests_of_the_components(self):
        suite = hoot_id("@crm_strategy")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

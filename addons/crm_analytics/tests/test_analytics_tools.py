import doctest

from odoo.tests import BaseCase, tagged

from ..tools import affinity_gap, credit, finding, liking, preview, profit


@tagged("post_install", "-at_install")
class TestAnalyticsTools(BaseCase):
    """The examples in the formulas of profit and liking."""

    def test_doctests(self):
        for module in (affinity_gap, credit, finding, liking, preview, profit):
            with self.subTest(module=module.__name__):
                failed, attempted = doctest.testmod(module)
                self.assertEqual(failed, 0)
                self.assertGreater(attempted, 0)

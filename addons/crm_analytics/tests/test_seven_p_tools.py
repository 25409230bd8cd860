import doctest

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_analytics.tools import seven_p


@tagged("post_install", "-at_install")
class TestSevenPTools(BaseCase):
    def test_doctests(self):
        failed, attempted = doctest.testmod(seven_p)
        self.assertEqual(failed, 0)
        self.assertGreater(attempted, 10)

import doctest

from odoo.tests import BaseCase, tagged

from ..tools import supply_share


@tagged("post_install", "-at_install")
class TestCrmSupplyTools(BaseCase):
    def test_examples_of_the_kernel(self):
        failed, attempted = doctest.testmod(supply_share)
        self.assertEqual(failed, 0)
        self.assertGreater(attempted, 5)

import doctest

from odoo.tests import BaseCase, tagged

from ..tools import satisfaction


@tagged("post_install", "-at_install")
class TestSatisfactionTools(BaseCase):
    def test_examples_of_the_kernel(self):
        failed, attempted = doctest.testmod(satisfaction)
        self.assertEqual(failed, 0)
        self.assertGreater(attempted, 20)

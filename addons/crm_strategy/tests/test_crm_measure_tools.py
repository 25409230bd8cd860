import doctest

from odoo.tests import BaseCase, tagged

from ..tools import measure_goal, measure_period, measure_trend


@tagged("post_install", "-at_install")
class TestCrmMeasureTools(BaseCase):
    def test_examples_of_the_kernel(self):
        for module in (measure_goal, measure_period, measure_trend):
            with self.subTest(module=module.__name__):
                failed, attempted = doctest.testmod(module)
                self.assertEqual(failed, 0)
                self.assertGreater(attempted, 5)

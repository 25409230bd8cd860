import doctest

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_service.tools import (
    intake_caller,
    intake_file,
    intake_mail,
    intake_portal,
    intake_text,
)


@tagged("post_install", "-at_install")
class TestIntakeTools(BaseCase):
    def test_examples_in_the_documentation_hold(self):
        for module in (
            intake_caller,
            intake_file,
            intake_mail,
            intake_portal,
            intake_text,
        ):
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertGreater(result.attempted, 0)
                self.assertEqual(result.failed, 0)

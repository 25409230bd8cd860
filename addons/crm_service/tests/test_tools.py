import doctest

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_service.tools import (
    after_sale_states,
    care,
    complaint_call,
    complaint_deadline,
    complaint_loop,
    complaint_states,
    contact_frequency,
    corrective_states,
    customer_panel,
    event_series,
    page_blocks,
    remedy_policy,
    remedy_states,
    sales_activity_states,
    timeline,
    white_space,
)


@tagged("post_install", "-at_install")
class TestServiceTools(BaseCase):
    def test_doctests(self):
        for module in (
            after_sale_states,
            care,
            complaint_call,
            complaint_deadline,
            complaint_loop,
            complaint_states,
            contact_frequency,
            corrective_states,
            sales_activity_states,
            timeline,
            white_space,
            customer_panel,
            event_series,
            page_blocks,
            remedy_policy,
            remedy_states,
        ):
            with self.subTest(module=module.__name__):
                failed, attempted = doctest.testmod(module)
                self.assertTrue(attempted)
                self.assertFalse(failed)

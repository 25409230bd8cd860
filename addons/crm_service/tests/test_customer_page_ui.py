from odoo.tests import HttpCase, tagged

from .page_common import PageCommon


class PageUiCommon(PageCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.customer.policy"].create(
            {
                "partner_id": cls.acme.id,
                "company_id": cls.alpha.id,
                "date_start": "2020-01-01",
                "reason": "Asked for it",
                "special_instructions": "Call before delivery",
            }
        )


@tagged("post_install", "-at_install")
class TestCustomerPageDesk(PageUiCommon):
    def test_a_salesperson_reads_the_page_and_begins_a_quotation(self):
        self.start_tour(
            f"/odoo/res.partner/{self.acme.id}",
            "crm_customer_page_tour",
            login="page_rep",
        )

    def test_a_salesperson_reads_the_product_sheet(self):
        template = self.product.product_tmpl_id
        template.crm_sales_argument = "Melts at once"
        self.start_tour(
            f"/odoo/product.template/{template.id}",
            "crm_product_sheet_tour",
            login="page_rep",
        )


@tagged("post_install", "-at_install")
class TestCustomerPagePhone(PageUiCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_the_page_on_a_phone(self):
        self.start_tour(
            f"/odoo/customer-page?customer={self.acme.id}",
            "crm_customer_page_phone_tour",
            login="page_rep",
        )

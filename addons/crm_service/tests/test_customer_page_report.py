from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tests.common_measure import NOW

from ..report.crm_customer_page_report import MAX_PAGES
from .page_common import PageCommon

REPORT = "crm_service.customer_page_document"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCustomerPageReport(PageCommon):
    def _render(self, user, partner=None):
        reports = self.env["ir.actions.report"].with_user(user)
        reports = reports.with_context(allowed_company_ids=self.alpha.ids)
        content, _kind = reports._render_qweb_html(REPORT, (partner or self.acme).ids)
        return " ".join(html.fromstring(content).text_content().split())

    def test_the_print_says_what_the_page_says(self):
        text = self._render(self.rep)
        for word in ("Acme", "C-7", "Bought in 12 Months", "300.00", "Alumina"):
            self.assertIn(word, text)
        self.assertIn("Scratch-proof coating", text)
        self.assertIn(self.a2.name, text)
        self.assertNotIn(self.b1.name, text)

    def test_the_print_for_somebody_else_has_no_figures(self):
        text = self._render(self.other)
        self.assertIn("Somebody else looks after this customer", text)
        self.assertNotIn("300.00", text)

    def test_the_print_is_refused_to_others(self):
        with self.assertRaises(AccessError):
            self._render(self.plain)

    def test_more_customers_than_a_print_takes_are_refused(self):
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(MAX_PAGES + 1)]
        )
        self._render(self.rep, customers[:2])
        with self.assertRaises(UserError) as caught:
            self._render(self.rep, customers)
        self.assertIn(f"at most {MAX_PAGES} customers", str(caught.exception))

    def test_what_a_print_of_many_costs(self):
        """A page is read by a fixed number of queries, so many are bounded too."""
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(5)]
        )
        self._render(self.rep, customers[:1])
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._render(self.rep, customers)
        self.assertLessEqual(self.cr.sql_log_count - before, 5 * 65)

    def test_a_pdf_comes_out(self):
        reports = self.env["ir.actions.report"].with_user(self.rep)
        reports = reports.with_context(
            force_report_rendering=True, allowed_company_ids=self.alpha.ids
        )
        content, kind = reports._render_qweb_pdf(REPORT, self.acme.ids)
        self.assertEqual(kind, "pdf")
        self.assertEqual(content[:4], b"%PDF")

from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tests.common_measure import NOW

from .page_common import PageCommon

# queries of the whole page, however much a customer has bought
BUDGET = 70


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCustomerPageSpeed(PageCommon):
    def _count(self, partner, user):
        pages = self.env["crm.customer.page"].with_user(user)
        pages = pages.with_context(allowed_company_ids=self.alpha.ids)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        pages.get_page(partner.id, self.alpha.id)
        return self.cr.sql_log_count - before

    def test_the_same_queries_for_a_small_and_a_large_customer(self):
        small = self.env["res.partner"].create(
            {"name": "Small", "is_company": True, "user_id": self.rep.id}
        )
        large = small.copy({"name": "Large"})
        self._fill(small, 1)
        self._fill(large, 40)
        for user in (self.rep, self.agent, self.finance, self.manager, self.other):
            with self.subTest(user=user.login):
                self._count(large, user)  # warm
                few, many = self._count(small, user), self._count(large, user)
                self.assertEqual(few, many)
                self.assertLessEqual(many, BUDGET)

    def _fill(self, partner, count):
        """Give a customer ``count`` of everything that the page shows."""
        contacts = self.env["res.partner"].create(
            [
                {"name": f"C{n}", "parent_id": partner.id, "email": f"c{n}@example.com"}
                for n in range(count)
            ]
        )
        for n in range(count):
            order = self._create_order(contacts[n], "2026-01-10 10:00:00", 10 + n)
            self._create_order(partner, "2026-01-10 10:00:00", 5, is_confirmed=False)
            self._invoice(order, "2026-01-15")
        self.env["crm.lead"].create(
            [
                {
                    "name": f"L{n}",
                    "type": "opportunity",
                    "partner_id": partner.id,
                    "user_id": self.rep.id,
                    "company_id": self.alpha.id,
                }
                for n in range(count)
            ]
        )
        self.env["crm.need"].create(
            [
                {
                    "name": f"N{n}",
                    "partner_id": partner.id,
                    "categ_id": self.coatings.id,
                    "company_id": self.alpha.id,
                }
                for n in range(count)
            ]
        )
        self.env["crm.complaint"].create(
            [
                {
                    "title": f"Q{n}",
                    "partner_id": partner.id,
                    "company_id": self.alpha.id,
                }
                for n in range(count)
            ]
        )
        self.env["crm.sales.activity"].create(
            [
                {
                    "name": f"T{n}",
                    "partner_id": partner.id,
                    "user_id": self.rep.id,
                    "company_id": self.alpha.id,
                    "date_start": "2026-04-01 10:00:00",
                }
                for n in range(count)
            ]
        )
        for _n in range(count):
            partner.activity_schedule(
                "mail.mail_activity_data_call",
                "2026-03-20",
                "Call",
                user_id=self.rep.id,
            )

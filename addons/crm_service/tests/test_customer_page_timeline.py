from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tests.common_measure import NOW

from .page_common import PageCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCustomerPageTimeline(PageCommon):
    def _timeline(self, user=None, **kwargs):
        pages = self.env["crm.customer.page"].with_user(user or self.manager)
        pages = pages.with_context(allowed_company_ids=self.alpha.ids)
        return pages.get_timeline(self.acme.id, company_id=self.alpha.id, **kwargs)

    def test_newest_first_from_all_sources(self):
        """On 20 February the credit note; the need of 1 March is the latest."""
        found = self._timeline()
        credit = self.a1.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        invoice = self.a1.invoice_ids - credit
        self.assertEqual(
            self._titles(found),
            [
                ("need", self.need.name),
                ("credit_note", credit.name),
                ("quotation", self.a7.name),
                ("order", self.a2.name),
                ("invoice", invoice.name),
                ("order", self.a1.name),
            ],
        )
        self.assertFalse(found["next"])
        entry = found["entries"][1]
        self.assertEqual((entry["date"], entry["date_type"]), ("2026-02-20", "date"))
        entry = found["entries"][3]
        self.assertEqual(entry["date"], "2026-01-31 23:30:00")
        self.assertEqual((entry["amount"], entry["tone"]), (200.0, "good"))
        self.assertEqual((entry["model"], entry["id"]), ("sale.order", self.a2.id))

    def test_filters(self):
        kinds = {e["kind"] for e in self._timeline(filters=["sales"])["entries"]}
        self.assertEqual(kinds, {"order", "quotation"})
        kinds = {e["kind"] for e in self._timeline(filters=["money"])["entries"]}
        self.assertEqual(kinds, {"invoice", "credit_note"})
        self.assertEqual(self._timeline(filters=["nothing"])["entries"], [])

    def test_visits_and_calls(self):
        kinds = self.env["crm.sales.activity.kind"].search([])
        visit = kinds.filtered("is_visit")[:1]
        call = (kinds - kinds.filtered("is_visit"))[:1]
        self.env["crm.sales.activity"].create(
            [
                {
                    "name": name,
                    "kind_id": kind.id,
                    "partner_id": self.acme.id,
                    "user_id": self.rep.id,
                    "company_id": self.alpha.id,
                    "date_start": moment,
                }
                for name, kind, moment in (
                    ("Tour", visit, "2026-03-02 09:00:00"),
                    ("Talk", call, "2026-03-03 09:00:00"),
                )
            ]
        )
        self.assertEqual(
            self._titles(self._timeline(filters=["touch"])),
            [("touch", "Talk"), ("visit", "Tour")],
        )

    def test_mailings_that_reached_the_customer(self):
        """Only where the host sends mailings; the salesperson opens none of them."""
        if "mailing.trace" not in self.env:
            self.skipTest("The host sends no mailings here.")
        campaign = self.env["utm.campaign"].create({"name": "Spring"})
        mailing = self.env["mailing.mailing"].create(
            {
                "name": "Billets",
                "subject": "Billets in stock",
                "campaign_id": campaign.id,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        common = {"mass_mailing_id": mailing.id, "trace_status": "open"}
        self.env["mailing.trace"].create(
            [
                {
                    **common,
                    "model": record._name,
                    "res_id": record.id,
                    "sent_datetime": moment,
                    "is_test_trace": is_test,
                }
                for record, moment, is_test in (
                    (self.ann, "2026-02-03 09:00:00", False),
                    (self.a1, "2026-02-04 09:00:00", False),
                    (self.ann, "2026-02-05 09:00:00", True),
                    (self.manager.partner_id, "2026-02-06 09:00:00", False),
                )
            ]
        )
        found = self._timeline(filters=["mailing"])["entries"]
        self.assertEqual(
            [(e["date"], e["title"], e["state"], e["model"]) for e in found],
            [
                (
                    f"2026-02-0{day} 09:00:00",
                    "Spring: Billets in stock",
                    "Opened",
                    False,
                )
                for day in (4, 3)
            ],
        )

    def test_every_page_once_even_within_one_moment(self):
        """60 orders and 20 quotations of one second: no entry twice, none lost."""
        for _number in range(60):
            self._create_order(self.ann, "2026-02-02 08:00:00", 1)
        for _number in range(20):
            self._create_order(self.ann, "2026-02-02 08:00:00", 1, is_confirmed=False)
        keys, cursor, pages = [], False, 0
        while True:
            found = self._timeline(filters=["sales"], cursor=cursor)
            keys += [entry["key"] for entry in found["entries"]]
            pages += 1
            cursor = found["next"]
            if not cursor:
                break
        self.assertEqual(pages, 5)
        self.assertEqual(len(keys), 83)
        self.assertEqual(len(set(keys)), 83)

    def test_a_wrong_cursor_is_told(self):
        soon = ["2026-01-01 00:00:00 soon", "order", 1]
        for cursor in (
            ["x"],
            ["2026-01-01", "secret", 1],
            ["soon", "order", 1],
            5,
            soon,
        ):
            with self.assertRaises(UserError):
                self._timeline(cursor=cursor)

    def test_entries_of_contacts_and_of_one_company(self):
        orders = [t for k, t in self._titles(self._timeline()) if k == "order"]
        self.assertEqual(orders, [self.a2.name, self.a1.name])  # a1 is Ann's
        self.assertNotIn(self.b1.name, orders)

    def test_payments_are_found_by_the_customer(self):
        """However many payments there are, those of one customer are looked up."""
        self.env.cr.execute(
            """SELECT indexdef FROM pg_indexes
                WHERE indexname = 'account_payment_crm_customer_idx'"""
        )
        self.assertIn("(partner_id)", self.env.cr.fetchone()[0])

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tests.common_measure import NOW

from ..models.page import crm_segment_buying
from .page_common import PageCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSegmentBuying(PageCommon):
    def setUp(self):
        super().setUp()
        least = patch.object(crm_segment_buying, "MIN_PEERS", 1)
        least.start()
        self.addCleanup(least.stop)

    def _rows(self, company=None):
        rows = self.env["crm.segment.buying"].search(
            [("company_id", "=", (company or self.alpha).id)], order="segment_id, id"
        )
        return [
            (r.segment_id.name, r.categ_id.name, r.buyer_count, r.customer_count)
            for r in rows
        ]

    def test_customers_of_a_segment_and_all(self):
        """Acme and Bob bought in alpha; Old is archived, beta is ourselves."""
        scheme = self.env["crm.segmentation"].create(
            {
                "name": "Size",
                "company_id": self.alpha.id,
                "kind": "exclusive",
                "segment_ids": [Command.create({"name": "Large"})],
            }
        )
        self.env["crm.segment.membership"].create(
            {
                "segmentation_id": scheme.id,
                "segment_id": scheme.segment_ids.id,
                "partner_id": self.acme.id,
                "company_id": self.alpha.id,
                "date_start": "2025-01-01",
                "start_reason": "manual",
                "is_exclusive": True,
            }
        )
        buying = self.env["crm.segment.buying"]
        for _twice in range(2):
            buying._refresh(self.alpha)
            self.assertEqual(
                sorted(self._rows(), key=str),
                [("Large", "Alumina", 1, 1), (False, "Alumina", 2, 2)],
            )
        self.assertEqual(self._rows(self.beta), [])
        self.assertEqual(set(buying.search([]).mapped("percent")), {100.0})

    def test_the_job_does_every_company_and_can_be_run_again(self):
        cron = self.env.ref("crm_service.ir_cron_segment_buying")
        for _twice in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(self._rows(), [(False, "Alumina", 2, 2)])
            self.assertEqual(self._rows(self.beta), [(False, "Alumina", 1, 1)])

    def test_what_was_bought_long_ago_does_not_count(self):
        self.a1.date_order = "2024-03-14 10:00:00"
        self.a2.date_order = "2024-03-14 10:00:00"
        self.env["crm.segment.buying"]._refresh(self.alpha)
        self.assertEqual(self._rows(), [(False, "Alumina", 1, 1)])

    def test_nobody_writes_it(self):
        self.env["crm.segment.buying"]._refresh(self.alpha)
        row = self.env["crm.segment.buying"].search([], limit=1)
        for user in (self.rep, self.manager, self.agent):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"percent": 1})
        with self.assertRaises(AccessError):
            row.with_user(self.plain).read(["percent"])
        self.assertEqual(row.percent, 100.0)

    def test_a_handful_of_customers_leaves_no_rows(self):
        """Every salesperson reads the rows: they tell of no single customer."""
        buying = self.env["crm.segment.buying"]
        with patch.object(crm_segment_buying, "MIN_PEERS", 5):
            buying._refresh(self.alpha)
            self.assertEqual(self._rows(), [])
            for number in range(3):
                partner = self.env["res.partner"].create({"name": f"Peer {number}"})
                self._create_order(partner, "2026-01-05 10:00:00", 10)
            buying._refresh(self.alpha)
            self.assertEqual(self._rows(), [(False, "Alumina", 5, 5)])

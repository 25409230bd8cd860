from unittest.mock import patch

from odoo.tests import tagged

from .next_best_offer_common import NextBestOfferCommon


@tagged("post_install", "-at_install")
class TestNextBestOfferJob(NextBestOfferCommon):
    """Every night everybody is looked at, however little time there is."""

    def test_the_job_works_in_batches_and_twice_the_same(self):
        engine = self.env["crm.next.best.offer.engine"]
        cron = self.env.ref("crm_analytics.ir_cron_next_best_offer")
        path = "odoo.addons.crm_analytics.models.affinity.crm_next_best_offer_engine"
        with patch(f"{path}.BATCH", 1), self.enter_registry_test_mode():
            cron.method_direct_trigger()
            [offer] = self._offers(self.ada).values()
            cron.method_direct_trigger()
        self.assertEqual(list(self._offers(self.ada).values()), [offer])
        self.assertTrue(engine._get_offer_sources())
        runs = self.env["crm.affinity.run"].search(
            [("company_id", "=", self.company.id), ("mode", "=", "offers")]
        )
        self.assertEqual(runs.mapped("state"), ["done", "done"])
        self.assertEqual(runs.mapped("customer_count"), [4, 4])

    def test_a_job_without_time_offers_to_everybody(self):
        engine = self.env["crm.next.best.offer.engine"]
        path = "odoo.addons.crm_analytics.models.affinity.crm_next_best_offer_engine"
        cron = self.env.registry["ir.cron"]
        looked_at, work = [], type(engine)._refresh_batch

        def look(engine, policy, ids):
            looked_at.extend((policy.company_id.id, one) for one in ids)
            return work(engine, policy, ids)

        with (
            patch(f"{path}.BATCH", 1),
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: 0),
            patch.object(type(engine), "_refresh_batch", look),
        ):
            engine._cron_refresh()
            passes = self.env["crm.job.pass"].search([("name", "=", engine._name)])
            while passes.exists():
                engine._cron_refresh()
        mine = [one for company, one in looked_at if company == self.company.id]
        everyone = self.ada | self.bo | self.cy | self.dan
        self.assertEqual(sorted(mine), sorted(everyone.ids))
        self.assertEqual(len(looked_at), len(set(looked_at)))
        self.assertEqual(set(self._offers(self.ada)), {"Product B"})
        self.assertTrue(self.affinity.offers_at)

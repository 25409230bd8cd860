from odoo import Command
from odoo.tests import tagged

from .seven_p_common import SevenPCommon

AS_OF = "2026-06-30"


@tagged("post_install", "-at_install")
class TestSevenPLeave(SevenPCommon):
    """What is deleted or moved: incremental and full refresh give the same rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.metal = cls.env["product.category"].create({"name": "Metal"})
        cls.scrap = cls.env["product.category"].create({"name": "Scrap"})
        cls.product.categ_id = cls.metal
        cls.loser = cls._create_customer("Loser")
        cls.finder = cls._create_customer("Finder")
        for partner in cls.loser | cls.finder:
            # two each, so that the typical interval of the company is known
            for day in ("2026-03-10", "2026-05-10"):
                cls._create_order(partner, day, 100.0)
        cls._create_all()
        cls._fix_bounds()

    @classmethod
    def _create_all(cls):
        """Give Loser two of everything: one to delete and one to move."""
        keys = {"partner_id": cls.loser.id, "company_id": cls.company.id}
        cls.records = cls.env["crm.supply.record"].create(
            [
                {
                    **keys,
                    "category_id": cls.metal.id,
                    "date_from": "2025-07-01",
                    "date_to": AS_OF,
                    "date": "2026-06-01",
                    "quantity": 20,
                    "uom_id": cls.product.uom_id.id,
                    "source": source,
                }
                for source in ("customer", "study")
            ]
        )
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    **keys,
                    "name": name,
                    "type": "opportunity",
                    "expected_revenue": 500,
                }
                for name in ("Gone", "Moved", "Merged", "Into")
            ]
        )
        division = cls.env["crm.division"].create({"name": "Left metal"})
        roles = cls.env["crm.partner.role"].create(
            [
                {"name": name, "kind": "customer", "division_id": division.id}
                for name in ("Buyer", "Payer")
            ]
        )
        cls.roles = cls.env["crm.partner.role.assignment"].create(
            [
                {
                    "partner_id": cls.loser.id,
                    "role_id": role.id,
                    "date_from": AS_OF,
                    "state": "active",
                }
                for role in roles
            ]
        )
        cls.contacts = cls.env["res.partner"].create(
            [{"name": name, "parent_id": cls.loser.id} for name in ("Anna", "Ben")]
        )
        scheme = cls.env["crm.segmentation"].create({"name": "Kinds"})
        segment = cls.env["crm.segment"].create(
            {"name": "Big", "segmentation_id": scheme.id}
        )
        cls.membership = cls.env["crm.segment.membership"].create(
            {
                "segmentation_id": scheme.id,
                "segment_id": segment.id,
                "partner_id": cls.loser.id,
                "date_start": "2026-01-01 00:00:00",
                "start_reason": "manual",
            }
        )
        cls.score = cls._answer(cls.loser)

    @classmethod
    def _answer(cls, partner):
        """Return an unhappy answer of the customer."""
        survey = cls.env["survey.survey"].create({"title": "Left"})
        answer = cls.env["survey.user_input"].create({"survey_id": survey.id})
        return cls.env["crm.satisfaction.score"].create(
            {
                "kind": "csat",
                "value": 1,
                "score": 0,
                "date": "2026-06-01 08:00:00",
                "company_id": cls.company.id,
                "partner_id": partner.id,
                "commercial_partner_id": partner.id,
                "survey_id": survey.id,
                "user_input_id": answer.id,
            }
        )

    def _start(self):
        self._refresh(AS_OF)
        self._backdate()
        self.assertPart("profiling", self.loser, contact_count=2, role_count=2)
        self.assertPart("prospecting", self.loser, pipeline_amount=2000.0)

    def test_deleted(self):
        self._start()
        for records in (
            self.records[0],
            self.leads[0],
            self.contacts[0],
            self.membership,
            self.score,
        ):
            records.unlink()
            self.assertFullAgrees(AS_OF)
        self.assertPart(
            "profiling", self.loser, contact_count=1, role_count=2, segment_count=0
        )
        self.assertPart("prospecting", self.loser, pipeline_amount=1500.0)

    def test_moved_and_merged(self):
        self._start()
        for records in (self.records[1], self.leads[1], self.contacts[1]):
            name = "parent_id" if records == self.contacts[1] else "partner_id"
            records[name] = self.finder
            self.assertFullAgrees(AS_OF)
        (self.leads[2] | self.leads[3]).merge_opportunity()
        self.assertFullAgrees(AS_OF)
        self.assertPart("profiling", self.finder, contact_count=1)
        self.assertPart("prospecting", self.finder, pipeline_amount=500.0)

    def test_lines_and_categories(self):
        self._start()
        self.assertPart("persistency", self.loser, supply_share=0.0)
        orders = self.env["sale.order"].search([("partner_id", "=", self.loser.id)])
        orders[0].order_line.qty_delivered = 5
        self.assertFullAgrees(AS_OF)
        self.assertPart("persistency", self.loser, supply_share=25.0)
        self.product.categ_id = self.scrap
        self.assertFullAgrees(AS_OF)
        self.assertPart("persistency", self.loser, supply_share=0.0)
        self.scrap.parent_id = self.metal
        self.assertFullAgrees(AS_OF)
        self.assertPart("persistency", self.loser, supply_share=25.0)

    def test_answers_and_credit(self):
        """What is new of these is found, too."""
        self._start()
        self._answer(self.finder)
        self.assertFullAgrees(AS_OF)
        self.env["crm.credit.rating"].create(
            {
                "partner_id": self.finder.id,
                "company_id": self.company.id,
                "agency": "Bank",
                "rating": "B",
                "points": 70,
            }
        )
        self.env["crm.credit.policy"]._ensure(self.company)._assess_all()
        self.assertFullAgrees(AS_OF)
        graded = self._row("performance", self.finder).risk_grade
        self.assertTrue(graded)

    def _deliver(self, order):
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking._action_done()
        picking.move_ids.date = picking.date_done = "2026-05-20 08:00:00"

    def test_deliveries(self):
        """Neither the new order nor its delivery moves anybody else."""
        self._start()
        goods = self.env["product.product"].create(
            {"name": "Goods", "type": "consu", "categ_id": self.metal.id}
        )
        order = self._create_order(
            self.finder,
            "2026-05-10",
            70.0,
            commitment_date="2026-05-01 08:00:00",
            order_line=[Command.create({"product_id": goods.id, "product_uom_qty": 3})],
        )
        self.assertFullAgrees(AS_OF)
        self._deliver(order)
        self.assertFullAgrees(AS_OF)
        self.assertPart("performance", self.finder, delivery_count=1)

    def test_bounds_proposed_for_the_first_time_are_new_rules(self):
        """Both customers bought the same until now: there was nothing to propose."""
        margin = self.factors.filtered(lambda f: f.column == "gross_margin")
        margin.write({"bounds_date": False, "value_zero": 0, "value_full": 1000})
        self._start()
        self.assertFalse(margin.bounds_date)
        before = self._get_points(margin, self.loser)
        self.assertEqual(before, 20)  # 200 of 1,000
        self._create_order(self.finder, "2026-05-10", 70.0)
        self._refresh(AS_OF, "incremental")
        self.assertEqual(self._get_points(margin, self.finder), 27)
        run = self._refresh(AS_OF)
        self.assertEqual(run.parameters["proposed"], [["profitability", margin.code]])
        # a tenth of 70 above 200 and below 270: 207 and 263, two digits of them
        self.assertEqual((margin.value_zero, margin.value_full), (210.0, 260.0))
        self.assertEqual(self._get_points(margin, self.loser), 0)
        self.assertEqual(self._get_points(margin, self.finder), 100)
        self.assertEqual(sum(run.part_ids.mapped("corrected_count")), 0)
        self._backdate()
        self.assertFullAgrees(AS_OF)
        run = self.env["crm.scorecard.run"].search([], limit=1)
        self.assertNotIn("proposed", run.parameters)

    def _get_points(self, factor, partner):
        return self._row("score", partner)._get_points()[factor.slot]

from odoo.tests import tagged

from .document_flow_common import DocumentFlowCommon


@tagged("post_install", "-at_install")
class TestCrmDocumentFlowCampaign(DocumentFlowCommon):
    """A campaign gathers chains: shown from each, followed only from itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].create(
            {"title": "Foundry Fair", "user_id": cls.manager.id}
        )
        cls.lead = cls._create_lead("Here", campaign_id=cls.campaign.id)
        cls.order = cls._create_order(cls.lead, campaign_id=cls.campaign.id)
        cls.elsewhere = cls._create_lead("There", campaign_id=cls.campaign.id)

    def test_a_chain_shows_its_campaign_and_none_of_its_other_leads(self):
        for document in (self.lead, self.order, self.order.picking_ids):
            with self.subTest(document=document):
                flow = self._get_flow(document)
                self.assertEqual(
                    self._get_by_kind(flow),
                    {
                        "campaign": self.campaign,
                        "opportunity": self.lead,
                        "order": self.order,
                        "delivery": self.order.picking_ids,
                    },
                )
                self.assertFalse(self._get_others(flow))
                self.assertTrue(flow["is_complete"])
                self.assertEqual(
                    self._get_links(flow),
                    {
                        (self.campaign, self.lead),
                        (self.lead, self.order),
                        (self.order, self.order.picking_ids),
                    },
                )

    def test_the_campaign_itself_shows_all_that_it_brought(self):
        direct = self._create_order(campaign_id=self.campaign.id)
        flow = self._get_flow(self.campaign)
        found = self._get_by_kind(flow)
        self.assertEqual(found["opportunity"], self.lead | self.elsewhere)
        self.assertEqual(found["order"], self.order | direct)
        self.assertEqual(found["delivery"], self.order.picking_ids | direct.picking_ids)
        self.assertFalse(self._get_others(flow))
        self.assertIn((self.campaign, direct), self._get_links(flow))

    def test_a_campaign_that_only_the_order_names_is_part_of_the_chain(self):
        lead = self._create_lead("Without")
        order = self._create_order(lead, campaign_id=self.campaign.id)
        flow = self._get_flow(lead)
        self.assertEqual(self._get_by_kind(flow)["campaign"], self.campaign)
        self.assertEqual(self._get_by_kind(flow)["opportunity"], lead)
        self.assertEqual(self._get_by_kind(flow)["order"], order)
        self.assertFalse(self._get_others(flow))
        self.assertIn((self.campaign, order), self._get_links(flow))

    def test_its_box_says_name_and_stage(self):
        flow = self._get_flow(self.campaign, self.rep)
        column = flow["columns"][0]
        node = column["nodes"][0]
        self.assertEqual((column["key"], column["count"]), ("campaign", 1))
        self.assertEqual(
            (node["name"], node["state"], node["amount"], node["is_current"]),
            ("Foundry Fair", self.campaign.stage_id.name, False, True),
        )

    def test_opportunities_of_other_salespeople_are_grey(self):
        self.elsewhere.user_id = self.other_rep
        flow = self._get_flow(self.campaign, self.rep)
        column = next(c for c in flow["columns"] if c["key"] == "opportunity")
        self.assertEqual(
            [node["is_readable"] for node in column["nodes"]], [True, False]
        )
        self.assertNotIn("There", str(flow))
        self.assertEqual(column["totals"][0]["amount"], 1000.0)

    def test_button_opens_the_flow_of_the_campaign(self):
        form = self.env["utm.campaign"].with_user(self.rep).get_view(view_type="form")
        self.assertIn("action_open_document_flow", form["arch"])
        action = self.campaign.with_user(self.rep).action_open_document_flow()
        self.assertEqual(
            action["params"], {"res_model": "utm.campaign", "res_id": self.campaign.id}
        )

    # --- COLUMNS SHOWN WHOLE

    def test_a_column_that_was_opened_shows_all(self):
        self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {place}",
                    "type": "opportunity",
                    "user_id": self.rep.id,
                    "company_id": self.company.id,
                    "campaign_id": self.campaign.id,
                }
                for place in range(28)
            ]
        )
        flow = self.env["crm.document.flow"].with_user(self.manager)
        flow = flow.with_context(allowed_company_ids=self.company.ids)
        document = ("utm.campaign", self.campaign.id)
        for opened, shown, more in (((), 20, 10), (["opportunity"], 30, 0)):
            columns = {
                column["key"]: column
                for column in flow.get_flow(*document, opened=opened)["columns"]
            }
            column = columns["opportunity"]
            with self.subTest(opened=opened):
                self.assertEqual(column["count"], 30)
                self.assertEqual((len(column["nodes"]), column["more"]), (shown, more))

from odoo.fields import Command
from odoo.tests import tagged

from .contact_common import ContactCommon

#: All that the browser may learn of a document that the reader may not read
GREY = {"key", "kind", "label", "is_readable", "is_current", "is_other"}
#: Statements of a flow of an order with what service and sales did about it
BUDGET = 19


@tagged("post_install", "-at_install")
class TestDocumentFlowService(ContactCommon):
    """Order, complaint, questionnaires and activities in one flow.

    The salesperson ``call_rep`` looks after the customer; ``call_other`` does not.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit_kind = cls.env.ref("crm_service.crm_sales_activity_kind_visit")
        cls.call_kind = cls.env.ref("crm_service.crm_sales_activity_kind_call")
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Flux for line 2",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": cls.rep.id,
                "company_id": cls.company.id,
            }
        )
        cls.order = cls._create_order(opportunity_id=cls.lead.id, user_id=cls.rep.id)
        cls.complaint = cls._create_complaint(order_id=cls.order.id)
        cls.rule = cls.env["crm.satisfaction.rule"].create(
            {
                "name": "Rule",
                "company_id": cls.company.id,
                "survey_id": cls.env.ref("crm_service.survey_csat").id,
                "low_value": 3,
                "date_from": "2020-01-01",
                "user_id": False,
            }
        )

    @classmethod
    def _create_request(cls, key, **vals):
        return cls.env["crm.satisfaction.request"].create(
            {
                "rule_id": cls.rule.id,
                "company_id": cls.company.id,
                "survey_id": cls.rule.survey_id.id,
                "key": key,
                "partner_id": cls.buyer.id,
                "commercial_partner_id": cls.customer.id,
                "date_planned": "2026-03-12",
                **vals,
            }
        )

    @classmethod
    def _create_activity(cls, *documents, user=None, **vals):
        return cls.env["crm.sales.activity"].create(
            {
                "name": "Talk",
                "kind_id": cls.call_kind.id,
                "partner_id": cls.customer.id,
                "user_id": (user or cls.rep).id,
                "company_id": cls.company.id,
                "date_start": "2026-03-10 08:00:00",
                "document_ids": [
                    Command.create({"document_ref": f"{doc._name},{doc.id}"})
                    for doc in documents
                ],
                **vals,
            }
        )

    # --- READING A FLOW

    def _get_flow(self, document, user=None):
        self.env.flush_all()
        flow = self.env["crm.document.flow"].with_user(user or self.rep)
        flow = flow.with_context(allowed_company_ids=self.company.ids)
        return flow.get_flow(document._name, document.id)

    def _get_nodes(self, flow):
        return {n["key"]: n for column in flow["columns"] for n in column["nodes"]}

    def _get_documents(self, flow):
        return {
            key: self.env[node["model"]].browse(node["id"])
            if node["is_readable"]
            else node["kind"]
            for key, node in self._get_nodes(flow).items()
        }

    def _get_links(self, flow):
        documents = self._get_documents(flow)
        return {(documents[a], documents[b]) for a, b in flow["links"]}

    def _get_node(self, flow, record):
        return next(
            node
            for node in self._get_nodes(flow).values()
            if node["is_readable"]
            and (node["model"], node["id"])
            == (
                record._name,
                record.id,
            )
        )

    # --- QUESTIONNAIRES

    def test_questionnaires_follow_what_they_ask_about(self):
        picking = self.order.picking_ids
        about_complaint = self._create_request(
            "c", complaint_id=self.complaint.id, order_id=self.order.id
        )
        about_delivery = self._create_request(
            "d", picking_id=picking.id, order_id=self.order.id
        )
        about_order = self._create_request("o", order_id=self.order.id)
        expected = {
            (self.lead, self.order),
            (self.order, picking),
            (self.order, self.complaint),
            (self.complaint, about_complaint),
            (picking, about_delivery),
            (self.order, about_order),
        }
        for document in (self.order, self.lead, about_complaint, about_delivery):
            with self.subTest(document=document):
                self.assertEqual(self._get_links(self._get_flow(document)), expected)

    def test_a_questionnaire_says_day_and_state(self):
        request = self._create_request("o", order_id=self.order.id)
        node = self._get_node(self._get_flow(self.order), request)
        self.assertEqual(
            (node["kind"], node["date"], node["date_type"]),
            ("survey", "2026-03-12", "date"),
        )
        self.assertEqual((node["state"], node["tone"]), ("Planned", False))
        request.write({"state": "answered", "date_answered": "2026-03-14 09:30:00"})
        node = self._get_node(self._get_flow(self.order), request)
        self.assertEqual(
            (node["date"], node["date_type"], node["state"], node["tone"]),
            ("2026-03-14 09:30:00", "datetime", "Answered", "good"),
        )
        request._suppress("cancelled")
        node = self._get_node(self._get_flow(self.order), request)
        self.assertEqual((node["state"], node["tone"]), ("Not Asked", "void"))

    # --- ACTIVITIES

    def test_activities_follow_the_documents_they_are_about(self):
        visit = self._create_activity(self.order, kind_id=self.visit_kind.id)
        call = self._create_activity(self.complaint)
        first = self._create_activity(lead_id=self.lead.id)
        flow = self._get_flow(self.order)
        self.assertEqual(
            self._get_links(flow),
            {
                (self.lead, self.order),
                (self.order, self.order.picking_ids),
                (self.order, self.complaint),
                (self.order, visit),
                (self.complaint, call),
                (self.lead, first),
            },
        )
        for document in (visit, call, first):
            with self.subTest(document=document):
                self.assertEqual(
                    self._get_links(self._get_flow(document)), self._get_links(flow)
                )

    def test_an_activity_about_two_orders_shows_the_other_one_dashed(self):
        other = self._create_order(user_id=self.rep.id)
        activity = self._create_activity(self.order, other)
        flow = self._get_flow(self.order)
        node = self._get_node(flow, other)
        self.assertTrue(node["is_other"])
        self.assertNotIn(other.picking_ids, self._get_documents(flow).values())
        flow = self._get_flow(activity)
        self.assertFalse(self._get_node(flow, other)["is_other"])
        self.assertIn(other.picking_ids, self._get_documents(flow).values())

    def test_the_next_activity_follows_from_the_first(self):
        nexts = self._create_activity(state="planned")
        activity = self._create_activity(self.order)
        activity.next_activity_id = nexts
        links = self._get_links(self._get_flow(self.order))
        self.assertIn((activity, nexts), links)
        self.assertEqual(self._get_links(self._get_flow(nexts)), links)

    def test_an_activity_says_subject_day_and_state(self):
        activity = self._create_activity(self.order, name="Prices for April")
        flow = self._get_flow(self.order)
        node = self._get_node(flow, activity)
        self.assertEqual(
            (node["kind"], node["name"], node["date"], node["state"], node["tone"]),
            ("activity", "Prices for April", "2026-03-10 08:00:00", "Planned", False),
        )
        self.assertEqual((node["amount"], node["currency_id"]), (False, False))
        self.assertEqual(flow["columns"][-1]["key"], "activity")

    def test_a_link_to_a_deleted_document_leads_nowhere(self):
        lead = self.lead.copy({"name": "Short"})
        activity = self._create_activity(lead)
        lead.unlink()
        flow = self._get_flow(activity)
        self.assertEqual(list(self._get_documents(flow).values()), [activity])

    # --- RIGHTS

    def test_documents_of_other_salespeople_are_grey_boxes(self):
        secret = self.env["res.partner"].create(
            {"name": "Secret", "is_company": True, "user_id": self.other.id}
        )
        theirs = self._create_order(
            partner_id=secret.id, partner_shipping_id=secret.id, user_id=self.other.id
        )
        lead = self.lead.copy({"name": "Hidden deal", "user_id": self.other.id})
        activity = self._create_activity(self.order, theirs, lead)
        flow = self._get_flow(activity, self.rep)
        grey = [n for n in self._get_nodes(flow).values() if not n["is_readable"]]
        self.assertEqual(
            sorted(node["kind"] for node in grey), ["opportunity", "order"]
        )
        for node in grey:
            self.assertEqual(set(node), GREY)
        for text in (theirs.name, "Hidden deal", "Secret"):
            self.assertNotIn(text, str(flow))

    def test_activities_and_questionnaires_of_others_are_grey_boxes(self):
        self._create_request("o", order_id=self.order.id)
        self._create_activity(self.order, name="Confidential")
        self.order.user_id = self.other
        flow = self._get_flow(self.order, self.other)
        grey = {n["kind"] for n in self._get_nodes(flow).values() if set(n) == GREY}
        self.assertEqual(grey, {"activity", "complaint", "opportunity", "survey"})
        self.assertNotIn("Confidential", str(flow))
        self.assertNotIn("Berta", str(flow))

    def test_buttons_open_the_flow(self):
        request = self._create_request("o", order_id=self.order.id)
        activity = self._create_activity(self.order)
        for record in (self.complaint, request, activity):
            with self.subTest(model=record._name):
                form = record.with_user(self.rep).get_view(view_type="form")
                self.assertIn("action_open_document_flow", form["arch"])
                action = record.with_user(self.rep).action_open_document_flow()
                self.assertEqual(
                    action["params"], {"res_model": record._name, "res_id": record.id}
                )

    # --- SPEED

    def test_hundreds_of_documents_cost_as_many_queries_as_a_few(self):
        def add(count):
            for place in range(count):
                self._create_activity(self.order, name=f"Talk {place}")
                self._create_request(
                    f"{count}/{place}", order_id=self.order.id, partner_id=self.buyer.id
                )

        rep = self.rep
        self._create_activity(self.order)
        self._create_request("first", order_id=self.order.id)
        for count in (2, 30):
            for _turn in range(2):  # fills the caches of a running server
                self._get_flow(self.order, rep)
                self.env.invalidate_all()
            with self.subTest(count=count), self.assertQueryCount(BUDGET):
                self._get_flow(self.order, rep)
            add(count)

from odoo.tests import HttpCase, tagged

from .concept_common import ConceptCommon


@tagged("post_install", "-at_install")
class TestConceptUi(ConceptCommon, HttpCase):
    def test_salesperson_records_a_need_from_the_customer(self):
        customer = self._create_customer("Tour Mill", user_id=self.rep.id)
        self.start_tour(
            f"/odoo/res.partner/{customer.id}", "crm_strategy_need", login="seg_rep"
        )
        need = customer.need_ids
        self.assertEqual(
            (need.name, need.kind, need.strength, need.state, need.answer),
            ("Low-carbon billet", "wish", 5, "answered", "From June on"),
        )
        self.assertEqual(need.user_id, self.rep)

    def test_manager_closes_an_alert_with_action_and_result(self):
        rule = self._create_rule(name="Tour alert")
        rule._raise_alert(
            self.company_a,
            {
                "date_from": self.february.date_from,
                "date_to": self.february.date_to,
                "value": 80.0,
                "reference": None,
                "compared": 80.0,
            },
        )
        self.start_tour("/odoo/crm-alerts", "crm_strategy_alert", login="seg_mgr")
        alert = rule.alert_ids
        self.assertEqual(
            (alert.state, alert.cause_id.name, alert.action_ids.name, alert.result),
            ("closed", "Supply", "Call the mills", "Two mills order again"),
        )

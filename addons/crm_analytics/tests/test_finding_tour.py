from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT
from odoo.addons.crm_strategy.tools.measure_period import periods_until


@tagged("post_install", "-at_install")
class TestFindingTour(HttpCase):
    def test_a_manager_accepts_a_finding(self):
        env = self.env(context={**self.env.context, **DISABLED_MAIL_CONTEXT})
        company = env.ref("base.main_company")
        manager = new_test_user(
            env,
            "finding_manager",
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=company.ids,
        )
        measure = env["crm.measure"].create(
            {
                "name": "Tour Waits",
                "code": "tour_waits",
                "definition": "By hand",
                "direction": "less",
                "method": "_measure_orders",
            }
        )
        last_month = fields.Date.today() - relativedelta(months=1)
        months = periods_until("month", last_month, 9)
        figures = (10, 12, 11, 9, 10, 11, 12, 10, 20)
        env["crm.measure.value"].create(
            [
                {
                    "measure_id": measure.id,
                    "company_id": company.id,
                    "period": "month",
                    "date_from": month.date_from,
                    "date_to": month.date_to,
                    "value": figure,
                    "computed_at": fields.Datetime.now(),
                    "is_final": True,
                }
                for month, figure in zip(months, figures, strict=True)
            ]
        )
        env["crm.finding"]._look(measure, company)
        self.start_tour(
            "/odoo/crm-findings", "crm_finding_tour", login="finding_manager"
        )
        finding = env["crm.finding"].search([("measure_id", "=", measure.id)])
        self.assertEqual(
            (finding.state, finding.conclusion, finding.decided_by_id),
            ("accepted", "The warehouse moved", manager),
        )
        self.assertEqual(finding.activity_ids.summary, "Ask for a plan")

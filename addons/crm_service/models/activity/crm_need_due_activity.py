from odoo import models
from odoo.tools import SQL


class CrmNeedDue(models.Model):
    """A customer is asked in activities as well, even if nothing new was said."""

    _inherit = "crm.need.due"
    _depends = {
        "crm.sales.activity": [
            "partner_id",
            "company_id",
            "date_start",
            "state",
            "is_need_asked",
        ]
    }

    def _get_asked_statements(self):
        facts, moment = self.env["crm.sale.fact"], SQL("date_start")
        return [
            *super()._get_asked_statements(),
            SQL(
                """SELECT partner_id, company_id, %s, 0, 0
                     FROM crm_sales_activity
                    WHERE is_need_asked AND state = 'done'""",
                self._by_company_sql(
                    SQL("company_id"),
                    lambda company: facts._local_day_sql(moment, company),
                ),
            ),
        ]

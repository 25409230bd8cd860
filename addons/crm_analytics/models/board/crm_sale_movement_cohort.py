from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..res_partner import GROUPS
from .crm_customer_scorecard_value import parse_period


class CrmSaleMovement(models.Model):
    """Purchases and refunds of the customers of a cohort; nothing is stored."""

    _inherit = "crm.sale.movement"

    first_purchase_period = fields.Char(
        store=False,
        search="_search_first_purchase_period",
        exportable=False,
        groups=GROUPS,
        help="Technical: of customers whose first purchase lies between two days, set "
        "by a grid.",
    )

    def _search_first_purchase_period(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["crm.customer.scorecard"].flush_model(["first_order_date"])
        return Domain.OR(self._get_cohort_domain(term) for term in value)

    def _get_cohort_domain(self, term):
        begin, end = parse_period(self.env, term)
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                """EXISTS (SELECT FROM crm_customer_scorecard card
                            WHERE card.partner_id = %s AND card.company_id = %s
                              AND card.first_order_date BETWEEN %s AND %s)""",
                SQL.identifier(alias, "customer_id"),
                SQL.identifier(alias, "company_id"),
                begin,
                end,
            )
        )

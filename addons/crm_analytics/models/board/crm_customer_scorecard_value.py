from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..res_partner import GROUPS
from .crm_value_strategy import BANDS, VALUE_CLASSES


def parse_period(env, term):
    """Return the two days of a term ``from|to``, which comes from the browser."""
    try:
        begin, end = map(date.fromisoformat, term.split("|"))
    except (AttributeError, ValueError):
        raise UserError(
            env._("These days are not valid. Open the list again.")
        ) from None
    return begin, end


class CrmCustomerScorecard(models.Model):
    """What the grids of the board group and open scorecards by; nothing is stored."""

    _inherit = "crm.customer.scorecard"

    value_class = fields.Selection(
        VALUE_CLASSES,
        compute="_compute_value_class",
        search="_search_value_class",
        groups=GROUPS,
        help="A: the customers who together make up the first part of the invoiced "
        "revenue of the last 12 months, B: the next ones, C: the others. The "
        "percentages are set on the profit rules.",
    )
    satisfaction_band = fields.Selection(
        BANDS,
        compute="_compute_satisfaction_band",
        search="_search_satisfaction_band",
        groups=GROUPS,
        help="By the mean of the customer's answers of the last 12 months, 0 to 100; "
        "the policy says from which mean the customer is satisfied or neutral.",
    )
    purchase_period = fields.Char(
        store=False,
        search="_search_purchase_period",
        exportable=False,
        groups=GROUPS,
        help="Technical: customers with a purchase between two days, set by a grid.",
    )

    # --- VALUE CLASS

    @api.depends("partner_id", "company_id")
    def _compute_value_class(self):
        rows = self.env["crm.scorecard.profitability"].search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            ["partner_id", "company_id", "abc_class"],
        )
        classes = {(r.partner_id.id, r.company_id.id): r.abc_class for r in rows}
        for card in self:
            card.value_class = classes.get((card.partner_id.id, card.company_id.id))

    def _search_value_class(self, operator, value):
        if operator != "in":
            return NotImplemented
        known = [choice for choice in value if choice]
        cards = SQL(
            """SELECT p.id FROM crm_customer_scorecard p
                 JOIN crm_scorecard_profitability f USING (partner_id, company_id)
                WHERE f.abc_class %s""",
            SQL("= ANY(%s)", known) if len(known) == len(value) else SQL("IS NOT NULL"),
        )
        self.env["crm.scorecard.profitability"].flush_model(["abc_class"])
        if len(known) == len(value):
            return self._get_ids_domain(cards)
        found = ~self._get_ids_domain(cards)
        return found | Domain("value_class", "in", known) if known else found

    # --- SATISFACTION

    @api.depends("partner_id", "company_id")
    def _compute_satisfaction_band(self):
        grids = self.env["crm.value.satisfaction.grid"]
        bands = {}
        for company in self.company_id:
            rows = self.env.execute_query(
                SQL(
                    "SELECT customer_id, band FROM (%s) b WHERE customer_id = ANY(%s)",
                    grids._bands_sql(company),
                    self.partner_id.ids,
                )
            )
            bands |= {(customer, company.id): band for customer, band in rows}
        for card in self:
            card.satisfaction_band = bands.get(
                (card.partner_id.id, card.company_id.id), "unknown"
            )

    def _search_satisfaction_band(self, operator, value):
        if operator != "in":
            return NotImplemented
        grids = self.env["crm.value.satisfaction.grid"]
        domain = Domain.FALSE
        for company in self.env.companies:
            asked = grids._bands_sql(company)
            own = Domain("company_id", "=", company.id)
            cards = SQL(
                """SELECT p.id FROM crm_customer_scorecard p
                     JOIN (%s) b ON b.customer_id = p.partner_id
                    WHERE p.company_id = %s AND b.band = ANY(%s)""",
                asked,
                company.id,
                [band for band in value if band],
            )
            domain |= own & self._get_ids_domain(cards)
            if "unknown" in value:
                customers = SQL("SELECT customer_id FROM (%s) b", asked)
                known = Domain.custom(
                    to_sql=lambda model, alias, query, customers=customers: SQL(
                        "%s IN (%s)", SQL.identifier(alias, "partner_id"), customers
                    )
                )
                domain |= own & ~known
        return domain

    # --- PURCHASES

    def _search_purchase_period(self, operator, value):
        if operator != "in":
            return NotImplemented
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        domain = Domain.FALSE
        for term in value:
            begin, end = parse_period(self.env, term)
            for company in self.env.companies:
                cards = SQL(
                    """SELECT p.id FROM crm_customer_scorecard p
                        WHERE p.company_id = %s AND p.partner_id IN (
                              SELECT customer_id FROM (%s) o)""",
                    company.id,
                    facts._orders_sql(company, end, since=begin),
                )
                domain |= self._get_ids_domain(cards)
        return domain

    def _get_ids_domain(self, ids):
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s IN (%s)", SQL.identifier(alias, "id"), ids
            )
        )

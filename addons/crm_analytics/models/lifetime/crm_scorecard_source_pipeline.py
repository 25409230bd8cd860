from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import Source


class CrmScorecardSource(models.AbstractModel):
    """What is under way with a customer, and what he could buy."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            Source(
                key="pipeline",
                part="prospecting",
                label=self.env._("Open opportunities"),
                columns=("pipeline_amount", "pipeline_weighted"),
                method="_pipeline_sql",
                changed="_pipeline_changed_sql",
                zero=("pipeline_amount", "pipeline_weighted"),
                is_dated=False,
            ),
            Source(
                key="potential",
                part="prospecting",
                label=self.env._("Potential"),
                columns=("potential_amount", "potential_gap"),
                method="_potential_sql",
                prepare=("_prepare_bought",),
                is_dated=False,
            ),
        ]

    # --- PIPELINE

    @api.model
    def _pipeline_sql(self, company, _window, customers) -> SQL:
        """Return the open opportunities of the company, added up per customer.

        Those without a company are everybody's, in the currency of the reader, as in
        the host's own pipeline.
        """
        digits = company.currency_id.decimal_places
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id,
                      ROUND(SUM(l.expected_revenue), %(digits)s) AS pipeline_amount,
                      ROUND(SUM(l.expected_revenue::numeric
                                * l.probability::numeric / 100), %(digits)s)
                          AS pipeline_weighted
                 FROM crm_lead l
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE l.type = 'opportunity' AND l.active
                  AND l.won_status = 'pending'
                  AND (l.company_id IS NULL OR l.company_id = %(company)s) %(among)s
             GROUP BY p.commercial_partner_id""",
            digits=digits,
            company=company.id,
            among=self._only_sql(customers, SQL("p.commercial_partner_id")),
        )

    @api.model
    def _pipeline_changed_sql(self, _company, since) -> SQL:
        """Return the customers of whom a lead was written."""
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id
                 FROM crm_lead l
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE l.write_date >= %s""",
            since,
        )

    # --- POTENTIAL

    @api.model
    def _potential_sql(self, company, window, customers) -> SQL:
        """Return what each customer could buy, and what of it he does not.

        What he buys and what he is known to need besides; what a strong customer of
        his kind buys, where that is more: of other categories nothing is known.
        """
        benchmark = self.env["crm.potential.benchmark"]
        is_first = customers is None and not benchmark._is_kept(company, window)
        if is_first and not window.is_past:
            benchmark._store(company, window, self._revenue_sql(company, window, None))
        group, join = benchmark._get_group_sql(company)
        return SQL(
            """SELECT customer_id, potential_amount,
                      potential_amount - revenue AS potential_gap
                 FROM (SELECT customer.customer_id, customer.revenue,
                              GREATEST(
                                  customer.revenue + COALESCE(wanting.amount, 0),
                                  COALESCE(own.amount, everyone.amount)
                              ) AS potential_amount
                         FROM (%(revenue)s) customer
                         JOIN res_partner p ON p.id = customer.customer_id
                              %(join)s
                    LEFT JOIN (%(wanting)s) wanting USING (customer_id)
                    LEFT JOIN crm_potential_benchmark own
                           ON own.company_id = %(company)s
                          AND COALESCE(own.segment_id, own.industry_id) = %(group)s
                    LEFT JOIN crm_potential_benchmark everyone
                           ON everyone.company_id = %(company)s
                          AND everyone.segment_id IS NULL
                          AND everyone.industry_id IS NULL) potential""",
            revenue=self._revenue_sql(company, window, customers),
            join=join,
            wanting=self._wanting_sql(company),
            company=company.id,
            group=group,
        )

    @api.model
    def _wanting_sql(self, _company) -> SQL:
        """Return ``customer_id, amount`` of what customers are known to need besides.

        Nothing here; a register of demand overrides it.
        """
        return SQL("SELECT NULL::int AS customer_id, NULL::numeric AS amount LIMIT 0")

    @api.model
    def _revenue_sql(self, company, window, customers) -> SQL:
        """Return ``customer_id, revenue`` of the last 12 months of active customers.

        Confirmed orders of these months; credit notes are left to the revenue of the
        card, since a potential is what somebody buys.
        """
        return SQL(
            """SELECT customer_id,
                      ROUND(COALESCE(bought.recent, 0), %(digits)s) AS revenue
                 FROM (%(cards)s) c
            LEFT JOIN crm_scorecard_bought bought USING (customer_id)
                WHERE c.active %(among)s""",
            digits=company.currency_id.decimal_places,
            cards=self._cards_sql(company, window),
            among=self._only_sql(customers, SQL("customer_id")),
        )

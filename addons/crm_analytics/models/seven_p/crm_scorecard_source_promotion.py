from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import Source

TOUCH_COUNTS = ("contact_count", "response_count")
CAMPAIGN_COLUMNS = ("campaign_lead_count", "conversion_count", "campaign_revenue")
MAILING_COLUMNS = ("mailing_sent_count", "mailing_open_count", "mailing_click_count")


class CrmScorecardSource(models.AbstractModel):
    """Promotion: touches and what came of them, campaigns, discounts, mailings."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            Source(
                "touches",
                "promotion",
                self.env._("Sales activities"),
                (*TOUCH_COUNTS, "response_rate"),
                "_source_touches",
                changed="_changed_touches",
                zero=TOUCH_COUNTS,
            ),
            Source(
                "campaigns",
                "promotion",
                self.env._("Campaigns of orders and leads"),
                CAMPAIGN_COLUMNS,
                "_source_campaigns",
                changed="_changed_campaigns",
                zero=CAMPAIGN_COLUMNS,
                prepare=("_prepare_facts",),
            ),
            Source(
                "discounts",
                "promotion",
                self.env._("Discounts on order lines"),
                ("discount_share", "discount_sensitivity"),
                "_source_discounts",
                changed="_changed_orders",
                prepare=("_prepare_facts",),
            ),
            self._get_mailing_source(),
            self._get_campaign_effect_source(),
        ]

    @api.model
    def _get_campaign_effect_source(self):
        return Source(
            "campaign_effect",
            "promotion",
            self.env._("Cost and effect of campaigns"),
            (),
            None,
            lacking=self.env._("Comes with the campaigns."),
        )

    @api.model
    def _get_mailing_source(self):
        """There are mailings where the host's app for them is installed."""
        key, part, label = "mailings", "promotion", self.env._("Mailings")
        if "mailing.trace" not in self.env:
            lacking = self.env._("Comes with the app Email Marketing.")
            return Source(key, part, label, MAILING_COLUMNS, None, lacking=lacking)
        return Source(
            key,
            part,
            label,
            MAILING_COLUMNS,
            "_source_mailings",
            changed="_changed_mailings",
            zero=MAILING_COLUMNS,
        )

    # --- TOUCHES

    @api.model
    def _source_touches(self, company, window, customers) -> SQL:
        return SQL(
            """SELECT a.partner_id AS customer_id, COUNT(*)::int AS contact_count,
                      COUNT(*) FILTER (WHERE u.is_reached)::int AS response_count,
                      ROUND(100.0 * COUNT(*) FILTER (WHERE u.is_reached)
                            / NULLIF(COUNT(a.outcome_id), 0), 1)::float8
                          AS response_rate
                 FROM (%s) a
            LEFT JOIN crm_sales_activity_outcome u ON u.id = a.outcome_id
                WHERE a.direction = 'out'
             GROUP BY a.partner_id""",
            self._touches_sql(company, window, customers),
        )

    # --- CAMPAIGNS

    @api.model
    def _source_campaigns(self, company, window, customers) -> SQL:
        """An order counts by its own campaign, or else by that of its opportunity."""
        return SQL(
            """SELECT customer_id, SUM(leads)::int AS campaign_lead_count,
                      SUM(orders)::int AS conversion_count,
                      ROUND(SUM(revenue), %(digits)s) AS campaign_revenue
                 FROM (SELECT o.customer_id, 0 AS leads, 1 AS orders, o.revenue
                         FROM crm_seven_p_order o
                    LEFT JOIN crm_lead d ON d.id = o.opportunity_id
                        WHERE COALESCE(o.campaign_id, d.campaign_id) IS NOT NULL
                    UNION ALL
                       SELECT p.commercial_partner_id, 1, 0, 0
                         FROM crm_lead d
                         JOIN %(partners)s p ON p.id = d.partner_id
                        WHERE d.campaign_id IS NOT NULL AND %(within)s
                          AND (d.company_id = %(company)s OR d.company_id IS NULL)) c
             GROUP BY customer_id""",
            digits=company.currency_id.decimal_places,
            partners=self._partners(customers),
            within=self._within(SQL("d.create_date"), window),
            company=company.id,
        )

    # --- DISCOUNTS

    @api.model
    def _source_discounts(self, _company, _window, _customers) -> SQL:
        """See ``tools/profit.py`` for both figures."""
        return SQL(
            """SELECT customer_id,
                      CASE WHEN ordered + discount > 0 THEN
                           ROUND(100 * discount / (ordered + discount), 1)::float8
                      END AS discount_share,
                      CASE WHEN discounted_count >= 2 AND full_count >= 2
                                AND full_listed > 0
                           THEN ROUND(GREATEST(-1, LEAST(1,
                               discounted_listed / discounted_count
                               / (full_listed / full_count) - 1)), 2)::float8
                      END AS discount_sensitivity
                 FROM crm_seven_p_customer
           CROSS JOIN LATERAL (
                      SELECT order_count - discounted_count AS full_count,
                             ordered + discount - COALESCE(discounted_listed, 0)
                                 AS full_listed) f"""
        )

    # --- MAILINGS

    @api.model
    def _source_mailings(self, _company, window, customers) -> SQL:
        """Mailings to partners, their leads and those in a list with their address.

        The host sends mailings for all companies together.
        """
        partners = self._partners(customers)
        return SQL(
            """SELECT customer_id, COUNT(*)::int AS mailing_sent_count,
                      COUNT(*) FILTER (WHERE is_open)::int AS mailing_open_count,
                      COUNT(*) FILTER (WHERE is_click)::int AS mailing_click_count
                 FROM (SELECT DISTINCT t.id, p.commercial_partner_id AS customer_id,
                              t.trace_status IN ('open', 'reply') AS is_open,
                              t.links_click_datetime IS NOT NULL
                                  OR t.trace_status = 'reply' AS is_click
                         FROM mailing_trace t
                         JOIN (%(receivers)s) v ON v.trace_id = t.id
                         JOIN %(partners)s p ON p.id = v.partner_id
                        WHERE t.trace_status IN ('sent', 'open', 'reply')
                          AND t.is_test_trace IS NOT TRUE AND %(within)s) traced
             GROUP BY customer_id""",
            receivers=self._receivers_sql(),
            partners=partners,
            within=self._within(SQL("t.sent_datetime"), window),
        )

    @api.model
    def _receivers_sql(self) -> SQL:
        return SQL(
            """SELECT id AS trace_id, res_id AS partner_id FROM mailing_trace
                WHERE model = 'res.partner'
            UNION ALL
               SELECT t.id, d.partner_id FROM mailing_trace t
                 JOIN crm_lead d ON d.id = t.res_id WHERE t.model = 'crm.lead'
            UNION ALL
               SELECT t.id, MIN(p.id) FROM mailing_trace t
                 JOIN res_partner p ON p.email_normalized = t.email
                WHERE t.model = 'mailing.contact' GROUP BY t.id"""
        )

    # --- WHO MAY HAVE CHANGED

    @api.model
    def _changed_campaigns(self, company, since) -> SQL:
        return SQL(
            """%s UNION SELECT p.commercial_partner_id
                          FROM crm_lead d JOIN res_partner p ON p.id = d.partner_id
                         WHERE d.write_date >= %s""",
            self._changed_orders(company, since),
            since,
        )

    @api.model
    def _changed_mailings(self, _company, since) -> SQL:
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id
                 FROM mailing_trace t
                 JOIN (%s) v ON v.trace_id = t.id
                 JOIN res_partner p ON p.id = v.partner_id
                WHERE t.write_date >= %s""",
            self._receivers_sql(),
            since,
        )

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_service.tools.white_space import MIN_PEERS

from ...tools import liking
from ...tools.seven_p import Source
from ..scorecard.crm_scorecard_columns import exact

PRODUCT_COLUMNS = (
    "product_count",
    "top_product_id",
    "top_liking",
    "mix_concentration",
)
#: A category is missed where so many in a hundred similar customers buy it
WHITE_SPACE_PERCENT = 25
#: So many categories of similar customers are looked at, the first bits of a number
WHITE_SPACE_LIMIT = 62


class CrmScorecardSource(models.AbstractModel):
    """Product: mix, favourite, white space, complaints and opinions."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            Source(
                "products",
                "product",
                self.env._("Orders and their lines"),
                PRODUCT_COLUMNS,
                "_source_products",
                changed="_changed_products",
                zero=("product_count",),
                prepare=("_prepare_facts",),
            ),
            Source(
                "white_space",
                "product",
                self.env._("What similar customers buy"),
                ("white_space_count", "next_category_id"),
                "_source_white_space",
                changed="_changed_memberships",
                zero=("white_space_count",),
                prepare=("_prepare_facts",),
                is_dated=False,
            ),
            Source(
                "voices",
                "product",
                self.env._("Complaints, opinions, answers"),
                ("complaint_count", "complaint_rate", "opinion_count"),
                "_source_voices",
                changed="_changed_voices",
                zero=("complaint_count", "opinion_count"),
                prepare=("_prepare_facts",),
            ),
            self._get_offer_source(),
        ]

    @api.model
    def _get_offer_source(self):
        return Source(
            "offers",
            "product",
            self.env._("Offers by segment"),
            (),
            None,
            lacking=self.env._("Comes with the offer matrix."),
        )

    # --- MIX AND FAVOURITE

    @api.model
    def _source_products(self, company, window, customers) -> SQL:
        """One row per customer; the orders of his favourite are counted here."""
        return SQL(
            """SELECT x.customer_id, x.product_count, x.top_product_id,
                      %(liking)s AS top_liking,
                      %(concentration)s AS mix_concentration
                 FROM (SELECT customer_id, product_count, mix_concentration,
                              mills, top[1] AS amount, -top[2]::int AS top_product_id,
                              top[3] AS days
                         FROM crm_seven_p_mix) x
                 JOIN crm_seven_p_customer o USING (customer_id)
                 JOIN (SELECT l.customer_id, COUNT(DISTINCT l.order_id)::numeric
                                  AS orders
                         FROM crm_seven_p_line l
                         JOIN crm_seven_p_mix m
                           ON m.customer_id = l.customer_id
                          AND -m.top[2] = l.product_tmpl_id
                     GROUP BY l.customer_id) f USING (customer_id)
            LEFT JOIN (%(complaints)s) k
                   ON k.customer_id = x.customer_id
                  AND k.product_tmpl_id = x.top_product_id""",
            concentration=exact(SQL("x.mix_concentration"), 2),
            liking=self._liking_sql(
                share=SQL("x.amount / NULLIF(x.mills, 0)"),
                frequency=SQL("f.orders / o.order_count"),
                days=SQL("x.days"),
                complaints=SQL("COALESCE(k.complaints, 0) / f.orders"),
            ),
            complaints=self._product_complaints_sql(company, window, customers),
        )

    @api.model
    def _liking_sql(self, share, frequency, days, complaints) -> SQL:
        """Return the formula of ``tools/liking.py``, rounded to one decimal."""
        return SQL(
            """CASE WHEN %(days)s > %(window)s THEN 0 ELSE ROUND((
                   %(for_share)s * LEAST(1, GREATEST(0, COALESCE(%(share)s, 0)))
                   + %(for_frequency)s * LEAST(1, GREATEST(0, %(frequency)s))
                   + %(for_recency)s * (1 - GREATEST(0, %(days)s)::numeric / %(window)s)
               ) * (1 - LEAST(1, GREATEST(0, %(complaints)s))), 1)::float8 END""",
            share=share,
            frequency=frequency,
            days=days,
            complaints=complaints,
            window=liking.WINDOW_DAYS,
            for_share=int(liking.SHARE_POINTS),
            for_frequency=int(liking.FREQUENCY_POINTS),
            for_recency=int(liking.RECENCY_POINTS),
        )

    @api.model
    def _product_complaints_sql(self, company, window, customers) -> SQL:
        """Return the complaints of each customer about each product."""
        return SQL(
            """SELECT c.commercial_partner_id AS customer_id, p.product_tmpl_id,
                      COUNT(DISTINCT c.id)::numeric AS complaints
                 FROM (%s) c
                 JOIN crm_complaint_line l ON l.complaint_id = c.id
                 JOIN product_product p ON p.id = l.product_id
             GROUP BY c.commercial_partner_id, p.product_tmpl_id""",
            self._complaints_sql(company, window, customers),
        )

    # --- WHITE SPACE

    @api.model
    def _source_white_space(self, company, _window, customers) -> SQL:
        """Return what similar customers buy and this one does not.

        The categories of a value class are numbered by how many buy them. Those that
        a customer buys set their bits in one number; the lowest bit that is not set
        is the next category to offer.
        """
        return SQL(
            """WITH offer AS MATERIALIZED (%(offers)s), size AS (
                   SELECT segment_id, COUNT(*)::int AS size FROM offer
                 GROUP BY segment_id
               ), bought AS (
                   SELECT c.customer_id, COUNT(*)::int AS known,
                          BIT_OR(1::bigint << (f.place - 1)) AS bits
                     FROM (SELECT customer_id, UNNEST(categ_ids) AS categ_id
                             FROM crm_seven_p_mix) c
                     JOIN (%(placed)s) m ON m.customer_id = c.customer_id
                     JOIN offer f ON f.segment_id = m.segment_id
                                 AND f.categ_id = c.categ_id
                 GROUP BY c.customer_id
               )
               SELECT m.customer_id, s.size - COALESCE(b.known, 0)
                          AS white_space_count,
                      f.categ_id AS next_category_id
                 FROM (%(placed)s) m
                 JOIN size s ON s.segment_id = m.segment_id
            LEFT JOIN bought b ON b.customer_id = m.customer_id
            LEFT JOIN offer f ON f.segment_id = m.segment_id
                             AND f.place = 1 + ROUND(LN((
                                     (~COALESCE(b.bits, 0)) & (COALESCE(b.bits, 0) + 1)
                                 )::float8) / LN(2::float8))""",
            offers=self._offers_sql(company),
            placed=self._placed_sql(company, customers),
        )

    @api.model
    def _offers_sql(self, company) -> SQL:
        """Return ``segment_id`` (0: all customers), ``categ_id`` and its place."""
        return SQL(
            """SELECT * FROM (
                   SELECT COALESCE(segment_id, 0) AS segment_id, categ_id,
                          ROW_NUMBER() OVER (
                              PARTITION BY segment_id
                              ORDER BY buyer_count DESC, categ_id)::int AS place
                     FROM crm_segment_buying
                    WHERE company_id = %s AND customer_count >= %s
                      AND buyer_count * 100 >= customer_count * %s) ranked
                WHERE place <= %s""",
            company.id,
            MIN_PEERS,
            WHITE_SPACE_PERCENT,
            WHITE_SPACE_LIMIT,
        )

    @api.model
    def _placed_sql(self, company, customers) -> SQL:
        """Return the value class, or 0, of the customers with a scorecard."""
        return SQL(
            """SELECT s.partner_id AS customer_id,
                      COALESCE(m.segment_id, 0) AS segment_id
                 FROM crm_customer_scorecard s
            LEFT JOIN (SELECT DISTINCT ON (partner_id) partner_id, segment_id
                         FROM crm_segment_membership
                        WHERE date_end IS NULL AND segmentation_id = (%(scheme)s)
                              %(of_member)s
                     ORDER BY partner_id, id) m USING (partner_id)
                WHERE s.company_id = %(company)s %(of)s""",
            scheme=company._get_value_scheme_sql(),
            of_member=self._only_sql(customers, SQL("partner_id")),
            company=company.id,
            of=self._only_sql(customers, SQL("s.partner_id")),
        )

    # --- COMPLAINTS AND OPINIONS

    @api.model
    def _source_voices(self, company, window, customers) -> SQL:
        complaints = self._complaints_sql(company, window, customers)
        opinions = self._complaints_sql(company, window, customers, "opinion")
        return SQL(
            """SELECT v.customer_id, v.complaint_count, v.opinion_count,
                      ROUND(100.0 * v.complaint_count / o.order_count, 1)::float8
                          AS complaint_rate
                 FROM (SELECT customer_id, SUM(complaints)::int AS complaint_count,
                              SUM(opinions)::int AS opinion_count
                         FROM (SELECT commercial_partner_id AS customer_id,
                                      1 AS complaints, 0 AS opinions
                                 FROM (%(complaints)s) c
                            UNION ALL
                               SELECT commercial_partner_id, 0, 1
                                 FROM (%(opinions)s) c
                            UNION ALL
                               SELECT commercial_partner_id, 0, 1
                                 FROM crm_satisfaction_score
                                WHERE company_id = %(company)s AND %(within)s %(of)s
                            UNION ALL
                               SELECT customer_id, 0, 0
                                 FROM crm_seven_p_customer) voice
                     GROUP BY customer_id) v
            LEFT JOIN crm_seven_p_customer o USING (customer_id)""",
            complaints=complaints,
            opinions=opinions,
            company=company.id,
            within=self._within(SQL("date"), window),
            of=self._only_sql(customers, SQL("commercial_partner_id")),
        )

    # --- WHO MAY HAVE CHANGED

    @api.model
    def _changed_products(self, company, since) -> SQL:
        return SQL(
            "%s UNION %s",
            self._changed_orders(company, since),
            self._changed_complaints(company, since),
        )

    @api.model
    def _changed_memberships(self, company, since) -> SQL:
        return SQL(
            """SELECT m.partner_id AS customer_id FROM crm_segment_membership m
                WHERE m.write_date >= %s AND m.segmentation_id = (%s)""",
            since,
            company._get_value_scheme_sql(),
        )

    @api.model
    def _changed_voices(self, company, since) -> SQL:
        return SQL(
            """%s UNION SELECT s.commercial_partner_id
                          FROM crm_satisfaction_score s
                         WHERE s.write_date >= %s AND s.company_id = %s""",
            self._changed_products(company, since),
            since,
            company.id,
        )

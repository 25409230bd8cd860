from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...tools.next_best_offer import CYCLE_EARLY, CYCLE_FULL, CYCLE_LOST

#: rules of one antecedent that make offers
RULES_PER_ITEM = 10
#: a category that fewer similar customers buy is no reason, in percent
LEAST_PERCENT = 10


class OfferSource(NamedTuple):
    """Where offers come from.

    ``method`` gets the policy and returns the statement of the candidates:
    ``customer_id, product_tmpl_id, categ_id, key, strength, ref_id, day, percent``.
    ``key`` is the reason (a field ``<key>_points`` of the offer), ``strength`` 0 to 1,
    ``ref_id`` the record that tells why. Without a product, the best seller of the
    category is taken.
    """

    key: str
    method: str


class CrmNextBestOfferEngine(models.AbstractModel):
    """Steps 3 and 5: what the sources say, and what is written of it."""

    _inherit = "crm.next.best.offer.engine"

    # --- STEP 3: SOURCES

    @api.model
    def _get_offer_sources(self):
        """Return the :class:`OfferSource` of each reason; modules add theirs.

        An offer matrix adds what it prescribes for segment and product here.
        """
        return [
            OfferSource("need", "_source_need"),
            OfferSource("cycle", "_source_cycle"),
            OfferSource("affinity", "_source_affinity"),
            OfferSource("white_space", "_source_white_space"),
        ]

    @api.model
    def _source_need(self, policy) -> SQL:
        """What the customer asked for and has not got yet."""
        return SQL(
            """SELECT s.customer_id, p.product_tmpl_id, n.categ_id,
                      'need' AS key, n.strength / 5.0::float8 AS strength,
                      n.id AS ref_id, NULL::date AS day, NULL::float8 AS percent
                 FROM crm_offer_scope s
                 JOIN crm_need n ON n.partner_id = s.customer_id
            LEFT JOIN product_product p ON p.id = n.product_id
                WHERE n.company_id = %s AND n.state IN ('new', 'answered')
                  AND (n.product_id IS NOT NULL OR n.categ_id IS NOT NULL)
                  AND NOT EXISTS (
                      SELECT FROM crm_offer_bought b
                       WHERE b.customer_id = s.customer_id AND b.last_day >= n.date
                         AND (b.product_tmpl_id = p.product_tmpl_id
                              OR n.product_id IS NULL AND b.categ_id = n.categ_id))""",
            policy.company_id.id,
        )

    @api.model
    def _source_cycle(self, policy) -> SQL:
        """What he buys again and again, when it is time; see ``cycle_strength``."""
        today = self.env["crm.sale.fact"]._get_today(policy.company_id)
        return SQL(
            """SELECT customer_id, product_tmpl_id, categ_id, 'cycle' AS key,
                      CASE WHEN passed <= 1
                           THEN GREATEST(0, (passed - %(early)s) / (1 - %(early)s))
                           ELSE LEAST(1, GREATEST(0,
                               (%(lost)s - passed) / (%(lost)s - %(full)s)))
                      END AS strength,
                      NULL::int AS ref_id, last_day + ROUND(gap)::int AS day,
                      NULL::float8 AS percent
                 FROM (SELECT *, (%(today)s::date - last_day) / gap AS passed
                         FROM crm_offer_bought WHERE gap > 0) b""",
            today=today,
            early=SQL("%s::float8", CYCLE_EARLY),
            full=SQL("%s::float8", CYCLE_FULL),
            lost=SQL("%s::float8", CYCLE_LOST),
        )

    @api.model
    def _source_affinity(self, policy) -> SQL:
        """What those buy who bought the same: products, categories or both."""
        return SQL(" UNION ALL ").join(
            SQL("(%s)", self._affinity_sql(policy, level))
            for level in policy._get_levels()
        )

    @api.model
    def _affinity_sql(self, policy, level) -> SQL:
        items = {"product": SQL("product_tmpl_id"), "category": SQL("categ_id")}
        return SQL(
            """WITH rule AS MATERIALIZED (%(rules)s), owned AS MATERIALIZED (
                   SELECT DISTINCT customer_id, %(item)s AS item FROM crm_offer_bought
               )
               SELECT o.customer_id,
                      r.consequent_tmpl_id AS product_tmpl_id,
                      r.consequent_categ_id AS categ_id, 'affinity' AS key,
                      r.confidence AS strength, r.id AS ref_id,
                      NULL::date AS day, NULL::float8 AS percent
                 FROM owned o
                 JOIN rule r ON r.first_item = o.item
                WHERE (r.second_item = 0 OR EXISTS (
                          SELECT FROM owned second
                           WHERE second.customer_id = o.customer_id
                             AND second.item = r.second_item))
                  AND (r.segment_id IS NULL OR EXISTS (
                          SELECT FROM crm_segment_membership m
                           WHERE m.partner_id = o.customer_id
                             AND m.segment_id = r.segment_id
                             AND m.date_end IS NULL))
                  AND NOT EXISTS (
                          SELECT FROM owned third
                           WHERE third.customer_id = o.customer_id
                             AND third.item = r.consequent_item)""",
            rules=self._best_rules_sql(policy, level),
            item=items[level],
        )

    @api.model
    def _best_rules_sql(self, policy, level) -> SQL:
        """Return the surest rules of each antecedent."""
        return SQL(
            """SELECT * FROM (
                   SELECT r.*, ROW_NUMBER() OVER (
                              PARTITION BY r.segment_id, r.first_item, r.second_item
                              ORDER BY r.confidence DESC, r.id) AS place
                     FROM crm_product_affinity r
                    WHERE r.company_id = %s AND r.level = %s) r
                WHERE r.place <= %s""",
            policy.company_id.id,
            level,
            RULES_PER_ITEM,
        )

    @api.model
    def _source_white_space(self, policy) -> SQL:
        """Categories that similar customers buy and he does not."""
        return SQL(
            """SELECT s.customer_id, NULL::int AS product_tmpl_id, w.categ_id,
                      'white_space' AS key, w.percent / 100 AS strength,
                      NULL::int AS ref_id, NULL::date AS day, w.percent
                 FROM crm_offer_scope s
                 JOIN crm_segment_buying w
                   ON w.company_id = %(company)s AND w.percent >= %(least)s
                  AND COALESCE(w.segment_id, 0) = COALESCE(s.segment_id, 0)
                WHERE NOT EXISTS (
                      SELECT FROM crm_offer_bought b
                       WHERE b.customer_id = s.customer_id
                         AND b.categ_id = w.categ_id)""",
            company=policy.company_id.id,
            least=LEAST_PERCENT,
        )

    # --- STEP 5: APPLY

    @api.model
    def _mark_bought(self, policy):
        """Close the open offers whose product was bought since; of these customers."""
        facts, company = self.env["crm.sale.fact"], policy.company_id
        partners = facts._partners_sql(SQL("SELECT customer_id FROM crm_offer_scope"))
        self.env.cr.execute(
            SQL(
                """UPDATE crm_next_best_offer o
                      SET state = 'bought', date_bought = b.day, date_closed = b.day,
                          order_line_id = b.line_id
                     FROM (SELECT DISTINCT ON (n.id) n.id, l.id AS line_id,
                                  %(day)s AS day
                             FROM crm_next_best_offer n
                             JOIN (%(orders)s) f ON f.customer_id = n.partner_id
                             JOIN sale_order_line l ON l.order_id = f.order_id
                             JOIN product_product p ON p.id = l.product_id
                             JOIN product_template t ON t.id = p.product_tmpl_id
                            WHERE n.company_id = %(company)s
                              AND n.state IN ('proposed', 'offered', 'accepted')
                              AND %(day)s >= n.date_proposed
                              AND l.display_type IS NULL AND l.product_uom_qty > 0
                              AND (t.id = n.product_tmpl_id
                                   OR n.product_tmpl_id IS NULL
                                      AND t.categ_id = n.categ_id)
                         ORDER BY n.id, f.date_order, l.id) b
                    WHERE b.id = o.id""",
                day=facts._local_day_sql(SQL("f.date_order"), company),
                orders=facts._orders_sql(company, partners=partners),
                company=company.id,
            )
        )

    @api.model
    def _write_offers(self, policy):
        """Update, add and close the proposals of the customers in scope."""
        same = SQL(
            """o.partner_id = r.customer_id AND o.company_id = %s
               AND COALESCE(o.product_tmpl_id, 0) = COALESCE(r.product_tmpl_id, 0)
               AND COALESCE(o.categ_id, 0) = COALESCE(r.categ_id, 0)
               AND o.state IN ('proposed', 'offered', 'accepted')""",
            policy.company_id.id,
        )
        self.env.cr.execute(self._expire_sql(policy, same))
        self.env.cr.execute(
            SQL(
                """UPDATE crm_next_best_offer o
                      SET %(set)s
                     FROM crm_offer_ranked r
                    WHERE %(same)s
                      AND (%(old)s) IS DISTINCT FROM (%(new)s)""",
                set=SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), SQL.identifier("r", name))
                    for name in self._get_figures()
                ),
                old=self._columns_sql("o"),
                new=self._columns_sql("r"),
                same=same,
            )
        )
        self.env.cr.execute(self._insert_sql(policy, same))

    @api.model
    def _expire_sql(self, policy, same) -> SQL:
        """Return the statement that closes what is old or not among the best.

        What is among them is joined once and looked up by its id: compared offer by
        offer, this took minutes for 200,000 customers.
        """
        return SQL(
            """UPDATE crm_next_best_offer n
                  SET state = 'expired', date_closed = %(today)s
                WHERE n.company_id = %(company)s
                  AND n.partner_id IN (SELECT customer_id FROM crm_offer_scope)
                  AND (n.state IN ('proposed', 'offered', 'accepted')
                       AND n.date_proposed < %(old)s
                    OR n.state = 'proposed' AND n.id NOT IN (
                       SELECT o.id FROM crm_next_best_offer o
                         JOIN crm_offer_ranked r ON %(same)s))""",
            today=self._day_before(policy, 0),
            company=policy.company_id.id,
            old=self._day_before(policy, policy.offer_days),
            same=same,
        )

    @api.model
    def _insert_sql(self, policy, same) -> SQL:
        """Return the statement that adds the offers that were not there."""
        return SQL(
            """INSERT INTO crm_next_best_offer (
                   partner_id, company_id, segment_id, product_tmpl_id, categ_id,
                   state, date_proposed, create_date, write_date, %(names)s)
               SELECT r.customer_id, %(company)s, s.segment_id,
                      r.product_tmpl_id, r.categ_id, 'proposed', %(today)s,
                      now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', %(new)s
                 FROM crm_offer_ranked r
                 JOIN crm_offer_scope s ON s.customer_id = r.customer_id
                WHERE NOT EXISTS (
                      SELECT FROM crm_next_best_offer o WHERE %(same)s)""",
            names=SQL(", ").join(map(SQL.identifier, self._get_figures())),
            company=policy.company_id.id,
            today=self._day_before(policy, 0),
            new=self._columns_sql("r"),
            same=same,
        )

    @api.model
    def _get_figures(self):
        """Return the fields of an offer that a refresh works out."""
        keys = [source.key for source in self._get_offer_sources()]
        return [
            "score",
            "reason",
            "affinity_id",
            "need_id",
            "date_due",
            "peer_percent",
            "is_in_stock",
            *(f"{key}_points" for key in [*keys, "stock"]),
        ]

    @api.model
    def _columns_sql(self, alias) -> SQL:
        return SQL(", ").join(
            SQL.identifier(alias, name) for name in self._get_figures()
        )

    @api.model
    def _expire_others(self, policy):
        """Close the open offers of customers who get none any more."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_next_best_offer o
                      SET state = 'expired', date_closed = %(today)s
                    WHERE o.company_id = %(company)s
                      AND o.state IN ('proposed', 'offered', 'accepted')
                      AND (o.date_proposed < %(old)s
                        OR o.state = 'proposed' AND NOT EXISTS (
                           SELECT FROM crm_customer_scorecard c
                             JOIN res_partner p ON p.id = c.partner_id
                            WHERE c.partner_id = o.partner_id
                              AND c.company_id = o.company_id AND p.active
                              AND p.crm_care_opt_out IS NOT TRUE))""",
                today=self._day_before(policy, 0),
                company=policy.company_id.id,
                old=self._day_before(policy, policy.offer_days),
            )
        )
        self.env["crm.next.best.offer"].invalidate_model()

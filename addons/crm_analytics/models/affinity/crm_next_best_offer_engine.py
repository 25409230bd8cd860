import importlib

from odoo import api, models
from odoo.tools import SQL

from ...tools.next_best_offer import OPEN_STATES

#: customers that are worked out in one go
BATCH = 20_000


class CrmNextBestOfferEngine(models.AbstractModel):
    """Works out what to offer, set-based: for all customers, or for a few.

    1. *scope*: the customers with a scorecard who are active, belong to the company
       and want to be contacted, with their value class.
    2. *bought*: what each of them bought in the time window, when last, how often.
    3. *candidates*: what the sources say, see ``crm_next_best_offer_source.py``.
    4. *ranked*: the points of all reasons together; without what cannot be sold, what
       he complained about, what was dismissed lately, and what he bought and is not
       due again or asked for.
    5. *apply*: offers that were bought or are too old are closed, those among the best
       are updated or added, other proposals expire. What was offered to the customer
       stays.

    The steps are temporary tables of the transaction, so a customer's offers are
    never half visible. The score is that of ``tools/next_best_offer.py``.
    """

    _name = "crm.next.best.offer.engine"
    _description = "Next Best Offer Engine"

    # --- RUNS

    @api.model
    def _refresh(self, policy, customer_ids=None):
        """Work out the offers of all or some customers; return how many are open."""
        self._prepare(policy)
        ids = customer_ids
        if ids is None:
            ids = self._find_customers(policy)
        count = 0
        for low in range(0, len(ids), BATCH):
            count += self._refresh_batch(policy, ids[low : low + BATCH])
        if customer_ids is None:
            self._expire_others(policy)
            policy.offers_at = self.env.cr.now()
        return count

    @api.model
    def _refresh_batch(self, policy, ids):
        self._make_scope(policy, ids)
        self._make_bought(policy)
        self._mark_bought(policy)
        self._make_ranked(policy)
        self._write_offers(policy)
        self.env["crm.next.best.offer"].invalidate_model()
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM crm_next_best_offer o
                     JOIN crm_offer_scope s ON s.customer_id = o.partner_id
                    WHERE o.company_id = %s AND o.state = ANY(%s)""",
                policy.company_id.id,
                list(OPEN_STATES),
            )
        )
        return count

    @api.model
    def _prepare(self, policy):
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        self.env.flush_all()
        facts._prepare_planner()
        self._make_sellers(policy)
        self._make_stock(policy)

    @api.model
    def _find_customers(self, policy, number=None):
        """Return the ids of the customers, or of those of batch ``number``."""
        batch = SQL()
        if number is not None:
            low = number * BATCH
            batch = SQL("AND partner_id BETWEEN %s AND %s", low, low + BATCH - 1)
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id FROM crm_customer_scorecard
                    WHERE company_id = %s AND active %s ORDER BY partner_id""",
                policy.company_id.id,
                batch,
            )
        )
        return [partner_id for [partner_id] in rows]

    @api.model
    def _make_table(self, name, statement, index=None):
        """Keep the rows of ``statement`` for this transaction."""
        table = SQL.identifier(name)
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.cr.execute(
            SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, statement)
        )
        if index:
            self.env.cr.execute(SQL("CREATE INDEX ON %s (%s)", table, index))
        self.env.cr.execute(SQL("ANALYZE %s", table))

    # --- STEP 1 AND 2

    @api.model
    def _make_scope(self, policy, ids):
        """The customers who want to be contacted, with their value class."""
        company = policy.company_id
        self._make_table(
            "crm_offer_scope",
            SQL(
                """SELECT c.id AS customer_id, c.id AS partner_id,
                          (SELECT m.segment_id FROM crm_segment_membership m
                            WHERE m.partner_id = c.id AND m.date_end IS NULL
                              AND m.segmentation_id = (%(scheme)s)
                         ORDER BY m.id LIMIT 1) AS segment_id
                     FROM res_partner c
                    WHERE c.id = ANY(%(ids)s) AND c.active
                      AND c.crm_care_opt_out IS NOT TRUE
                      AND (c.company_id IS NULL OR c.company_id = %(company)s)
                      AND c.id NOT IN (SELECT partner_id FROM res_company)""",
                scheme=company._get_value_scheme_sql(),
                ids=ids,
                company=company.id,
            ),
            SQL("customer_id"),
        )

    @api.model
    def _make_bought(self, policy):
        """What they bought in the window: product, last day, usual interval."""
        facts, company = self.env["crm.sale.fact"], policy.company_id
        partners = facts._partners_sql(SQL("SELECT customer_id FROM crm_offer_scope"))
        self._make_table(
            "crm_offer_bought",
            SQL(
                """SELECT customer_id, product_tmpl_id, categ_id,
                          MAX(day) AS last_day,
                          (MAX(day) - MIN(day))::float8
                              / NULLIF(COUNT(DISTINCT day) - 1, 0) AS gap
                     FROM (SELECT f.customer_id, t.id AS product_tmpl_id, t.categ_id,
                                  %(day)s AS day
                             FROM (%(orders)s) f
                             JOIN sale_order_line l ON l.order_id = f.order_id
                             JOIN product_product p ON p.id = l.product_id
                             JOIN product_template t ON t.id = p.product_tmpl_id
                            WHERE f.date_order >= %(since)s
                              AND l.display_type IS NULL
                              AND l.product_uom_qty > 0) bought
                 GROUP BY customer_id, product_tmpl_id, categ_id""",
                day=facts._local_day_sql(SQL("f.date_order"), company),
                orders=facts._orders_sql(company, partners=partners),
                since=policy._get_window_start(),
            ),
            SQL("customer_id, product_tmpl_id"),
        )

    @api.model
    def _make_sellers(self, policy):
        """The product that stands for its category: the one in most baskets."""
        items, counts = self._get_best_sellers(policy)
        self._make_table(
            "crm_offer_seller",
            SQL(
                """SELECT DISTINCT ON (t.categ_id) t.categ_id,
                          t.id AS product_tmpl_id
                     FROM UNNEST(%(items)s::int[], %(counts)s::int[]) s(id, count)
                     JOIN product_template t ON t.id = s.id
                    WHERE %(saleable)s AND t.categ_id IS NOT NULL
                 ORDER BY t.categ_id, s.count DESC, t.id""",
                items=items,
                counts=counts,
                saleable=self._saleable_sql(policy),
            ),
        )

    @api.model
    def _get_best_sellers(self, policy):
        """Return products and in how many baskets they are, as counted last."""
        kept = self.env["crm.affinity.count"]._fetch(policy.company_id)
        rows = kept.get(("product", False))
        if not rows:
            return [], []
        kernel = importlib.import_module("odoo.addons.crm_analytics.tools.affinity")
        _is_base, total, data = rows[0]
        counts = kernel.from_bytes(data, total)
        singles = counts.items[:, 1] == 0
        return counts.items[singles, 2].tolist(), counts.counts[singles].tolist()

    @api.model
    def _make_stock(self, policy):
        """Products that can be delivered at once."""
        self.env.flush_all()
        self._make_table(
            "crm_offer_stock",
            SQL(
                """SELECT p.product_tmpl_id FROM stock_quant q
                     JOIN stock_location l ON l.id = q.location_id
                     JOIN product_product p ON p.id = q.product_id
                    WHERE l.usage = 'internal' AND l.company_id = %s
                 GROUP BY p.product_tmpl_id
                   HAVING SUM(q.quantity - q.reserved_quantity) > 0""",
                policy.company_id.id,
            ),
        )

    @api.model
    def _saleable_sql(self, policy) -> SQL:
        """Return the condition that the company can sell product ``t`` today."""
        return SQL(
            """(t.active AND COALESCE(t.sale_ok, FALSE)
                AND (t.company_id IS NULL OR t.company_id = %s)
                AND NOT t.id = ANY(%s))""",
            policy.company_id.id,
            policy.excluded_product_ids.ids,
        )

    # --- STEP 4

    @api.model
    def _make_ranked(self, policy):
        """The best offers of each customer, with the points of their reasons."""
        sources = self._get_offer_sources()
        candidates = SQL(" UNION ALL ").join(
            SQL("(%s)", getattr(self, source.method)(policy)) for source in sources
        )
        self._make_table("crm_offer_candidate", candidates)
        self._make_table("crm_offer_ranked", self._ranked_sql(policy))

    @api.model
    def _ranked_sql(self, policy) -> SQL:
        """Return the best offers: without what speaks against, by their points."""
        keys = [source.key for source in self._get_offer_sources()]
        summed = [SQL.identifier("k", f"{key}_points") for key in (*keys, "stock")]
        return SQL(
            """WITH scored AS (%(scored)s), kept AS (
                   SELECT s.*, q.product_tmpl_id IS NOT NULL AS is_in_stock,
                          CASE WHEN q.product_tmpl_id IS NOT NULL
                               THEN %(stock)s ELSE 0 END AS stock_points
                     FROM scored s
                LEFT JOIN product_template t ON t.id = s.product_tmpl_id
                LEFT JOIN crm_offer_stock q ON q.product_tmpl_id = s.product_tmpl_id
                    WHERE (s.product_tmpl_id IS NULL OR %(saleable)s)
                      AND %(wanted)s
               ), summed AS (
                   SELECT k.*, %(reason)s AS reason, LEAST(100, %(sum)s) AS score
                     FROM kept k
               ), placed AS (
                   SELECT *, ROW_NUMBER() OVER (
                              PARTITION BY customer_id
                              ORDER BY score DESC, product_tmpl_id, categ_id) AS place
                     FROM summed
               )
               SELECT * FROM placed WHERE place <= %(limit)s""",
            scored=self._scored_sql(policy, keys),
            stock=policy.weight_stock,
            saleable=self._saleable_sql(policy),
            wanted=self._wanted_sql(policy),
            reason=self._reason_sql(keys),
            sum=SQL(" + ").join(summed),
            limit=policy.offer_count,
        )

    @api.model
    def _scored_sql(self, policy, keys) -> SQL:
        """Return one row per customer and product, with the points of each reason."""
        points = [
            SQL(
                "%s * COALESCE(MAX(n.strength) FILTER (WHERE n.key = %s), 0) AS %s",
                policy[f"weight_{key}"],
                key,
                SQL.identifier(f"{key}_points"),
            )
            for key in keys
        ]
        return SQL(
            """SELECT n.customer_id, n.product_tmpl_id, n.categ_id,
                      BOOL_OR(n.key IN ('need', 'cycle')) AS is_wanted,
                      %(points)s,
                      (ARRAY_AGG(n.ref_id ORDER BY n.strength DESC, n.ref_id)
                          FILTER (WHERE n.key = 'affinity'))[1] AS affinity_id,
                      (ARRAY_AGG(n.ref_id ORDER BY n.strength DESC, n.ref_id)
                          FILTER (WHERE n.key = 'need'))[1] AS need_id,
                      MAX(n.day) AS date_due, MAX(n.percent) AS peer_percent
                 FROM (SELECT c.customer_id, c.key, c.strength, c.ref_id, c.day,
                              c.percent,
                              COALESCE(c.product_tmpl_id, s.product_tmpl_id)
                                  AS product_tmpl_id,
                              COALESCE(t.categ_id, c.categ_id) AS categ_id
                         FROM crm_offer_candidate c
                    LEFT JOIN crm_offer_seller s
                           ON c.product_tmpl_id IS NULL AND s.categ_id = c.categ_id
                    LEFT JOIN product_template t ON t.id = c.product_tmpl_id
                        WHERE c.strength > 0) n
             GROUP BY n.customer_id, n.product_tmpl_id, n.categ_id""",
            points=SQL(", ").join(points),
        )

    @api.model
    def _reason_sql(self, keys) -> SQL:
        """Return the reason with the most points; of equals the first source."""
        points = {key: SQL.identifier("k", f"{key}_points") for key in keys}
        return SQL(
            "CASE GREATEST(%s) %s END",
            SQL(", ").join(points.values()),
            SQL(" ").join(
                SQL("WHEN %s THEN %s", column, key) for key, column in points.items()
            ),
        )

    @api.model
    def _wanted_sql(self, policy) -> SQL:
        """Return the condition that nothing speaks against offer ``s``."""
        return SQL(
            """(s.is_wanted OR NOT EXISTS (
                    SELECT FROM crm_offer_bought b
                     WHERE b.customer_id = s.customer_id
                       AND b.product_tmpl_id = s.product_tmpl_id))
               AND NOT EXISTS (
                    SELECT FROM crm_next_best_offer o
                     WHERE o.partner_id = s.customer_id
                       AND o.company_id = %(company)s AND o.state = 'rejected'
                       AND o.date_closed > %(rested)s
                       AND o.product_tmpl_id IS NOT DISTINCT FROM s.product_tmpl_id
                       AND o.categ_id IS NOT DISTINCT FROM s.categ_id)
               AND NOT EXISTS (
                    SELECT FROM crm_complaint m
                      JOIN crm_complaint_line l ON l.complaint_id = m.id
                      JOIN product_product p ON p.id = l.product_id
                     WHERE m.commercial_partner_id = s.customer_id
                       AND m.company_id = %(company)s AND m.state <> 'cancelled'
                       AND m.type = 'complaint'
                       AND p.product_tmpl_id = s.product_tmpl_id
                       AND (m.state <> 'closed'
                            OR m.date_received >= %(complained)s))""",
            company=policy.company_id.id,
            rested=self._day_before(policy, policy.rejected_days),
            complained=self._day_before(policy, policy.complaint_days),
        )

    @api.model
    def _day_before(self, policy, days):
        """Return the date so many days before the company's today."""
        today = self.env["crm.sale.fact"]._get_today(policy.company_id)
        [[day]] = self.env.execute_query(SQL("SELECT %s::date - %s", today, days))
        return day

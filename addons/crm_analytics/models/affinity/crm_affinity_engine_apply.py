import importlib

from odoo import api, models
from odoo.tools import SQL

#: rules that are kept of each level and group of customers; more nobody reads
MAX_RULES = 20_000


class CrmAffinityEngine(models.AbstractModel):
    """The rules of the counts, written over those of the last run."""

    _inherit = "crm.affinity.engine"

    @api.model
    def _apply(self, policy, run, found):
        """Write the rules of ``{(level, segment): counts}``; return the figures.

        Rules keep their ids as long as they hold, so what points at them stays.
        """
        self.env.cr.execute(
            SQL(
                """DROP TABLE IF EXISTS crm_affinity_new;
                   CREATE TEMPORARY TABLE crm_affinity_new (
                       level varchar, segment_id int, first int, second int,
                       consequent int, together int, antecedents int, consequents int,
                       support float8, confidence float8, lift float8,
                       leverage float8, total int
                   ) ON COMMIT DROP"""
            )
        )
        dropped = 0
        for (level, segment), counts in found.items():
            dropped += self._collect_rules(policy, level, segment, counts)
        self.env.cr.execute(SQL("ANALYZE crm_affinity_new"))
        self._drop_unsaleable(policy)
        figures = self._write_rules(policy, run)
        every = [c for (_level, segment), c in found.items() if not segment]
        every = every or list(found.values())
        [[rules]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM crm_affinity_new"))
        self.env["crm.product.affinity"].invalidate_model()
        return {
            **figures,
            "dropped_count": dropped,
            "rule_count": rules,
            "basket_count": max((c.total for c in every), default=0),
            "skipped_count": max((c.skipped for c in every), default=0),
        }

    @api.model
    def _collect_rules(self, policy, level, segment, counts):
        """Add the rules of counts to the new ones; return how many were dropped."""
        kernel = self._kernel()
        least = kernel.least_count(counts.total, policy.min_count, policy.min_share)
        rules = kernel.make_rules(
            counts, least, policy.min_confidence / 100, policy.min_lift
        )
        dropped = max(0, len(rules.both) - MAX_RULES)
        if dropped:
            numpy = importlib.import_module("numpy")
            most = numpy.argsort(-rules.both, kind="stable")[:MAX_RULES]
            rules = kernel.select(rules, most)
        if not len(rules.both):
            return dropped
        ratios = kernel.measures(
            rules.both, rules.antecedents, rules.consequents, counts.total
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_affinity_new
                   SELECT %(level)s, %(segment)s, r.*, %(total)s
                     FROM UNNEST(%(columns)s) r""",
                level=level,
                segment=segment.id or None,
                total=counts.total,
                columns=SQL(", ").join(
                    [
                        *(SQL("%s::int[]", self._array(column)) for column in rules),
                        *(SQL("%s::float8[]", self._array(ratio)) for ratio in ratios),
                    ]
                ),
            )
        )
        return dropped

    @api.model
    def _array(self, numbers):
        """Return numbers as the text of an array: the server reads it much faster."""
        return f"{{{','.join(map(repr, numbers.tolist()))}}}"

    @api.model
    def _drop_unsaleable(self, policy):
        """Forget rules that lead to what cannot be sold any more."""
        self.env["product.template"].flush_model(["active", "sale_ok"])
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_affinity_new n USING product_template t
                    WHERE n.level = 'product' AND t.id = n.consequent
                      AND NOT (t.active AND COALESCE(t.sale_ok, FALSE)
                               AND (t.company_id IS NULL OR t.company_id = %s))""",
                policy.company_id.id,
            )
        )

    @api.model
    def _write_rules(self, policy, run):
        """Update, add and remove what differs; return how many."""
        company = policy.company_id.id
        same = SQL(
            """r.company_id = %s AND r.level = n.level
               AND COALESCE(r.segment_id, 0) = COALESCE(n.segment_id, 0)
               AND r.first_item = n.first AND r.second_item = n.second
               AND r.consequent_item = n.consequent""",
            company,
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_product_affinity r
                    WHERE r.company_id = %s
                      AND NOT EXISTS (SELECT FROM crm_affinity_new n WHERE %s)""",
                company,
                same,
            )
        )
        deleted = self.env.cr.rowcount
        self.env.cr.execute(self._update_sql(policy, run, same))
        updated = self.env.cr.rowcount
        self.env.cr.execute(self._insert_sql(policy, run, same))
        return {
            "deleted_count": deleted,
            "updated_count": updated,
            "inserted_count": self.env.cr.rowcount,
        }

    @api.model
    def _update_sql(self, policy, run, same) -> SQL:
        """Return the statement that changes the rules whose figures differ."""
        return SQL(
            """UPDATE crm_product_affinity r
                  SET count = n.together, antecedent_count = n.antecedents,
                      consequent_count = n.consequents, basket_count = n.total,
                      support = n.support, confidence = n.confidence,
                      lift = n.lift, leverage = n.leverage,
                      date_start = %(start)s, date_end = %(end)s,
                      run_id = %(run)s
                 FROM crm_affinity_new n
                WHERE %(same)s
                  AND (r.count, r.antecedent_count, r.consequent_count,
                       r.basket_count, r.date_start)
                   IS DISTINCT FROM (n.together, n.antecedents, n.consequents,
                       n.total, %(start)s::date)""",
            same=same,
            run=run.id,
            **self._get_window(policy, run),
        )

    @api.model
    def _insert_sql(self, policy, run, same) -> SQL:
        """Return the statement that adds the rules that were not there."""
        return SQL(
            """INSERT INTO crm_product_affinity (
                   company_id, level, segment_id, first_item, second_item,
                   consequent_item, item_count,
                   antecedent_tmpl_id, antecedent2_tmpl_id, consequent_tmpl_id,
                   antecedent_categ_id, antecedent2_categ_id, consequent_categ_id,
                   count, antecedent_count, consequent_count, basket_count,
                   support, confidence, lift, leverage, date_start, date_end, run_id)
               SELECT %(company)s, n.level, n.segment_id, n.first, n.second,
                      n.consequent, CASE WHEN n.second > 0 THEN 3 ELSE 2 END,
                      %(product)s, %(category)s,
                      n.together, n.antecedents, n.consequents, n.total,
                      n.support, n.confidence, n.lift, n.leverage,
                      %(start)s::date, %(end)s::date, %(run)s
                 FROM crm_affinity_new n
                WHERE NOT EXISTS (
                      SELECT FROM crm_product_affinity r WHERE %(same)s)
             ORDER BY n.level DESC, n.segment_id NULLS FIRST, n.lift DESC""",
            company=policy.company_id.id,
            product=self._items_sql("product"),
            category=self._items_sql("category"),
            run=run.id,
            same=same,
            **self._get_window(policy, run),
        )

    @api.model
    def _items_sql(self, level) -> SQL:
        """Return the three items, as far as they are of this level."""
        return SQL(", ").join(
            SQL(
                "CASE WHEN n.level = %s THEN NULLIF(%s, 0) END",
                level,
                SQL.identifier("n", name),
            )
            for name in ("first", "second", "consequent")
        )

    @api.model
    def _get_window(self, policy, run):
        """Return the days from and to which orders count."""
        company = policy.company_id
        facts = self.env["crm.sale.fact"]
        [[start]] = self.env.execute_query(
            SQL(
                "SELECT %s",
                facts._local_day_sql(
                    SQL("%s::timestamp", policy.window_start), company
                ),
            )
        )
        return {"start": start, "end": facts._get_today(company)}

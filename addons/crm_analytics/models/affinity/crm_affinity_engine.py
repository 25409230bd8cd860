import importlib

from odoo import api, fields, models

from ...tools.affinity_lines import LEFT, NEW

LINE_FIELDS = [
    "company_id",
    "display_type",
    "is_downpayment",
    "order_id",
    "product_id",
    "product_uom_qty",
]


class CrmAffinityEngine(models.AbstractModel):
    """Counts what a company sells together and writes the rules, in one transaction.

    What a purchase and a customer are, says ``crm.sale.fact``; orders that were taken
    back as a whole are none. The order lines leave the database as numbers, by binary
    COPY, and are counted by ``tools/affinity.py``.

    ===========  ==================================================================
    full         All orders of the time window, up to the *watermark*: the start of
                 the oldest transaction open when the run began. The counts are kept.
    incremental  Only orders dated between the last watermark and this one: the
                 host dates an order when it is confirmed, so each is counted
                 once. The window keeps its beginning. Counts of former
                 runs and of this one together give the rules that a full run of the
                 same window would give; where they cannot, this becomes a full run.
    ===========  ==================================================================

    Orders cancelled, changed or dated back after they were counted are found by the
    next full run, which says for how many products it had to correct the counts.
    """

    _name = "crm.affinity.engine"
    _description = "Affinity Engine"

    @api.model
    def _refresh(self, policy, run, until=None):
        """Count and write the rules; return the figures of the run."""
        policy._lock_for_refresh()
        self._prepare_transaction()
        until = until or self.env["crm.watermark"]._read()
        if run.mode == "incremental" and not self._can_add(policy, until):
            run.mode = "full"
        figures = None
        if run.mode == "incremental":
            figures = self._count_new(policy, run, until)
        if not figures:
            run.mode = "full"
            figures = self._count_all(policy, run, until)
        policy.write({"watermark": until, "refreshed_at": fields.Datetime.now()})
        return {**figures, "until": until}

    @api.model
    def _kernel(self):
        """Return the module that counts; its libraries are loaded when first used."""
        return importlib.import_module("odoo.addons.crm_analytics.tools.affinity")

    @api.model
    def _prepare_transaction(self):
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        self.env["sale.order.line"].flush_model(LINE_FIELDS)
        self.env.flush_all()
        facts._prepare_planner()

    @api.model
    def _can_add(self, policy, until):
        """Tell whether there is something to add to, within a month."""
        return bool(
            policy.watermark
            and policy.watermark <= until
            and not policy.is_stale
            and policy.window_start
            and policy.window_start
            >= fields.Datetime.subtract(policy._get_window_start(), days=31)
        )

    # --- RUNS

    @api.model
    def _count_all(self, policy, run, until):
        """Count the whole window; keep the counts, write the rules."""
        start, former = policy._get_window_start(), policy.window_start
        begin = min(start, former) if former else start
        lines = self._read_lines(
            policy, self._orders_sql(policy, begin, until, start), many=True
        )
        kept = self.env["crm.affinity.count"]
        former_counts = kept._fetch(policy.company_id) if former else {}
        kept._drop(policy.company_id)
        found, corrected = {}, 0
        for level, segment, part in self._get_parts(policy, lines):
            counts = self._count(policy, part.where(part.flag != LEFT))
            found[level, segment] = counts
            known = former_counts.get((level, segment.id))
            if known and not segment and not policy.is_stale:
                corrected += self._count_corrected(policy, part, counts, known)
            kept._store(run, level, segment, counts, self._kernel().to_bytes(counts))
        policy.write({"window_start": start, "is_stale": False})
        figures = self._apply(policy, run, found)
        return {
            **figures,
            "line_count": int((lines.flag != LEFT).sum()),
            "corrected_count": corrected,
            "window_start": start,
        }

    @api.model
    def _count_new(self, policy, run, until):
        """Add the orders since the last run; None if only a full run will do."""
        since = policy.watermark
        orders = self._orders_sql(policy, since, until)
        if policy.basket == "customer":
            orders = self._touched_sql(policy, orders, until)
        lines = self._read_lines(policy, orders)
        kernel, kept = self._kernel(), self.env["crm.affinity.count"]
        former = kept._fetch(policy.company_id)
        found = {}
        for level, segment, part in self._get_parts(policy, lines):
            known = former.get((level, segment.id))
            if not known or not known[0][0]:
                return None
            counts = self._count_change(policy, part)
            base, *additions = self._unpack(known)
            total = sum(piece.total for piece in (base, *additions, counts))
            least = kernel.least_count(total, policy.min_count, policy.min_share)
            together = kernel.combine(base, [*additions, counts], least)
            if together is None:
                return None
            found[level, segment] = together
            if len(counts.counts):
                kept._store(run, level, segment, counts, kernel.to_bytes(counts))
        return {
            **self._apply(policy, run, found),
            "line_count": int((lines.flag == NEW).sum()),
            "window_start": policy.window_start,
        }

    @api.model
    def _unpack(self, rows):
        kernel = self._kernel()
        return [kernel.from_bytes(data, total) for _base, total, data in rows]

    @api.model
    def _count(self, policy, lines, *, is_complete=False):
        """Return the counts of baskets; of all sets if ``is_complete``."""
        kernel = self._kernel()
        total = kernel.count_baskets(lines.basket)
        least = kernel.least_count(total, policy.min_count, policy.min_share)
        bound = 1 if is_complete else kernel.bound_of(least)
        return kernel.count_sets(
            lines.basket, lines.product, bound, policy.basket_limit
        )

    @api.model
    def _count_change(self, policy, lines):
        """Return what the new lines change; a basket may have been there before."""
        after = self._count(policy, lines, is_complete=True)
        if policy.basket == "order":
            return after
        before = self._count(policy, lines.where(lines.flag != NEW), is_complete=True)
        return self._kernel().subtract(after, before)

    @api.model
    def _count_corrected(self, policy, lines, counts, known):
        """Return for how many items the kept counts were wrong.

        Expected is what was kept and what came since; found is what was counted now
        and what has left the window. Baskets that are customers cannot be taken apart
        like that, so for them the windows must be the same.
        """
        kernel = self._kernel()
        left = lines.where(lines.flag == LEFT)
        if policy.basket == "customer" and len(left.flag):
            return 0
        if policy.basket == "customer":
            new = self._count_change(policy, lines)
        else:
            new = self._count(policy, lines.where(lines.flag == NEW))
        gone = self._count(policy, left)
        expected = kernel.add(*self._unpack(known), new)
        return kernel.differences(expected, kernel.add(counts, gone))

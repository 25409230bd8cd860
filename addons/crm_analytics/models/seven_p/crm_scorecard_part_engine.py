import time

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...tools.seven_p import Window, window_days

CHANGED = SQL("SELECT customer_id FROM crm_scorecard_part_changed")
# A month end so many days back is worked out by sources that know the past only
PAST_DAYS = 45


class CrmScorecardPartEngine(models.AbstractModel):
    """Fills the parts from their sources and scores them, set-based, after the core.

    It works in the transaction of the core refresh, so a run is never half visible:

    1. *changed*: the customers whose scorecard the core looked at, and those of whom
       a source says so. A full refresh looks at everybody.
    2. *prepare*: temporary tables that several sources share, made once.
    3. *parts*: for each part one statement joins its sources to the customers who
       have a scorecard, and writes the rows that differ, are new or have vanished.
    4. *scores*: one statement turns the columns of all parts into points and scores.

    The 12 months of the windows end with the day of the last full refresh, also for
    the incremental ones after it: so both give the same rows. A full refresh that has
    the same day and rules as the one before counts what no known change explains.
    Bounds are fixed between full refreshes: one that works out some that were lacking
    follows new rules from there on, and what moves by them is no correction.
    """

    _name = "crm.scorecard.part.engine"
    _description = "Engine of the Scorecard Parts"

    # --- WHOLE RUNS

    @api.model
    def _refresh(self, policy, run, counts, since):
        """Bring all parts and scores of the policy's company up to date.

        :param run: the ``crm.scorecard.run`` that gets a row per part, or None
        :param counts: what the core refresh told: mode, as_of and the ids of the
            customers it looked at (``changed``, None: they are in its table)
        :param since: the watermark of the refresh before
        :return: number of rows written
        """
        is_usable = self._is_usable(policy, since)
        is_full = counts["mode"] == "full" or not is_usable
        as_of = counts["as_of"] if is_full else policy.part_as_of
        is_comparable = is_usable and as_of == policy.part_as_of
        if is_usable:
            found = self._collect_changed(policy, counts, since)
            if not (found or is_full):
                policy.part_watermark = policy.watermark
                return 0
        window = self._get_window(policy.company_id, as_of)
        customers = None if is_full else CHANGED
        if not is_full or counts["mode"] != "full":  # a full core refresh has kept all
            self._keep_refunds(window, policy.company_id, customers)
        written = self._fill_parts(policy, run, window, customers, is_comparable)
        policy.write(
            {
                "part_as_of": as_of,
                "part_watermark": policy.watermark,
                "is_part_stale": policy.is_part_stale and not is_full,
            }
        )
        if is_full:
            policy.part_rules = policy._get_part_rules()
        for model in self._get_models().values():
            model.invalidate_model()
        self._finish(policy, window, is_full, CHANGED if is_usable else None)
        return written

    @api.model
    def _finish(self, policy, window, is_whole, changed):
        """Do what builds on the scores, and on the tables of this transaction.

        :param is_whole: whether everybody was looked at
        :param changed: statement giving the ids of the customers of whom anything
            changed since the refresh before, None where that is not known
        """

    @api.model
    def _keep_refunds(self, window, company, customers):
        """Keep what credit notes took back from ``customers``, for several sources."""
        credited = self.env["crm.scorecard.source"]._credited_sql(customers)
        core = self.env["crm.scorecard.engine"]
        core._keep_refunds(company, window.as_of, credited)

    @api.model
    def _get_models(self):
        """Return ``{key: model}`` of all that a run fills, in order."""
        parts = self.env["crm.scorecard.part"]._get_parts()
        return {**parts, "score": self.env["crm.seven.p.score"]}

    @api.model
    def _is_usable(self, policy, since):
        """Return whether the rows at hand are those of the refresh before."""
        same = since and policy.part_watermark == since
        return bool(same and policy.part_as_of and not policy.is_part_stale)

    @api.model
    def _fill_parts(self, policy, run, window, customers, is_comparable):
        """Do the steps 2 to 4; return the number of rows written."""
        company = policy.company_id
        factors = self.env["crm.scorecard.factor"]._ensure(company)
        sources = self._get_active_sources()
        self._run_step(policy, run, "prepare", self._prepare, window, customers)
        self._expect_many(customers is None)

        def apply(model, rows, names):
            # the sources have worked out what was lacking by now
            same = is_comparable and customers is None and policy._has_same_rules()
            return self._apply(model, company, rows, names, customers, same)

        def fill(_policy, model):
            rows, names = self._rows_sql(company, window, model, sources, customers)
            return apply(model, rows, names)

        def score(policy, model):
            if customers is None:
                proposed = factors._propose_first(window)
                if run:
                    run._note_proposed(proposed)
            rows = model._rows_sql(policy, window, factors, customers)
            return apply(model, rows, model._get_written())

        written = 0
        for part, model in self._get_models().items():
            work = score if part == "score" else fill
            counts = self._run_step(policy, run, part, work, model)
            written += counts["inserted"] + counts["updated"] + counts["deleted"]
        self._expect_many(False)
        return written

    @api.model
    def _expect_many(self, is_whole):
        """Tell the planner whether the statements to come join whole tables.

        It takes the grouped rows of a source for a handful; with all customers it
        would then look each one of them up in all rows of another source.
        """
        value = "off" if is_whole else "on"
        self.env.cr.execute(
            SQL("SELECT set_config('enable_nestloop', %s, true)", value)
        )

    @api.model
    def _run_step(self, policy, run, step, work, *args):
        """Do ``work(policy, *args)``; let the screens and the run know of it."""
        started = time.monotonic()
        self.env["crm.scorecard.run"]._tell_progress(policy.company_id, step)
        try:
            counts = work(policy, *args) or {}
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # the run keeps the text
            raise RuntimeError(f"{step}: {error}") from error
        if run:
            run._add_part(step, counts, time.monotonic() - started)
        return counts

    @api.model
    def _snapshot(self, policy, run, month_end):
        """Add the scores as of ``month_end`` to the history, after the core's.

        The core left the customers and figures of that day in its table.
        """
        company = policy.company_id
        today = self.env["crm.sale.fact"]._get_today(company)
        is_old = (today - month_end).days > PAST_DAYS
        window = self._get_window(company, month_end, is_past=True)
        factors = self.env["crm.scorecard.factor"]._ensure(company)
        sources = self._get_active_sources(only_dated=is_old)
        self._run_step(policy, run, "prepare", self._prepare, window, None)
        self._expect_many(True)
        relations = {}
        for part, model in self.env["crm.scorecard.part"]._get_parts().items():
            rows, names = self._rows_sql(company, window, model, sources, None)
            table = f"crm_scorecard_past_{part}"
            self._run_step(policy, run, part, self._keep, table, rows)
            relations[part] = table, names
        rows = self.env["crm.seven.p.score"]._scores_sql(
            policy, window, factors, None, relations
        )
        self._run_step(policy, run, "score", self._keep, "crm_seven_p_scored", rows)
        history = self.env["crm.seven.p.score.history"]
        added = history._store_month_end(company, month_end)
        self._expect_many(False)
        return added

    @api.model
    def _keep(self, _policy, name, rows):
        """Keep ``rows`` for this transaction."""
        self.env["crm.scorecard.engine"]._make_table(name, rows)

    # --- WINDOW

    @api.model
    def _get_window(self, company, as_of, is_past=False):
        """Return the :class:`Window` of the 12 months that end with ``as_of``."""
        facts = self.env["crm.sale.fact"]
        start, former_start = window_days(as_of)
        start_instant, end_instant = facts._get_utc_bounds(company, start, as_of)
        former = facts._get_day_start(former_start, company)
        return Window(
            as_of, start, former_start, start_instant, former, end_instant, is_past
        )

    # --- STEP 1: CHANGED

    @api.model
    def _collect_changed(self, policy, counts, since):
        """Keep the customers to look at in a table; return how many they are."""
        core = SQL("SELECT customer_id FROM crm_scorecard_changed")
        if counts.get("changed") is not None:
            core = SQL("SELECT UNNEST(%s::int[]) AS customer_id", counts["changed"])
        registry = self.env["crm.scorecard.source"]
        changed = {s.changed for s in self._get_active_sources() if s.changed}
        statements = [
            SQL(
                "SELECT customer_id FROM (%s) AS found",
                getattr(registry, name)(policy.company_id, since),
            )
            for name in sorted(changed)
        ]
        customers = SQL(
            "SELECT DISTINCT customer_id FROM (%s) AS found WHERE customer_id > 0",
            SQL(" UNION ALL ").join([core, *statements]),
        )
        engine = self.env["crm.scorecard.engine"]
        engine._make_table("crm_scorecard_part_changed", customers)
        count = SQL("SELECT COUNT(*) FROM crm_scorecard_part_changed")
        return self.env.execute_query(count)[0][0]

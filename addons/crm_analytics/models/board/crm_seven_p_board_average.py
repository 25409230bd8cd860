from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_seven_p_board import SCORES


class CrmSevenPBoard(models.AbstractModel):
    """Means of many customers: kept for the company, read for everything else.

    Whoever sees all customers of the company gets what the last full refresh kept in
    ``crm.seven.p.summary``; for a segment, or for some of the customers, the rows that
    the reader may see are read.
    """

    _inherit = "crm.seven.p.board"

    @api.model
    def _get_means(self, asked, segment=None):
        """Return ``{score: mean}`` of the company or a segment, None without rows."""
        if not segment and asked.kept:
            return asked.kept.figures["scores"]
        domain = self._get_counted_domain(asked.company)
        if segment:
            domain &= Domain("partner_id.segment_ids", "in", segment.ids)
        return self._read_means("crm.seven.p.score", domain)

    @api.model
    def _get_former(self, asked):
        """Return ``{score: mean}`` of the month end a year ago, None without rows."""
        if asked.kind == "company" and asked.kept:
            return asked.kept.figures["former"]
        domain = (
            asked.domain
            & Domain("date_start", "<=", asked.year_ago)
            & (Domain("date_end", "=", False) | Domain("date_end", ">", asked.year_ago))
        )
        return self._read_means("crm.seven.p.score.history", domain)

    @api.model
    def _read_means(self, model_name, domain):
        """Return the means of the scores, None where nobody has any."""
        [[count, *means]] = self.env[model_name]._read_group(
            domain, [], ["__count", *(f"{name}:avg" for name in SCORES)]
        )
        if not count:
            return None
        return {
            name: None if mean is None or mean is False else round(float(mean))
            for name, mean in zip(SCORES, means, strict=True)
        }

    @api.model
    def _find_kept(self, company):
        """Return the row that was kept, for whoever sees everybody, else none."""
        summaries = self.env["crm.seven.p.summary"]
        if not self.env["res.partner"]._get_own_care_domain().is_true():
            return summaries
        return summaries.search([("company_id", "=", company.id)], limit=1)

    # --- FIGURES

    @api.model
    def _get_totals(self, asked):
        """Return ``{"part.column": (sum or mean, number of customers)}``."""
        if asked.kind == "company" and asked.kept:
            return asked.kept.figures["totals"]
        return self._read_totals(asked.domain)

    @api.model
    def _read_totals(self, domain):
        columns = {}
        for places in self._get_figure_columns().values():
            for table, name in places:
                columns.setdefault(table, {})[name] = True
        totals = {}
        for table, names in columns.items():
            totals |= self._read_table_totals(table, list(names), domain)
        return totals

    @api.model
    def _read_table_totals(self, table, columns, domain):
        model = self._get_part(table)
        summed = [name for name in columns if self._get_aggregator(model, name)]
        if not summed:
            return {}
        specs = [f"{name}:{self._get_aggregator(model, name)}" for name in summed]
        specs += [f"{name}:count" for name in summed]
        [[count, *found]] = model._read_group(domain, [], ["__count", *specs])
        figures, known = found[: len(summed)], found[len(summed) :]
        return {
            f"{table}.{name}": [figure, count]
            for name, figure, number in zip(summed, figures, known, strict=True)
            # the mean of nothing is not 0
            if number
        }

    @api.model
    def _get_aggregator(self, model, name):
        """Return how many customers' figures become one: a sum of money, else a mean.

        An average stays one; days, choices and links have none.
        """
        field = model._fields[name]
        if field.type == "monetary":
            return "avg" if field.aggregator == "avg" else "sum"
        return "avg" if field.type in ("integer", "float") else None

    # --- WHO COUNTS

    @api.model
    def _get_counted_domain(self, company):
        """Return the customers of whom means, totals and lists of many are made.

        Archived customers keep their figures, but count nowhere: neither here nor in
        the grids and the analysis.
        """
        return Domain("company_id", "=", company.id) & Domain(
            "partner_id.active", "=", True
        )

    # --- FACTORS

    @api.model
    def _get_mean_points(self, asked):
        """Return the mean points of the factors, in the order of their slots."""
        if asked.kind == "company" and asked.kept and "points" in asked.kept.figures:
            return asked.kept.figures["points"]
        return self._read_mean_points(asked.company, asked.domain)

    @api.model
    def _read_mean_points(self, company, domain):
        factors = self.env["crm.scorecard.factor"]._ensure(company)
        count = max(factors.mapped("slot"), default=0)
        if not count:
            return []
        scores = self.env["crm.seven.p.score"]
        scores.flush_model(["points"])
        query = scores._search(domain)
        points = SQL.identifier(query.table, "points")
        means = (SQL("AVG(%s[%s])::float8", points, slot + 1) for slot in range(count))
        [row] = self.env.execute_query(query.select(*means))
        return [None if mean is None else round(mean, 1) for mean in row]

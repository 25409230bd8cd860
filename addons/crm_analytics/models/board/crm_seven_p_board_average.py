from odoo import api, models
from odoo.fields import Domain

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
        if not segment:
            kept = self._get_kept(asked)
            if kept:
                return kept["scores"]
        domain = Domain("company_id", "=", asked.company.id)
        if segment:
            domain &= Domain("partner_id.segment_ids", "in", segment.ids)
        return self._read_means("crm.seven.p.score", domain)

    @api.model
    def _get_former(self, asked):
        """Return ``{score: mean}`` of the month end a year ago, None without rows."""
        if asked.kind == "company":
            kept = self._get_kept(asked)
            if kept:
                return kept["former"]
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
    def _get_kept(self, asked):
        """Return what the last full refresh kept, for whoever sees everybody."""
        if not self.env["res.partner"]._get_own_care_domain().is_true():
            return None
        summary = self.env["crm.seven.p.summary"].search(
            [("company_id", "=", asked.company.id)], limit=1
        )
        return summary.figures or None

    # --- FIGURES

    @api.model
    def _get_totals(self, asked):
        """Return ``{"part.column": (sum or mean, number of customers)}``."""
        if asked.kind == "company":
            kept = self._get_kept(asked)
            if kept:
                return kept["totals"]
        return self._read_totals(asked.domain)

    @api.model
    def _read_totals(self, domain):
        totals = {}
        for part, columns in self._get_figure_columns().items():
            totals |= self._read_part_totals(part, columns, domain)
        return totals

    @api.model
    def _read_part_totals(self, part, columns, domain):
        model = self._get_part(part)
        summed = [name for name in columns if self._get_aggregator(model, name)]
        if not summed:
            return {}
        specs = [f"{name}:{self._get_aggregator(model, name)}" for name in summed]
        specs += [f"{name}:count" for name in summed]
        [[count, *found]] = model._read_group(domain, [], ["__count", *specs])
        figures, known = found[: len(summed)], found[len(summed) :]
        return {
            f"{part}.{name}": [figure, count]
            for name, figure, number in zip(summed, figures, known, strict=True)
            # the mean of nothing is not 0
            if number
        }

    @api.model
    def _get_aggregator(self, model, name):
        """Return how many customers' figures become one: a sum of money, else a mean.

        Days, choices and links have none.
        """
        field = model._fields[name]
        if field.type == "monetary":
            return "sum"
        return "avg" if field.type in ("integer", "float") else None

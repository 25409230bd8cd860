from math import fsum

from odoo import api, models
from odoo.tools import SQL


def _total(figures):
    """Return the sum; of money without the noise beyond its decimals."""
    known = [figure for figure in figures if figure is not None]
    whole = all(isinstance(figure, int) for figure in known)
    return sum(known) if whole else round(fsum(known), 6)


class CrmSumsMixin(models.AbstractModel):
    """Pivots of sums over very many rows, read from their finest grouping.

    The host lets the database work out all levels of a pivot at once, which sorts
    every row. Where all figures are sums or the number of rows, and each level is the
    beginning of the next finer one, the finest level is enough: the database groups it
    by numbers, without sorting, and the other levels are added up here. Whatever is
    not as simple as that goes the host's way.
    """

    _name = "crm.sums.mixin"
    _description = "Sums of Pivots"

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """Read the sums of the finest grouping only and add them up to the others."""
        sets = [tuple(groupby) for groupby in grouping_sets]
        finest = max(sets, key=len, default=())
        sums = self._get_sums(aggregates)
        is_tree = all(groupby == finest[: len(groupby)] for groupby in sets)
        is_plain = bool(finest) and all(map(self._is_plain_group, finest))
        if sums and is_tree and is_plain and order in (None, ", ".join(finest)):
            self._prepare_planner()
            # ordered by a number, as the order of the groups would be grouped by too
            rows = self._read_group(domain, finest, sums, order="__count")
            if rows:
                rows = self._sort_groups(rows, len(finest))
                return [
                    self._add_up(rows, len(groupby), sums, aggregates)
                    for groupby in sets
                ]
        return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)

    @api.model
    def _is_plain_group(self, name):
        """Return whether ``name`` is a stored link to one record."""
        field = self._fields.get(name)
        return bool(field and field.type == "many2one" and field.store)

    @api.model
    def _prepare_planner(self):
        """Spare the database what takes longer than it saves in one short query."""
        self.env.cr.execute(
            SQL(
                """SELECT set_config('work_mem', '64MB', true),
                          set_config('jit', 'off', true)"""
            )
        )

    @api.model
    def _sort_groups(self, rows, depth):
        """Sort by the records of the first ``depth`` values, no record at the end."""
        ranks = [
            self._rank_records({row[place] for row in rows}) for place in range(depth)
        ]
        return sorted(
            rows,
            key=lambda row: [
                rank.get(record.id, len(rank))
                for rank, record in zip(ranks, row, strict=False)
            ],
        )

    @api.model
    def _rank_records(self, records):
        """Return ``{id: place}`` in the order of their model, as the host's SQL has it.

        The order alone is looked up, of archived and hidden records too.
        """
        model = next(iter(records)).browse().sudo()  # style: CRM109 order of known ids
        ids = [record.id for record in records if record]
        found = model.with_context(active_test=False).search([("id", "in", ids)])
        return {record_id: place for place, record_id in enumerate(found.ids)}

    @api.model
    def _get_sums(self, aggregates):
        """Return the sums from which all ``aggregates`` follow, or None.

        A reader whose companies share one currency needs no conversion.
        """
        sums = [a for a in aggregates if a == "__count" or a.endswith(":sum")]
        follow = {"currency_id:array_agg_distinct", *sums}
        follow |= {f"{a}_currency" for a in sums}
        one_currency = not self.env.su and len(self.env.companies.currency_id) == 1
        return sums if one_currency and follow.issuperset(aggregates) else None

    @api.model
    def _add_up(self, rows, depth, sums, aggregates):
        """Add up ``rows`` that agree in their first ``depth`` values, in order."""
        groups = {}
        for row in rows:
            groups.setdefault(row[:depth], []).append(row[-len(sums) :])
        currencies = self.env.company.currency_id.ids
        result = []
        for key, members in groups.items():
            totals = [_total(figures) for figures in zip(*members, strict=True)]
            figures = dict(zip(sums, totals, strict=True))
            figures |= {f"{name}_currency": total for name, total in figures.items()}
            figures["currency_id:array_agg_distinct"] = currencies
            result.append((*key, *(figures[aggregate] for aggregate in aggregates)))
        return result

from math import fsum

from odoo import api, models
from odoo.models import READ_GROUP_TIME_GRANULARITY
from odoo.tools import SQL, unique


def _total(figures):
    """Return the sum; of money without the noise beyond its decimals."""
    known = [figure for figure in figures if figure is not None]
    whole = all(isinstance(figure, int) for figure in known)
    return sum(known) if whole else round(fsum(known), 6)


class CrmSumsMixin(models.AbstractModel):
    """Pivots of sums over very many rows, read from their finest grouping.

    The host lets the database work out all levels of a pivot at once, which sorts
    every row. Where all figures are sums or the number of rows, and one level has all
    the groupings of the others, that level is enough: the database groups it by plain
    values, without sorting, and the other levels are added up here. Whatever is not as
    simple as that goes the host's way.
    """

    _name = "crm.sums.mixin"
    _description = "Sums of Pivots"
    _inherit = ["crm.screen.read.mixin"]

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """Read the sums of the finest grouping only and add them up to the others."""
        sets = [tuple(groupby) for groupby in grouping_sets]
        finest = tuple(unique(spec for groupby in sets for spec in groupby))
        sums = self._get_sums(aggregates)
        has_finest = finest and len(finest) == max(len(set(s)) for s in sets)
        is_plain = has_finest and all(map(self._is_plain_group, finest))
        if sums and is_plain and order in (None, ", ".join(finest)):
            self._prepare_planner()
            # ordered by a number, as the order of the groups would be grouped by too
            rows = self._read_group(domain, finest, sums, order="__count")
            if rows:
                ranks = [
                    self._rank_values(spec, {row[place] for row in rows})
                    for place, spec in enumerate(finest)
                ]
                return [
                    self._add_up(
                        rows, [finest.index(s) for s in groupby], ranks, aggregates
                    )
                    for groupby in sets
                ]
        return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)

    @api.model
    def _is_plain_group(self, spec):
        """Return whether ``spec`` is a stored link, a choice or a span of days."""
        name, _colon, granularity = spec.partition(":")
        field = self._fields.get(name)
        if not field or not field.store:
            return False
        if granularity:
            is_span = granularity in READ_GROUP_TIME_GRANULARITY
            return is_span and field.type in ("date", "datetime")
        return field.type in ("many2one", "selection")

    @api.model
    def _rank_values(self, spec, values):
        """Return ``{value: place}`` in the host's order, nothing at the end."""
        known = [value for value in values if value]
        if ":" in spec:
            known.sort()
        elif self._fields[spec].type == "selection":
            statement = SQL("SELECT v FROM UNNEST(%s::text[]) v ORDER BY v", known)
            known = [value for [value] in self.env.execute_query(statement)]
        else:
            places = self._rank_records(values)
            return {value: places.get(value.id, len(places)) for value in values}
        places = {value: place for place, value in enumerate(known)}
        return {value: places.get(value, len(places)) for value in values}

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
    def _add_up(self, rows, places, ranks, aggregates):
        """Add up ``rows`` that agree in the values at ``places``, in their order."""
        sums = self._get_sums(aggregates)
        groups = {}
        for row in rows:
            key = tuple(row[place] for place in places)
            groups.setdefault(key, []).append(row[len(ranks) :])
        order = sorted(range(len(places)), key=places.__getitem__)
        currencies = self.env.company.currency_id.ids
        result = []
        for key in sorted(
            groups, key=lambda key: [ranks[places[i]][key[i]] for i in order]
        ):
            totals = [_total(figures) for figures in zip(*groups[key], strict=True)]
            figures = dict(zip(sums, totals, strict=True))
            figures |= {f"{name}_currency": total for name, total in figures.items()}
            figures["currency_id:array_agg_distinct"] = currencies
            result.append((*key, *(figures[aggregate] for aggregate in aggregates)))
        return result

from math import fsum

from odoo import api, fields, models
from odoo.tools import SQL

# Groups whose sums can be added up without the host's help
MANY2ONE = {"segmentation_id", "segment_id", "rfm_group_id", "company_id"}


def _total(figures):
    """Return the sum; of money without the noise beyond its decimals."""
    whole = all(isinstance(figure, int) for figure in figures)
    return sum(figures) if whole else round(fsum(figures), 6)


class CrmSegmentScorecardReport(models.Model):
    """One row per current segment membership and scorecard: the figures by segment.

    A customer in segments of two schemes has two rows, so sums are right within one
    scheme; the screens group or filter by scheme.
    """

    _name = "crm.segment.scorecard.report"
    _description = "Scorecards by Segment"
    _inherit = ["crm.lifecycle.dimension.mixin"]
    _auto = False
    _order = "revenue desc, id"
    _depends = {
        "crm.segment.membership": [
            "partner_id",
            "segment_id",
            "segmentation_id",
            "company_id",
            "date_end",
        ],
        "crm.customer.scorecard": [
            "partner_id",
            "company_id",
            "active",
            "order_count",
            "revenue",
            "margin",
            "last_order_date",
            "rfm_group_id",
        ],
    }

    segmentation_id = fields.Many2one("crm.segmentation", "Scheme", readonly=True)
    segment_id = fields.Many2one("crm.segment", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    rfm_group_id = fields.Many2one("crm.rfm.group", "RFM group", readonly=True)
    last_order_date = fields.Date("Last order", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    revenue = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True)

    @api.model
    def _open_figures(self):
        """Return the action, filtered by one scheme: only so do its totals add up."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_segment_scorecard_report_action"
        )
        scheme = self.search([], order="segmentation_id desc", limit=1).segmentation_id
        if scheme:
            action["context"] = {"search_default_segmentation_id": scheme.id}
        return action

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """SELECT m.id::bigint * 100000 + c.company_id AS id,
                      m.segmentation_id, m.segment_id, c.partner_id, c.company_id,
                      c.rfm_group_id, c.last_order_date, c.order_count, c.revenue,
                      c.margin"""
        )

    @api.model
    def _from(self) -> SQL:
        return SQL(
            """FROM crm_segment_membership m
               JOIN crm_customer_scorecard c ON c.partner_id = m.partner_id
                AND (m.company_id IS NULL OR m.company_id = c.company_id)"""
        )

    @api.model
    def _where(self) -> SQL:
        return SQL("WHERE m.date_end IS NULL AND c.active")

    # --- PIVOT

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """Read the sums of the finest grouping only and add them up to the others.

        The database then groups once and by numbers, which several of its processes
        can share, instead of sorting the row of every membership.
        """
        sets = [tuple(groupby) for groupby in grouping_sets]
        finest = max(sets, key=len)
        sums = self._get_sums(aggregates)
        is_tree = all(groupby == finest[: len(groupby)] for groupby in sets)
        is_plain = all(name in MANY2ONE for name in finest)
        if sums and is_tree and is_plain and order in (None, ", ".join(finest)):
            # ordered by a number, as the order of the groups would be grouped by too
            rows = self._read_group(domain, finest, sums, order="__count")
            rows = self._sort_groups(rows, len(finest))
            if rows:
                return [
                    self._add_up(rows, len(groupby), sums, aggregates)
                    for groupby in sets
                ]
        return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)

    @api.model
    def _sort_groups(self, rows, depth):
        """Sort by the records of the first ``depth`` values, no record at the end."""
        ranks = []
        for place in range(depth):
            records = rows[0][place].browse() if rows else self
            for row in rows:
                records |= row[place]
            ranks.append({record: rank for rank, record in enumerate(records.sorted())})
        return sorted(
            rows,
            key=lambda row: [
                rank.get(record, len(rank))
                for rank, record in zip(ranks, row, strict=False)
            ],
        )

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

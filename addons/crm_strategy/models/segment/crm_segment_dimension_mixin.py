from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSegmentDimensionMixin(models.AbstractModel):
    """Makes the customer's present segments a dimension of a report.

    The memberships are joined only where segments are asked for, those that the
    reader may see. As with tags in the host, a customer of two segments counts in
    both, and in their total twice: filter by a segment or a scheme where the total
    matters.

    The report has ``partner_id`` (the customer) and ``company_id``.
    """

    _name = "crm.segment.dimension.mixin"
    _description = "Segment as a Dimension"

    segment_id = fields.Many2one(
        "crm.segment",
        compute="_compute_segment_id",
        search="_search_segment_id",
        help="A segment to which the customer belongs now. When grouped by segment, a "
        "customer in several segments counts in each of them.",
    )

    @api.depends("partner_id.segment_ids")
    def _compute_segment_id(self):
        for row in self:
            row.segment_id = row.partner_id.segment_ids[:1]

    @api.model
    def _search_segment_id(self, operator, value):
        return [("partner_id.segment_ids", operator, value)]

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "segment_id" or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        place = query.make_alias(alias, "membership")
        memberships = self.env["crm.segment.membership"]._search(
            Domain("date_end", "=", False)
        )
        columns = (
            SQL.identifier(memberships.table, name)
            for name in ("partner_id", "company_id", "segment_id")
        )
        condition = SQL(
            "%s = %s AND COALESCE(%s, %s) = %s",
            SQL.identifier(place, "partner_id"),
            SQL.identifier(alias, "partner_id"),
            SQL.identifier(place, "company_id"),
            SQL.identifier(alias, "company_id"),
            SQL.identifier(alias, "company_id"),
        )
        query.add_join("LEFT JOIN", place, memberships.subselect(*columns), condition)
        return SQL.identifier(place, "segment_id")

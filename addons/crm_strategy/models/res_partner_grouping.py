from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """Lists of partners grouped by what a customer is now: his segments, his roles.

    The host groups by stored relations only. Here the dated rows that the reader may
    see are joined, each customer and value once; a contact goes with his company.
    """

    _inherit = "res.partner"

    @api.model
    def _get_dated_groups(self):
        """Return ``{field: (model of the rows, column of the value, domain)}``."""
        return {
            "segment_ids": (
                "crm.segment.membership",
                "segment_id",
                [("date_end", "=", False)],
            )
        }

    def _read_group_groupby(self, alias, groupby_spec, query):
        dated = self._get_dated_groups().get(groupby_spec)
        if not dated:
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields[groupby_spec], "read")
        model_name, value, domain = dated
        rows = self.env[model_name]._search(domain)
        values = self.env[self._fields[groupby_spec].comodel_name]._search([])
        now = SQL(
            "(SELECT DISTINCT partner_id, %(value)s FROM %(rows)s r "
            "WHERE %(value)s IN %(values)s)",
            value=SQL.identifier(value),
            rows=rows.subselect(
                SQL.identifier(rows.table, "partner_id"),
                SQL.identifier(rows.table, value),
            ),
            values=values.subselect(),
        )
        joined = query.make_alias(alias, groupby_spec)
        condition = SQL(
            "%s = %s",
            SQL.identifier(joined, "partner_id"),
            self._field_to_sql(alias, "commercial_partner_id", query),
        )
        query.add_join("LEFT JOIN", joined, now, condition)
        return SQL.identifier(joined, value)

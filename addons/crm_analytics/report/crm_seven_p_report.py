from odoo import api, fields, models
from odoo.tools import SQL

#: Columns of the customer's scorecard that the report shows as well
CARD = (
    "active",
    "last_order_date",
    "order_count",
    "revenue",
    "margin",
    "recency_score",
    "frequency_score",
    "monetary_score",
    "rfm_code",
    "rfm_group_id",
)
#: Columns that another part has too, by the name that the report gives them
RENAMED = {"promotion_contact_count": ("promotion", "contact_count")}


class CrmSevenPReport(models.Model):
    """All 7 P of a customer side by side: one row per scorecard.

    The parts are joined by their unique keys; the database leaves out a join of which
    no column is asked for. Columns that another add-on brings to a part are here too;
    of two parts with a column of the same name the first one's is shown.
    """

    _name = "crm.seven.p.report"
    _description = "7 P Report"
    _inherit = [
        "crm.scorecard.mixin",
        "crm.sums.mixin",
        "crm.lifecycle.dimension.mixin",
        "crm.seven.p.score",
        "crm.scorecard.profiling",
        "crm.scorecard.persistency",
        "crm.scorecard.profitability",
        "crm.scorecard.performance",
        "crm.scorecard.prospecting",
        "crm.scorecard.product",
        "crm.scorecard.promotion",
    ]
    _auto = False
    _order = "revenue desc, id"

    active = fields.Boolean(readonly=True)
    promotion_contact_count = fields.Integer(
        "Contacts with the customer", readonly=True
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _get_tables(self):
        """Return ``{alias: model}`` of the tables that are joined to the scorecard."""
        parts = self.env["crm.scorecard.part"]._get_parts()
        return {"score": self.env["crm.seven.p.score"], **parts}

    @api.model
    def _get_places(self):
        """Return ``{column: (alias, column there)}``."""
        places = {name: ("card", name) for name in ("id", "partner_id", "company_id")}
        places |= {name: ("card", name) for name in CARD}
        for alias, model in self._get_tables().items():
            for name, field in model._fields.items():
                if field.store and field.column_type and name in self._fields:
                    places.setdefault(name, (alias, name))
        places |= {
            name: (part, column)
            for name, (part, column) in RENAMED.items()
            if column in self.env["crm.scorecard.part"]._get_part_model(part)._fields
        }
        return places

    @api.model
    def _select(self) -> SQL:
        places = self._get_places()
        listed = [
            SQL("%s AS %s", SQL.identifier(*place), SQL.identifier(name))
            for name, place in places.items()
        ]
        missing = [
            SQL("NULL::int4 AS %s", SQL.identifier(name))
            for name in RENAMED
            if name not in places
        ]
        return SQL("SELECT %s", SQL(", ").join(listed + missing))

    @api.model
    def _from(self) -> SQL:
        joins = [
            SQL(
                """LEFT JOIN %(table)s %(alias)s
                          ON %(alias)s.partner_id = card.partner_id
                         AND %(alias)s.company_id = card.company_id""",
                table=SQL.identifier(model._table),
                alias=SQL.identifier(alias),
            )
            for alias, model in self._get_tables().items()
        ]
        return SQL("FROM crm_customer_scorecard card %s", SQL(" ").join(joins))

    def action_view_score(self):
        """Open the scores of the customer with their explanation."""
        self.ensure_one()
        scores = self.env["crm.seven.p.score"]
        own = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.seven.p.score",
            "res_id": scores.search(own, limit=1).id,
            "views": [[False, "form"]],
        }

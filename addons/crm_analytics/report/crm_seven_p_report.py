from odoo import api, fields, models
from odoo.tools import SQL

from ..models.res_partner import GROUPS
from ..models.seven_p.known_float import KnownFloat

#: Columns of the customer's scorecard that the report shows as well
CARD = (
    "active",
    "last_order_date",
    "order_count",
    "is_repeat",
    "average_order",
    "interval_mean",
    "next_order_date",
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
        "crm.segment.dimension.mixin",
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
    is_repeat = fields.Boolean("Repeat buyer", readonly=True)
    average_order = fields.Monetary(
        "Average order",
        readonly=True,
        aggregator="avg",
        help="Revenue divided by the number of orders.",
    )
    interval_mean = KnownFloat(
        "Purchase interval (days)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Mean number of days between consecutive purchase days.",
    )
    next_order_date = fields.Date(
        "Next order due",
        readonly=True,
        help="Last order plus the mean purchase interval.",
    )
    promotion_contact_count = fields.Integer(
        "Contacts with the customer", readonly=True
    )
    best_offer_id = fields.Many2one(
        "crm.next.best.offer",
        "Offer next",
        compute="_compute_best_offer_id",
        help="The best open proposal for the customer.",
    )
    segment_id = fields.Many2one(groups=GROUPS)

    @api.depends("partner_id", "company_id")
    def _compute_best_offer_id(self):
        """One statement for all customers of a company."""
        board = self.env["crm.seven.p.board"]
        for company, rows in self.grouped("company_id").items():
            offers = board._get_offers(company, rows.partner_id)
            for row in rows:
                row.best_offer_id = offers.get(row.partner_id.id)

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

    def action_assign_owner(self):
        """Open the window that gives these customers a salesperson."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_customer_owner_action"
        )
        action["context"] = {"default_partner_ids": self.partner_id.ids}
        return action

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

from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.timeline import begins_after, read_cursor

PAGE = 20


class CrmCustomerPage(models.AbstractModel):
    """Everything that happened with a customer, newest first, page by page.

    One statement: each source gives its own latest entries, and of these the latest
    are kept. Modules add a source by overriding :meth:`_get_timeline_sources`:

    ``key``; ``filter`` (key of :meth:`_get_timeline_filters`); ``label``; ``icon``;
    ``model``; ``domain``; ``moment`` (SQL over the model's table), ``is_day`` if that
    is a day and no time; ``title`` (SQL); optional ``amount`` and ``currency`` (SQL);
    optional ``state`` (SQL) with ``labels`` and ``tones`` by value.

    The reader gets what he may read; a model that he may not read is no source, unless
    the source ``is_for_all`` who may read the customer: its entries open nothing then.
    """

    _inherit = "crm.customer.page"

    # --- TO EXTEND

    @api.model
    def _get_timeline_filters(self):
        """Return the filters of the screen: ``key``, ``label``."""
        return [
            {"key": "sales", "label": self.env._("Sales")},
            {"key": "delivery", "label": self.env._("Deliveries")},
            {"key": "money", "label": self.env._("Invoices and Payments")},
            {"key": "service", "label": self.env._("Service")},
            {"key": "other", "label": self.env._("Needs and Lifecycle")},
        ]

    @api.model
    def _get_timeline_sources(self, scope):
        return []

    # --- CALLED BY THE SCREEN

    @api.model
    @api.readonly
    def get_timeline(self, partner_id, filters=False, cursor=False, company_id=False):
        """Return a page of the timeline: ``entries`` and ``next``, a cursor or False.

        :param filters: keys of filters to keep; all if empty
        :param cursor: the ``next`` of the page before
        """
        self.env["crm.screen.read.mixin"]._prepare_planner()
        scope = self._get_scope(partner_id, company_id)
        return self._get_timeline_page(scope, filters, cursor)

    # --- PAGE

    @api.model
    def _get_timeline_page(self, scope, filters=False, cursor=False, limit=PAGE):
        sources = [
            source
            for source in self._get_timeline_sources(scope)
            if (not filters or source["filter"] in filters)
            and (
                source.get("is_for_all") or self.env[source["model"]].has_access("read")
            )
        ]
        if not sources:
            return {"entries": [], "next": False}
        rows = self._fetch_timeline(scope, sources, cursor, limit + 1)
        entries = [self._prepare_entry(sources[row["place"]], row) for row in rows]
        cursor = False
        if len(rows) > limit:
            last = rows[limit - 1]
            cursor = [last["cursor"], sources[last["place"]]["key"], last["id"]]
        return {"entries": entries[:limit], "next": cursor}

    @api.model
    def _fetch_timeline(self, scope, sources, cursor, limit):
        """Return the next rows of all sources, by one statement."""
        places = {source["key"]: place for place, source in enumerate(sources)}
        try:
            after = read_cursor(cursor, places)
            if after:
                datetime.fromisoformat(after[0])
        except ValueError as error:
            raise UserError(
                self.env._("The timeline has changed. Reload the page.")
            ) from error
        parts = [
            SQL("(%s)", self._timeline_source_sql(scope, place, source, after, limit))
            for place, source in enumerate(sources)
        ]
        return self.env.execute_query_dict(
            SQL(
                """SELECT *, moment::text AS cursor FROM (%s) entry
                 ORDER BY moment DESC, place, id DESC LIMIT %s""",
                SQL(" UNION ALL ").join(parts),
                limit,
            )
        )

    @api.model
    def _timeline_source_sql(self, scope, place, source, after, limit) -> SQL:
        """Return the latest entries of one source, after the cursor.

        ``OFFSET 0`` keeps the customer's rows found by the index on the customer:
        read by the index on the date, a customer who bought long ago would cost a
        walk through everybody's documents.
        """
        model = self.env[source["model"]]
        if source.get("is_for_all"):
            model = model.sudo()  # style: CRM109 what a source shows to all readers
        model.flush_model()
        domain = Domain(source["domain"])
        if "company_id" in model._fields:
            domain &= Domain("company_id", "in", [False, scope.company.id])
        query = model._search(domain)
        moment, day = source["moment"], SQL("NULL::text")
        if source.get("is_day"):
            day = SQL("(%s)::text", moment)
            zone = self.env["crm.sale.fact"]._get_timezone(scope.company)
            moment = SQL(
                "((%s)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", moment, zone
            )
        columns = [
            SQL("%s AS place", place),
            SQL("%s AS id", SQL.identifier(query.table, "id")),
            SQL("(%s)::timestamp AS moment", moment),
            SQL("%s AS day", day),
            SQL("(%s)::text AS title", source["title"]),
            SQL("(%s)::float8 AS amount", source.get("amount") or SQL("NULL")),
            SQL("(%s)::int AS currency_id", source.get("currency") or SQL("NULL")),
            SQL("(%s)::text AS state", source.get("state") or SQL("NULL")),
        ]
        return SQL(
            """SELECT * FROM (%s OFFSET 0) s
                WHERE moment IS NOT NULL AND %s
             ORDER BY moment DESC, id DESC LIMIT %s""",
            query.select(*columns),
            self._after_cursor_sql(place, after),
            limit,
        )

    @api.model
    def _after_cursor_sql(self, place, after) -> SQL:
        if not after:
            return SQL("TRUE")
        moment, cursor_place, number = after
        how = begins_after(place, cursor_place)
        if how == "earlier":
            return SQL("moment < %s::timestamp", moment)
        if how == "same":
            return SQL("(moment, id) < (%s::timestamp, %s)", moment, number)
        return SQL("moment <= %s::timestamp", moment)

    @api.model
    def _prepare_entry(self, source, row):
        state = row["state"]
        can_open = self.env[source["model"]].has_access("read")
        return {
            "key": f"{source['key']}{row['id']}",
            "kind": source["key"],
            "filter": source["filter"],
            "label": source["label"],
            "icon": source["icon"],
            "date": row["day"] or fields.Datetime.to_string(row["moment"]),
            "date_type": "date" if row["day"] else "datetime",
            "title": row["title"] or "",
            "amount": row["amount"] if row["currency_id"] else False,
            "currency_id": row["currency_id"] or False,
            "state": source.get("labels", {}).get(state, "") if state else "",
            "tone": source.get("tones", {}).get(state, ""),
            "model": can_open and source["model"],
            "id": row["id"],
        }

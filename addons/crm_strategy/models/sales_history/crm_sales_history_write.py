import json
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL


class CrmSalesHistoryImport(models.Model):
    """Writing of rows in sets. The rows are dicts with a value for each column,
    handed over as JSON, which PostgreSQL turns into the types of the table."""

    _inherit = "crm.sales.history.import"

    @api.model
    def _insert_rows(self, table, rows):
        """Insert dicts with equal keys into ``table``; ids come from the rows or
        from the sequence."""
        if not rows:
            return
        names = list(rows[0])
        columns = SQL(", ").join(map(SQL.identifier, names))
        self.env.cr.execute(
            SQL(
                """INSERT INTO %s (%s)
                   SELECT %s FROM jsonb_populate_recordset(NULL::%s, %s)""",
                SQL.identifier(table),
                columns,
                columns,
                SQL.identifier(table),
                json.dumps(rows, default=str),
            )
        )

    def _next_ids(self, table, count):
        rows = self.env.execute_query(
            SQL(
                """SELECT nextval(pg_get_serial_sequence(%s, 'id'))
                     FROM generate_series(1, %s)""",
                table,
                count,
            )
        )
        return [new_id for (new_id,) in rows]

    def _insert_orders(self, orders):
        ids = self._next_ids("sale_order", len(orders))
        lines = []
        for order, order_id in zip(orders, ids, strict=True):
            order["order"]["id"] = order_id
            lines += [line | {"order_id": order_id} for line in order["lines"]]
        self._insert_rows("sale_order", [order["order"] for order in orders])
        self._insert_lines(lines)

    def _insert_lines(self, lines):
        ids = self._next_ids("sale_order_line", len(lines))
        self._insert_rows(
            "sale_order_line",
            [line | {"id": line_id} for line, line_id in zip(lines, ids, strict=True)],
        )

    def _read_existing(self, keys):
        """Return {key: stored order with its lines} of earlier imports."""
        orders = self.env.execute_query_dict(
            SQL(
                """SELECT id, name, sales_history_key, sales_history_import_id,
                          partner_id, date_order, create_date, create_uid, currency_id,
                          user_id
                     FROM sale_order
                    WHERE company_id = %s AND sales_history_source = %s
                      AND sales_history_key = ANY(%s)""",
                self.company_id.id,
                self.source,
                keys,
            )
        )
        lines = defaultdict(list)
        for line in self.env.execute_query_dict(
            SQL(
                """SELECT id, order_id, product_id, product_uom_qty, price_subtotal,
                          purchase_price
                     FROM sale_order_line WHERE order_id = ANY(%s)
                 ORDER BY sequence, id""",
                [order["id"] for order in orders],
            )
        ):
            lines[line["order_id"]].append(line)
        return {o["sales_history_key"]: o | {"lines": lines[o["id"]]} for o in orders}

    @api.model
    def _is_changed(self, new, old):
        """Return whether the file says something else than what is stored."""
        order = new["order"]
        names = ("partner_id", "date_order", "currency_id", "user_id")
        if any(order[name] != old[name] for name in names):
            return True
        if len(new["lines"]) != len(old["lines"]):
            return True
        for number, (line, stored) in enumerate(
            zip(new["lines"], old["lines"], strict=True)
        ):
            compared = ["product_uom_qty", "price_subtotal"]
            if number in new["with_cost"]:
                compared.append("purchase_price")
            if line["product_id"] != stored["product_id"] or any(
                abs((stored[name] or 0.0) - line[name]) > 1e-9 for name in compared
            ):
                return True
        return False

    def _update_orders(self, changed):
        """Bring stored orders in line with the file. They stay the orders of the
        import that created them, with their name and ids."""
        kept = ("name", "sales_history_import_id", "create_uid")
        orders, updated, added, dropped = [], [], [], []
        for new, old in changed:
            own = {name: old[name] for name in kept}
            orders.append(new["order"] | own | {"id": old["id"]})
            stored = [line["id"] for line in old["lines"]]
            for number, line in enumerate(new["lines"]):
                line = line | {"order_id": old["id"]}
                if number < len(stored):
                    updated.append(line | {"id": stored[number]})
                else:
                    added.append(line)
            dropped += stored[len(new["lines"]) :]
        self._update_rows("sale_order", orders)
        self._update_rows("sale_order_line", updated)
        self._insert_lines(added)
        if dropped:
            self.env.cr.execute(
                SQL("DELETE FROM sale_order_line WHERE id = ANY(%s)", dropped)
            )

    @api.model
    def _update_rows(self, table, rows):
        """Update rows by id from dicts with equal keys."""
        if not rows:
            return
        self._update_from_json(table, [n for n in rows[0] if n != "id"], rows)

    def _update_from_json(self, table, names, rows):
        """Set the columns ``names`` of rows of ``table``, found by their id."""
        assignments = SQL(", ").join(
            SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name))
            for name in names
        )
        self.env.cr.execute(
            SQL(
                """UPDATE %s old SET %s
                     FROM jsonb_populate_recordset(NULL::%s, %s) new
                    WHERE old.id = new.id""",
                SQL.identifier(table),
                assignments,
                SQL.identifier(table),
                json.dumps(rows, default=str),
            )
        )

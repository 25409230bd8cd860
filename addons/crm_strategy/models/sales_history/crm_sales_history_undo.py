import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

UNDO_ORDERS = 500
UNDO_RECORDS = 2000


class CrmSalesHistoryImport(models.Model):
    """Undoing an import: its orders go, then what it created for them.

    An order that anything else refers to (an invoice, a delivery, a document)
    forbids the undoing. Customers and products that are in use by now stay.
    """

    _inherit = "crm.sales.history.import"

    @api.model
    def _get_undo_ignored_models(self):
        """Return models whose links to orders, customers and products are derived
        and follow by themselves: add-ons that keep scores add theirs."""
        return [
            "crm.sales.history.import",
            "crm.sales.history.line",
            "crm.segment.membership",
            "product.value",  # made by the host along with each product
        ]

    def _check_undo(self):
        """Refuse to remove orders that something else refers to."""
        orders = SQL(
            "SELECT id FROM sale_order WHERE sales_history_import_id = %s", self.id
        )
        lines = SQL("SELECT id FROM sale_order_line WHERE order_id IN (%s)", orders)
        found = self._get_references("sale.order", orders)
        found += self._get_references("sale.order.line", lines)
        if found:
            raise UserError(
                self.env._(
                    "The import %(name)s cannot be undone, because its orders are in "
                    "use by: %(users)s. Remove those first.",
                    name=self.name,
                    users=", ".join(sorted(set(found))),
                )
            )

    def _get_references(self, model_name, ids: SQL):
        """Return the names of what refers to any of the records ``ids``."""
        table = self.env[model_name]._table
        found = []
        for source, column in self._get_foreign_keys(table):
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE %s IN (%s) LIMIT 1",
                    SQL.identifier(source),
                    SQL.identifier(column),
                    ids,
                )
            ):
                found.append(self._get_table_label(source))
        for source in ("ir_attachment", "mail_activity"):
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE res_model = %s AND res_id IN (%s) LIMIT 1",
                    SQL.identifier(source),
                    model_name,
                    ids,
                )
            ):
                found.append(self._get_table_label(source))
        return found

    def _get_foreign_keys(self, table):
        """Return (table, column) of what may refer to ``table`` from outside."""
        ignored = [
            self.env[name]._table
            for name in self._get_undo_ignored_models()
            if name in self.env
        ]
        ignored += [
            field.relation
            for field in self._fields.values()
            if field.type == "many2many" and field.store
        ]
        if table in ("sale_order", "sale_order_line"):
            ignored.append("sale_order_line")
        return self.env.execute_query(
            SQL(
                """SELECT c.conrelid::regclass::text, a.attname
                     FROM pg_constraint c
                     JOIN pg_attribute a
                       ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                    WHERE c.contype = 'f' AND c.confrelid = %s::regclass
                      AND c.conrelid::regclass::text <> ALL(%s)""",
                table,
                ignored,
            )
        )

    @api.model
    def _get_table_label(self, table):
        """Return the name of the model of a table as people know it."""
        for model in self.env.values():
            if not model._abstract and model._table == table:
                return self.env["ir.model"]._get(model._name).name
        return table

    def _undo_batch(self):
        """Remove one batch; return how many records went, 0 at the end."""
        orders = self.env["sale.order"].search(
            [("sales_history_import_id", "=", self.id)], limit=UNDO_ORDERS
        )
        if orders:
            self._remove_orders(orders)
            return len(orders)
        for field_name in (
            "created_partner_ids",
            "created_product_ids",
            "created_category_ids",
        ):
            if count := self._remove_created(field_name):
                return count
        self._finish_undo()
        return 0

    def _remove_orders(self, orders):
        """Confirmed orders cannot be deleted, so they are cancelled before; there
        is nothing that a cancellation would have to take back."""
        ids = orders.ids
        found = self._get_references("sale.order", SQL("SELECT unnest(%s)", ids))
        if found:
            raise UserError(
                self.env._(
                    "The undoing stopped, because orders are in use by: %(users)s. "
                    "Remove those, then undo again.",
                    users=", ".join(sorted(set(found))),
                )
            )
        for table, column in (("sale_order", "id"), ("sale_order_line", "order_id")):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET state = 'cancel' WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    ids,
                )
            )
        self.env.invalidate_all()
        orders.with_context(tracking_disable=True).unlink()

    def _remove_created(self, field_name):
        """Delete created records that nothing refers to; forget the others."""
        size = 1 if field_name == "created_category_ids" else UNDO_RECORDS
        # The last category first: it may lie below an earlier one.
        records = self[field_name].sorted("id", reverse=True)[:size]
        if not records:
            return 0
        unused = records - records.browse(self._get_used_ids(records))
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s = %s AND %s = ANY(%s)",
                SQL.identifier(self._fields[field_name].relation),
                SQL.identifier(self._fields[field_name].column1),
                self.id,
                SQL.identifier(self._fields[field_name].column2),
                records.ids,
            )
        )
        self.invalidate_recordset([field_name])
        self._remove_or_keep(unused.with_context(tracking_disable=True))
        return len(records)

    def _remove_or_keep(self, records):
        """Delete ``records``; one that cannot be deleted stays and is reported."""
        try:
            with self.env.cr.savepoint():
                records.unlink()
            return
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # some rule, of whichever add-on, protects one
            _logger.info("Undoing import %s: %s", self.id, records, exc_info=True)
            reason = error
        self.env.invalidate_all()
        half = len(records) // 2
        if half:
            self._remove_or_keep(records[:half])
            self._remove_or_keep(records[half:])
            return
        self.message_post(
            body=self.env._(
                "%(record)s was created by this import and stays, because it cannot "
                "be deleted: %(reason)s",
                record=records.display_name,
                reason=str(reason).strip(),
            )
        )

    def _get_used_ids(self, records):
        """Return the ids of records that some other row refers to."""
        used = set()
        for table, column in self._get_foreign_keys(records._table):
            rows = self.env.execute_query(
                SQL(
                    "SELECT DISTINCT %s FROM %s WHERE %s = ANY(%s) %s",
                    SQL.identifier(column),
                    SQL.identifier(table),
                    SQL.identifier(column),
                    records.ids,
                    SQL("AND %s <> id", SQL.identifier(column))
                    if table == records._table
                    else SQL(),
                )
            )
            used.update(row[0] for row in rows)
        return list(used)

    def _finish_undo(self):
        self.state = self._get_next_state("finish_undo")
        self.date_finished = fields.Datetime.now()
        self.message_post(
            body=self.env._(
                "Undone: the orders of this import are gone, and the customers and "
                "products that it created, except those in use."
            )
        )

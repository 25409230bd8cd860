import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, groupby

from ...tools import sales_history, sales_history_states

_logger = logging.getLogger(__name__)

BATCH_LINES = 4000
LOCK_KEY = 190_001  # advisory lock: one load per company at a time


class CrmSalesHistoryImport(models.Model):
    """Loading in batches. A batch is one transaction: its orders are written and
    its staged lines are gone, or neither. So a stop at any point loses at most
    the running batch, and what is left in the staging table is what is to do."""

    _inherit = "crm.sales.history.import"

    # --- BACKGROUND ---

    @api.model
    def _cron_process(self):
        """Work on waiting imports, oldest first, batch by batch."""
        cron = self.env["ir.cron"]
        domain = [("state", "in", sales_history_states.WORKING_STATES)]
        jobs = self.search(domain, order="id")
        cron._commit_progress(remaining=sum(job._get_remaining() for job in jobs))
        for job in jobs:
            while job.exists() and job.state in sales_history_states.WORKING_STATES:
                done = job._process_or_fail()
                if done is None:
                    break  # someone else works on it
                if not cron._commit_progress(done, remaining=job._get_remaining()):
                    return

    def _process_or_fail(self):
        """Process a batch; if that is impossible note why, so that the next
        import gets its turn. Return the orders done, None if someone else works on
        the import or has just edited it."""
        try:
            if not self._try_lock():
                return None
            done = self.process_batch()
            self.env.flush_all()  # a conflict shows here, not at the commit
            return done
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self._resume_soon()
            return None
        except psycopg2.OperationalError:
            raise  # the database is gone or asks to try again: so does the cron
        except Exception as error:
            _logger.exception("Sales history import %s failed", self.id)
            self.env.cr.rollback()
            self.env.invalidate_all()
            self.state = self._get_next_state("fail")
            self.error = str(error)
            return 0

    def _resume_soon(self):
        """Forget the batch that met with an edit of the import; try again at once."""
        self.env.cr.rollback()
        self.env.invalidate_all()
        cron = self.env.ref("crm_strategy.ir_cron_sales_history")
        cron.sudo()._trigger()  # style: CRM109 goes on with what was started

    def _try_lock(self):
        """Return whether this transaction may work on imports of the company."""
        self.ensure_one()
        return self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_KEY, self.company_id.id
            )
        )[0][0]

    def _get_remaining(self):
        if self.state == "undoing":
            return self.loaded_order_count
        return max(0, self.valid_order_count - self._get_handled_count())

    @api.private
    def process_batch(self, cache=None):
        """Work off one batch and return how many orders it had; 0 at the end.

        The caller commits. A script passes the same ``cache`` dict each time.
        """
        self.ensure_one()
        if not self._try_lock():
            raise UserError(
                self.env._(
                    "Another import of %(company)s is being loaded right now. Wait "
                    "for its end and try again.",
                    company=self.company_id.name,
                )
            )
        if self.state == "undoing":
            return self._undo_batch()
        if self.state == "queued":
            self.state = self._get_next_state("start")
            self.date_started = self.date_started or fields.Datetime.now()
        if self.state != "running":
            return 0
        orders = self._fetch_waiting()
        if not orders:
            self._finish()
            return 0
        job = self.with_company(self.company_id).with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            sale_no_log_for_new_lines=True,
        )
        job._load_safely(orders, cache if cache is not None else {})
        self._drop_staged(orders)
        return len(orders)

    def _fetch_waiting(self):
        """Return the next whole orders: a list of (key, lines as dicts)."""
        rows = self.env.execute_query_dict(
            SQL(
                """WITH next AS (
                       SELECT DISTINCT order_key FROM (
                           SELECT order_key FROM crm_sales_history_line
                            WHERE import_id = %(job)s AND reason_code IS NULL
                         ORDER BY line_number LIMIT %(size)s) waiting)
                   SELECT l.* FROM crm_sales_history_line l JOIN next USING (order_key)
                    WHERE l.import_id = %(job)s
                 ORDER BY l.order_key, l.line_number""",
                job=self.id,
                size=BATCH_LINES,
            )
        )
        orders = [
            (key, list(lines)) for key, lines in groupby(rows, lambda r: r["order_key"])
        ]
        return sorted(orders, key=lambda order: order[1][0]["line_number"])

    def _drop_staged(self, orders):
        """The lines of loaded orders are done; rejected ones stay to be read."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_sales_history_line
                    WHERE import_id = %s AND order_key = ANY(%s)
                      AND reason_code IS NULL""",
                self.id,
                [key for key, _lines in orders],
            )
        )
        self.env["crm.sales.history.line"].invalidate_model()

    # --- ORDERS ---

    def _load_safely(self, orders, cache):
        """Load the orders; one that the database refuses is rejected alone."""
        try:
            with self.env.cr.savepoint():
                self._load_orders(orders, cache)
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            cache.clear()
            if len(orders) > 1:
                middle = len(orders) // 2
                self._load_safely(orders[:middle], cache)
                self._load_safely(orders[middle:], cache)
            else:
                _logger.info("Order %s refused", orders[0][0], exc_info=True)
                self._refuse(orders, "refused", error=str(error).strip())

    def _refuse(self, orders, code, **params):
        """Reject orders that passed the check but cannot be loaded."""
        text = self._get_reason(code, **params)
        numbers = [line["line_number"] for _key, lines in orders for line in lines]
        self._reject_lines([(number, code, text) for number in numbers])
        self.refused_count += len(orders)

    def _load_orders(self, orders, cache):
        """Create the orders that are new, update those that changed."""
        partners, products, orders = self._resolve_keys(orders)
        if not orders:
            return
        self._prepare_cache(orders, partners, products, cache)
        existing = self._read_existing([key for key, _lines in orders])
        new, changed, unchanged = [], [], 0
        for key, lines in orders:
            order = self._prepare_order(key, lines, partners, products, cache)
            if key not in existing:
                new.append(order)
            elif self._is_changed(order, existing[key]):
                changed.append((order, existing[key]))
            else:
                unchanged += 1
        self._insert_orders(new)
        self._update_orders(changed)
        self.env.invalidate_all()
        self.created_count += len(new)
        self.updated_count += len(changed)
        self.unchanged_count += unchanged
        self.env.flush_all()

    def _resolve_keys(self, orders):
        """Return ({key: partner id}, {key: product id}, orders that have both)."""
        partner_details, product_details = {}, {}
        for _key, lines in orders:
            for line in lines:
                details = line["details"] or {}
                for wanted, key in (
                    (partner_details, line["partner_key"]),
                    (product_details, line["product_key"]),
                ):
                    wanted[key] = details | wanted.get(key, {})
        partners, partner_problems = self._get_or_create("res.partner", partner_details)
        products, product_problems = self._get_or_create(
            "product.product", product_details
        )
        good = []
        for key, lines in orders:
            bad = [partner_problems.get(lines[0]["partner_key"])]
            bad += [product_problems.get(line["product_key"]) for line in lines]
            problem = next(filter(None, bad), None)
            if problem:
                self._refuse([(key, lines)], problem[0], **problem[1])
            else:
                good.append((key, lines))
        return partners, products, good

    def _prepare_order(self, key, lines, partners, products, cache):
        """Return {"order": row, "lines": rows} as they are to be stored."""
        first = lines[0]
        currency = cache["currencies"][first["currency_code"]]
        user_id, _team = cache["users"].get(first["login"], (None, None))
        partner_id = partners[first["partner_key"]]
        invoice_id, delivery_id = cache["addresses"].get(
            partner_id, (partner_id, partner_id)
        )
        date_order = self._get_utc_cached(first["moment"], cache)
        rate = self._get_rate(currency, date_order.date(), cache)
        order = {
            **cache["orders"][currency.id, user_id],
            "name": self._get_order_name(key, cache),
            "partner_id": partner_id,
            "partner_invoice_id": invoice_id,
            "partner_shipping_id": delivery_id,
            "date_order": date_order,
            "create_date": date_order,
            "create_uid": self.create_uid.id,
            "write_date": self.env.cr.now(),
            "write_uid": self.create_uid.id,
            "currency_id": currency.id,
            "currency_rate": rate,
            "sales_history_import_id": self.id,
            "sales_history_source": self.source,
            "sales_history_key": key,
        }
        rows = [
            self._prepare_line(line, number, order, products, currency, cache)
            for number, line in enumerate(lines)
        ]
        order |= self._prepare_totals(lines, rows, currency)
        costs = {n for n, line in enumerate(lines) if line["cost"] is not None}
        return {"order": order, "lines": rows, "with_cost": costs}

    @api.model
    def _prepare_totals(self, lines, rows, currency):
        total = currency.round(sum(line["amount"] for line in lines))
        margin = sum(row["margin"] for row in rows)
        return {
            "amount_untaxed": total,
            "amount_tax": 0.0,
            "amount_total": total,
            "invoice_status": "invoiced",
            "margin": currency.round(margin),
            "margin_percent": margin / total if total else 0.0,
        }

    def _prepare_line(self, line, number, order, products, currency, cache):
        product_id = products[line["product_key"]]
        prototype = cache["lines"][product_id]
        quantity, amount = line["quantity"], line["amount"]
        if line["cost"] is None:
            unit_cost = prototype["purchase_price"] * order["currency_rate"]
        else:
            unit_cost = line["cost"] / quantity
        figures = sales_history.line_figures(quantity, amount, unit_cost)
        reduced = currency.round(figures["price_unit"])
        return {
            **prototype,
            **{name: order[name] for name in cache["shared"]},
            **figures,
            "create_date": order["write_date"],
            "create_uid": order["create_uid"],
            "write_date": order["write_date"],
            "write_uid": order["write_uid"],
            "order_id": None,
            "sequence": 10 + number,
            "order_partner_id": order["partner_id"],
            "salesman_id": order["user_id"],
            "product_uom_qty": quantity,
            "technical_price_unit": figures["price_unit"],
            "price_subtotal": amount,
            "price_total": amount,
            "price_tax": 0.0,
            "price_reduce_taxexcl": reduced,
            "price_reduce_taxinc": reduced,
            "qty_delivered": quantity,
            "qty_invoiced": quantity,
            "qty_to_invoice": 0.0,
            "invoice_status": "invoiced",
            "untaxed_amount_invoiced": amount,
            "untaxed_amount_to_invoice": 0.0,
        }

    # --- END ---

    def _finish(self):
        """Close the import and say what it did."""
        rejected = self.env["crm.sales.history.line"].search_count(
            [("import_id", "=", self.id), ("reason_code", "!=", False)], limit=1
        )
        action = "finish_with_rejects" if rejected else "finish"
        self.state = self._get_next_state(action)
        self.date_finished = fields.Datetime.now()
        if rejected:
            self.problem_summary = self._get_problem_summary()
            self._store_rejects_file()
        self.message_post(body=self.get_summary())

    @api.private
    def get_summary(self):
        """Return what was done, in one sentence."""
        return self.env._(
            "%(created)s orders created, %(updated)s updated, %(unchanged)s unchanged, "
            "%(lines)s lines rejected.",
            created=self.created_count,
            updated=self.updated_count,
            unchanged=self.unchanged_count,
            lines=self.rejected_line_count,
        )

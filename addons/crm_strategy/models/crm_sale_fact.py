from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: What its statements read of the host
SOURCE_FIELDS = {
    "sale.order": [
        "partner_id",
        "company_id",
        "state",
        "date_order",
        "amount_untaxed",
        "margin",
        "currency_rate",
    ],
    "res.partner": ["commercial_partner_id", "active"],
    "account.move": [
        "state",
        "move_type",
        "invoice_date",
        "partner_id",
        "company_id",
        "amount_untaxed_signed",
    ],
    "account.move.line": ["amount_currency", "sale_line_ids"],
    "sale.order.line": ["order_id", "order_partner_id"],
}


class CrmSaleFact(models.AbstractModel):
    """What counts as a sale, written once as SQL for every measure and score.

    - A **purchase** is a confirmed sales order (state ``sale``); quotations and
      cancelled orders are none. Its day is the order date in the time zone of
      the company's own address (UTC where none is set).
    - The **customer** is the commercial entity of the order's customer: a
      company for all of its contacts, a person for himself. Archived customers
      count, since their orders are facts. Companies of this database are no
      customers of each other: their orders are left out.
    - **Revenue** is the untaxed amount of the order in the company's currency at
      the rate that the host stored on the order, as in the host's sales analysis.
      **Margin** is the host's order margin, converted alike.
    - A **refund** is what posted credit notes took back from an order: the
      credited amount less what was invoiced again beyond the ordered amount (a
      corrected invoice is no loss of revenue). It lowers the revenue by that
      amount and the margin in proportion; a measure per period counts each part
      on the day on which it was taken back. Credit notes that belong to no order
      are no matter of sales orders; the invoiced amount of a scorecard has them.
    """

    _name = "crm.sale.fact"
    _description = "Sales Facts"

    @api.model
    def _flush_sources(self):
        """Write pending changes of every field that the statements below read."""
        for model_name, field_names in SOURCE_FIELDS.items():
            self.env[model_name].flush_model(field_names)

    @api.model
    def _prepare_planner(self):
        """Let this transaction read whole tables: with memory, without compilation.

        Hash tables of all customers fit into it, and the narrow indexes are read as a
        whole, not at random.
        """
        self.env.cr.execute(
            SQL(
                """SELECT set_config('work_mem', '256MB', true),
                          set_config('jit', 'off', true),
                          set_config('random_page_cost', '1.1', true)"""
            )
        )

    @api.model
    def _get_timezone(self, company):
        """Return the name of the time zone in which ``company`` counts its days."""
        return company.sudo().partner_id.tz or "UTC"  # style: CRM109 own address only

    @api.model
    def _forget_days(self, companies):
        """Note that ``companies`` count their days otherwise than before.

        What was worked out by days is not true any more, so the next refresh looks at
        everything.
        """
        for policies in self._get_day_policies(companies):
            policies.write({"is_stale": True})

    @api.model
    def _get_day_policies(self, companies):
        """Return the policies, by model, whose refreshes keep figures by days."""
        policies = self.env["crm.lifecycle.policy"].sudo()  # style: CRM109 system
        policies = policies.with_context(active_test=False)
        return [policies.search([("company_id", "in", companies.ids)])]

    @api.model
    def _get_today(self, company):
        """Return today's date in ``company``'s own time zone."""
        return fields.Date.context_today(
            self.with_context(tz=self._get_timezone(company))
        )

    @api.model
    def _internal_customers_sql(self) -> SQL:
        """Return the ids of the partners that are companies of this database."""
        return SQL("SELECT partner_id FROM res_company")

    @api.model
    def _is_customer_sql(self) -> SQL:
        """Return the condition that partner ``p`` is no company of this database."""
        internal = self._internal_customers_sql()
        return SQL("p.commercial_partner_id NOT IN (%s)", internal)

    @api.model
    def _partners_sql(self, customers) -> SQL:
        """Return the partners, with their contacts, of ``customers``.

        Companies of this database are left out: they are no customers.

        :param customers: statement giving the ids of the customers, or a list of them
        """
        operator = SQL("IN (%s)", customers)
        if isinstance(customers, list):
            operator = SQL("= ANY(%s)", customers)
        return SQL(
            """(SELECT id, commercial_partner_id, active FROM res_partner p
                 WHERE commercial_partner_id %s AND %s)""",
            operator,
            self._is_customer_sql(),
        )

    @api.model
    def _local_day_sql(self, timestamp, company) -> SQL:
        """Return the day, in ``company``'s time zone, of a UTC ``timestamp``."""
        zone = self._get_timezone(company)
        if zone == "UTC":
            return SQL("%s::date", timestamp)
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", timestamp, zone)

    @api.model
    def _end_of_day_sql(self, day, company) -> SQL:
        """Return the UTC timestamp at which ``day`` ends in ``company``'s zone."""
        return SQL(
            "(((%s)::date + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')",
            day,
            self._get_timezone(company),
        )

    @api.model
    def _get_day_start(self, day, company):
        """Return the UTC datetime at which ``day`` begins in ``company``'s zone."""
        zone = timezone(self._get_timezone(company))
        local = zone.localize(datetime.combine(day, time.min))
        return local.astimezone(utc).replace(tzinfo=None)

    @api.model
    def _get_utc_bounds(self, company, date_from, date_to):
        """Return the UTC datetimes between which the days lie, the end excluded."""
        after = date_to + timedelta(days=1)
        return (
            self._get_day_start(date_from, company),
            self._get_day_start(after, company),
        )

    @api.model
    def _get_purchase_domain(self, company, date_from, date_to):
        """Return the domain on ``sale.order`` of the purchases of these days.

        It selects the same orders as :meth:`_orders_sql` and can go to the browser.
        """
        start, end = self._get_utc_bounds(company, date_from, date_to)
        internal = self.env["res.company"].sudo()  # style: CRM109 ids to leave out
        domain = Domain("state", "=", "sale") & Domain("company_id", "=", company.id)
        domain &= Domain(
            "partner_id.commercial_partner_id",
            "not in",
            internal.with_context(active_test=False).search([]).partner_id.ids,
        )
        domain &= self._get_no_purchase_domain()
        return (
            domain & Domain("date_order", ">=", start) & Domain("date_order", "<", end)
        )

    @api.model
    def _get_no_purchase_sql(self):
        """Return conditions on order ``o`` that leave out what nobody bought.

        An add-on whose confirmed orders are no purchases (goods that replace others)
        overrides this and :meth:`_get_no_purchase_domain`, which says the same.
        """
        return []

    @api.model
    def _get_no_purchase_domain(self):
        return Domain.TRUE

    @api.model
    def _orders_sql(  # noqa: PLR0913 each narrows the same orders
        self,
        company,
        until=None,
        customers: SQL | None = None,
        since=None,
        partners=None,
        among=None,
        columns: SQL | None = None,
    ) -> SQL:
        """Return one row per purchase of ``company``.

        Columns: ``customer_id, order_id, date_order`` (UTC) and, unrounded in the
        company's currency, ``revenue, margin``.

        :param until: last day that counts (date), all if None
        :param customers: statement giving the ids of the customers to keep
        :param since: first day that counts (date), all if None
        :param partners: relation of the partners to keep, with the columns and rows
            of :meth:`_partners_sql`, in place of ``customers``
        :param among: statement giving the ids of the orders to keep, if few
        :param columns: more columns of order ``o``, with a leading comma
        """
        partners = partners or (customers and self._partners_sql(customers))
        conditions = [
            SQL("o.state = 'sale' AND o.company_id = %s", company.id),
            *([] if partners else [self._is_customer_sql()]),
            *self._get_no_purchase_sql(),
            *([SQL("o.id IN (%s)", among)] if among else []),
        ]
        if until:
            until = self._end_of_day_sql(until, company)
            conditions.append(SQL("o.date_order < %s", until))
        if since:
            since = self._get_day_start(since, company)
            conditions.append(SQL("o.date_order >= %s", since))
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id,
                      o.id AS order_id,
                      o.date_order,
                      CASE WHEN o.currency_rate IS NULL OR o.currency_rate IN (0, 1)
                           THEN o.amount_untaxed
                           ELSE o.amount_untaxed / o.currency_rate END AS revenue,
                      CASE WHEN o.currency_rate IS NULL OR o.currency_rate IN (0, 1)
                           THEN COALESCE(o.margin, 0)
                           ELSE o.margin / o.currency_rate END AS margin %s
                 FROM sale_order o
                 JOIN %s p ON p.id = o.partner_id
                WHERE %s""",
            columns or SQL(),
            partners or SQL("res_partner"),
            SQL(" AND ").join(conditions),
        )

    @api.model
    def _invoices_sql(self, company, until=None, partners: SQL | None = None) -> SQL:
        """Return one row per posted customer invoice, receipt or credit note.

        Columns: ``customer_id, move_id, day, amount``; the amount is untaxed, in the
        company's currency, negative for a credit note: the sum over a customer is
        that of the host's invoice analysis. Arguments as in :meth:`_orders_sql`.
        """
        conditions = [
            SQL("m.state = 'posted'"),
            SQL("m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')"),
            SQL("m.company_id = %s", company.id),
            *([] if partners else [self._is_customer_sql()]),
        ]
        if until:
            conditions.append(SQL("m.invoice_date <= %s", until))
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id,
                      m.id AS move_id,
                      m.invoice_date AS day,
                      m.amount_untaxed_signed AS amount
                 FROM account_move m
                 JOIN %s p ON p.id = m.partner_id
                WHERE %s""",
            partners or SQL("res_partner"),
            SQL(" AND ").join(conditions),
        )

#!/usr/bin/env python3
"""Fill an Odoo 19 database with a realistic, reproducible sales history.

The same arguments give the same rows. What it makes:

* customers: companies and persons, most with a salesperson and an industry, some
  archived; a share of them has a contact that places half of the orders, so that
  orders must be added up over the commercial partner, as in real life
* orders: every customer has a buying life of his own (see ``lives.py``); some are
  quotations or cancelled, some in another currency
* lines: Zipf-distributed products, companion products, discounts, costs
* invoices with their product lines for a share of the orders, credit notes for
  some of those; opportunities, won ones linked to their order
* six sales teams, twelve salespeople (login ``seller_1`` ...), 24 campaigns

The rows go in by binary COPY with foreign keys unchecked; the secondary indexes of
the tables are dropped before and made again after. The database must have
``sale_management, sale_crm, sale_margin, sale_stock, account`` and no orders of its
own; the role must be a superuser. Run it in an environment with ``numpy`` and
``psycopg2``; ``bench.py`` does all that.
"""

import argparse
import datetime as dt
import json
import time

import numpy as np
import psycopg2
from history import History
from pgcopy import copy
from psycopg2 import sql
from trade import TradeLoader

TABLES = (
    "res_partner",
    "crm_lead",
    "sale_order",
    "sale_order_line",
    "sale_order_line_invoice_rel",
    "account_move",
    "account_move_line",
)


class Generator(TradeLoader):
    """Loads one :class:`History` into one database."""

    def __init__(self, dsn, options):
        self.options = options
        self.connection = psycopg2.connect(dsn)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.clock = time.monotonic()
        self.end = options.end
        self.start = self.end.replace(year=self.end.year - options.years)
        self.start += dt.timedelta(days=1)
        self.days = (self.end - self.start).days + 1
        self.stamp = f"{self.start} 00:00:00"

    def run(self):
        """Load everything and return the sizes."""
        self.execute(
            "SET session_replication_role = replica; SET synchronous_commit = off;"
            " SET maintenance_work_mem = '512MB'"
        )
        self.read_masters()
        self.make_people()
        self.make_campaigns()
        self.make_categories()
        self.lap("masters")
        self.history = History(self.options, self.start, self.days)
        self.lap("simulation")
        definitions = self.drop_indexes()
        for load in (
            self.load_products,
            self.load_partners,
            self.load_leads,
            self.load_orders,
            self.load_lines,
            self.load_invoices,
            self.load_invoice_lines,
        ):
            load()
            self.lap(load.__name__.replace("_", " "))
        self.make_indexes(definitions)
        self.lap(f"{len(definitions)} indexes")
        self.vacuum()
        self.lap("vacuum")
        return self.sizes()

    # --- SMALL HELPERS

    def lap(self, what):
        now = time.monotonic()
        print(f"  {what:<28}{now - self.clock:8.1f} s", flush=True)
        self.clock = now

    def execute(self, statement, *args):
        self.cursor.execute(statement, args or None)
        return self.cursor

    def column(self, statement, *args):
        return np.array([row[0] for row in self.execute(statement, *args).fetchall()])

    def value(self, statement, *args):
        return self.execute(statement, *args).fetchone()[0]

    def next_id(self, table):
        statement = sql.SQL("SELECT COALESCE(MAX(id), 0) + 1 FROM {}")
        return self.value(statement.format(sql.Identifier(table)))

    def copy(self, table, count, columns):
        if count:
            copy(self.cursor, table, count, columns)

    # --- MASTERS

    def read_masters(self):
        self.company, self.currency = self.execute(
            "SELECT id, currency_id FROM res_company ORDER BY id LIMIT 1"
        ).fetchone()
        self.foreign_currency = self.value(
            "UPDATE res_currency SET active = true WHERE name = 'EUR' RETURNING id"
        )
        self.unit = self.value(
            "SELECT id FROM uom_uom WHERE relative_uom_id IS NULL ORDER BY id LIMIT 1"
        )
        self.warehouse = self.value("SELECT MIN(id) FROM stock_warehouse")
        self.mediums = self.column("SELECT id FROM utm_medium ORDER BY id")
        self.sources = self.column("SELECT id FROM utm_source ORDER BY id")
        self.industries = self.column("SELECT id FROM res_partner_industry ORDER BY id")
        self.countries = self.column(
            "SELECT id FROM res_country WHERE code IN ('US', 'DE', 'FR', 'GB', 'IT',"
            " 'ES', 'NL', 'BE', 'MX', 'CA') ORDER BY id"
        )
        self.stages = self.column(
            "SELECT id FROM crm_stage WHERE NOT COALESCE(is_won, false)"
            " ORDER BY sequence, id"
        )
        self.won_stage = self.value("SELECT MIN(id) FROM crm_stage WHERE is_won")
        self.journal = self.value(
            "SELECT MIN(id) FROM account_journal WHERE type = 'sale'"
        )
        self.income = self.value(
            "SELECT MIN(id) FROM account_account WHERE account_type = 'income'"
        )

    def make_people(self):  # style: CRM105 a table is one list of columns
        self.teams = self.column(
            """WITH alias AS (
                   INSERT INTO mail_alias (alias_model_id, alias_contact,
                          alias_defaults, alias_status)
                   SELECT id, 'everyone', '{}', 'not_tested' FROM ir_model,
                          generate_series(1, 6) WHERE model = 'crm.lead' RETURNING id)
               INSERT INTO crm_team (sequence, company_id, name, active, alias_id,
                      use_opportunities)
               SELECT 20, %s, jsonb_build_object('en_US', 'Team ' || row_number() OVER
                      (ORDER BY id)), true, id, true FROM alias RETURNING id""",
            self.company,
        )
        self.users = self.column(
            """WITH person AS (
                   INSERT INTO res_partner (name, complete_name, company_id, active,
                          type, is_company, partner_share, color, lang, autopost_bills,
                          email, create_date, write_date)
                   SELECT 'Seller ' || g, 'Seller ' || g, %s, true, 'contact',
                          false, false, 0, 'en_US', 'ask',
                          'seller' || g || '@example.com', %s, %s
                     FROM generate_series(1, 12) g RETURNING id, name)
               INSERT INTO res_users (company_id, partner_id, active, login,
                      notification_type, share)
               SELECT %s, id, true, lower(replace(name, ' ', '_')), 'email',
                      false FROM person ORDER BY id RETURNING id""",
            self.company,
            self.stamp,
            self.stamp,
            self.company,
        )
        users = self.users.tolist()
        self.execute(
            """UPDATE res_partner SET commercial_partner_id = id
                WHERE commercial_partner_id IS NULL;
               INSERT INTO res_company_users_rel (cid, user_id)
               SELECT %s, UNNEST(%s) ON CONFLICT DO NOTHING;
               INSERT INTO res_groups_users_rel (gid, uid)
               SELECT res_id, uid FROM UNNEST(%s) AS uid, ir_model_data
                WHERE (module, name) IN (('base', 'group_user'),
                                         ('sales_team', 'group_sale_salesman'))
                   ON CONFLICT DO NOTHING""",
            self.company,
            users,
            users,
        )

    def make_campaigns(self):
        self.campaigns = self.column(
            """INSERT INTO utm_campaign (user_id, stage_id, name, title, active,
                      is_auto_campaign)
               SELECT %s, (SELECT MIN(id) FROM utm_stage), 'Campaign ' || g,
                      jsonb_build_object('en_US', 'Campaign ' || g), true, false
                 FROM generate_series(1, 24) g RETURNING id""",
            int(self.users[0]),
        )

    def make_categories(self):
        self.categories = self.column(
            """WITH top AS (
                   INSERT INTO product_category (name, complete_name,
                          packaging_reserve_method)
                   SELECT 'Range ' || g, 'Range ' || g, 'partial'
                     FROM generate_series(1, 6) g RETURNING id, name)
               INSERT INTO product_category (parent_id, name, complete_name,
                      packaging_reserve_method)
               SELECT id, name || '.' || g, name || ' / ' || name || '.' || g, 'partial'
                 FROM top, generate_series(1, 4) g ORDER BY id, g RETURNING id"""
        )
        self.execute(
            """UPDATE product_category
                  SET parent_path = CASE WHEN parent_id IS NULL THEN id || '/'
                                         ELSE parent_id || '/' || id || '/' END
                WHERE parent_path IS NULL"""
        )

    # --- INDEXES

    def drop_indexes(self):
        """Drop the secondary indexes and return how to make them again."""
        rows = self.execute(
            """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid),
                      obj_description(indexrelid, 'pg_class')
                 FROM pg_index
                WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
                  AND NOT EXISTS (SELECT FROM pg_constraint c
                                   WHERE c.conindid = indexrelid)""",
            list(TABLES),
        ).fetchall()
        for name, _definition, _comment in rows:
            self.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        return rows

    def make_indexes(self, rows):
        """Make the indexes again; the host knows them by their comments."""
        for name, definition, comment in rows:
            self.execute(definition)
            if comment:
                statement = sql.SQL("COMMENT ON INDEX {} IS {}")
                self.execute(
                    statement.format(sql.Identifier(name), sql.Literal(comment))
                )

    def vacuum(self):
        for table in (*TABLES, "product_template", "product_product"):
            statement = sql.SQL("VACUUM (FREEZE, ANALYZE) {}")
            self.execute(statement.format(sql.Identifier(table)))

    def sizes(self):
        history = self.history
        return {
            "customers": history.customers,
            "orders": history.orders,
            "lines": history.lines,
            "invoices": len(history.billed),
            "credit_notes": len(history.credited),
            "database_mb": self.value("SELECT pg_database_size(current_database())")
            >> 20,
        }


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dsn", default="", help="as libpq takes it")
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--products", type=int, help="default: 500 + customers / 60")
    parser.add_argument("--leads", type=int, help="default: orders / 10")
    parser.add_argument("--invoice-share", type=float, default=0.2)
    parser.add_argument("--refund-share", type=float, default=0.02, help="of invoices")
    parser.add_argument("--foreign-share", type=float, default=0.02, help="of orders")
    parser.add_argument("--archived-share", type=float, default=0.01)
    parser.add_argument("--contact-share", type=float, default=0.1)
    parser.add_argument("--affinity", type=float, default=0.2)
    parser.add_argument("--end", type=dt.date.fromisoformat, default="2026-10-31")
    parser.add_argument("--years", type=int, default=5)
    options = parser.parse_args(arguments)
    if options.orders < options.customers:
        parser.error("every customer has an order: --orders must not be the smaller")
    options.products = options.products or min(20_000, 500 + options.customers // 60)
    options.leads = options.orders // 10 if options.leads is None else options.leads
    return options


def main():
    options = parse()
    print(json.dumps(Generator(options.dsn, options).run()))


if __name__ == "__main__":
    main()

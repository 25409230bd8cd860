import csv
import pathlib
from datetime import date, timedelta

from odoo import SUPERUSER_ID, Command
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import SQL

DATA = pathlib.Path(__file__).parent / "data" / "cdnow_sample.csv"
#: the last day of the 39 weeks that the published parameters come from
CALIBRATION_END = date(1997, 9, 30)
HOLDOUT_END = date(1998, 6, 30)


def read_cdnow():
    """Return ``(first day, [days after it], [cents])`` of the 2,357 customers.

    Every tenth customer of the public CDNOW history (Fader and Hardie); purchases of
    one day are added up.
    """
    with DATA.open(encoding="ascii") as stream:
        return [
            (
                date.fromisoformat(row["first_day"]),
                [int(day) for day in row["days_after"].split()],
                [int(cents) for cents in row["cents"].split()],
            )
            for row in csv.DictReader(stream)
        ]


class LifetimeCommon(TransactionCase):
    """A company whose ledger a test fills by SQL: thousands of orders in a moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=SUPERUSER_ID)
        cls.company = cls.env["res.company"].create({"name": "Discs"})
        cls.company.partner_id.tz = "UTC"
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                tracking_disable=True,
                allowed_company_ids=[cls.company.id],
            )
        )
        cls.policy = cls.env["crm.rfm.policy"]._ensure(cls.company)
        groups = {
            "seller": "sales_team.group_sale_salesman",
            "analyst": "crm_analytics.group_analyst",
        }
        for login, group in groups.items():
            user = new_test_user(
                cls.env,
                f"lifetime_{login}",
                groups=group,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            setattr(cls, login, user)

    @classmethod
    def _create_customers(cls, count, **vals):
        """Return new customers; all but the first are copies of it by SQL."""
        first = cls.env["res.partner"].create({"name": "Buyer", **vals})
        first.flush_recordset()
        names = [
            name
            for name, field in first._fields.items()
            if field.store and field.column_type and name not in ("id", "active")
            if name != "commercial_partner_id"
        ]
        columns = SQL(", ").join(map(SQL.identifier, names))
        rows = cls.env.execute_query(
            SQL(
                """INSERT INTO res_partner (%(columns)s, active, commercial_partner_id)
                   SELECT %(columns)s, active,
                          CURRVAL(pg_get_serial_sequence('res_partner', 'id'))
                     FROM res_partner, generate_series(2, %(count)s)
                    WHERE id = %(first)s
                RETURNING id""",
                columns=columns,
                count=count,
                first=first.id,
            )
        )
        ids = [first.id, *(row[0] for row in rows)]
        cls.env.cr.execute(
            SQL(
                "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)",
                ids,
            )
        )
        cls.env.invalidate_all()
        return first.browse(ids)

    @classmethod
    def _load_orders(cls, rows):
        """Add confirmed orders by SQL: ``(partner, day, amount, margin)`` each."""
        template = cls.env["sale.order"].create({"partner_id": rows[0][0].id})
        template.flush_recordset()
        columns = [
            name
            for [name] in cls.env.execute_query(
                SQL(
                    """SELECT column_name FROM information_schema.columns
                        WHERE table_name = 'sale_order' AND is_nullable = 'NO'
                          AND column_name <> 'id'"""
                )
            )
        ]
        given = {
            "state": SQL("'sale'"),
            "partner_id": SQL("n.partner_id"),
            "partner_invoice_id": SQL("n.partner_id"),
            "partner_shipping_id": SQL("n.partner_id"),
            "date_order": SQL("n.day + INTERVAL '12 hours'"),
            "amount_untaxed": SQL("n.amount"),
            "margin": SQL("n.margin"),
            "currency_rate": SQL("1"),
            "write_date": SQL("o.write_date"),
        }
        rest = {name: SQL.identifier("o", name) for name in columns}
        values = {**rest, **given}
        cls.env.cr.execute(
            SQL(
                """INSERT INTO sale_order (%(names)s)
                   SELECT %(values)s
                     FROM sale_order o,
                          UNNEST(%(partners)s::int[], %(days)s::date[],
                                 %(amounts)s::numeric[], %(margins)s::numeric[])
                              AS n(partner_id, day, amount, margin)
                    WHERE o.id = %(template)s""",
                names=SQL(", ").join(map(SQL.identifier, values)),
                values=SQL(", ").join(values.values()),
                partners=[partner.id for partner, *_rest in rows],
                days=[day for _partner, day, *_rest in rows],
                amounts=[row[2] for row in rows],
                margins=[row[3] for row in rows],
                template=template.id,
            )
        )
        cls.env.invalidate_all()
        template.unlink()

    @classmethod
    def _load_cdnow(cls):
        """Load the sample; half of each amount is margin."""
        customers = read_cdnow()
        partners = cls._create_customers(len(customers))
        rows = []
        for partner, (first, days, cents) in zip(partners, customers, strict=True):
            for after, amount in zip([0, *days], cents, strict=True):
                day = first + timedelta(days=after)
                rows.append((partner, day, amount / 100, amount / 200))
        cls._load_orders(rows)
        return partners

    @classmethod
    def _refresh(cls, as_of, mode="full"):
        return cls.env["crm.scorecard.run"]._refresh(cls.company, as_of, mode)

    def _part(self, part, partner):
        return self.env[f"crm.scorecard.{part}"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )

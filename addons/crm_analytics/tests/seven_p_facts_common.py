from datetime import date, timedelta
from unittest.mock import patch

from odoo.tools import SQL

from ..tools.seven_p import Window, window_days
from .common import ScorecardCommon


class SevenPFactsCommon(ScorecardCommon):
    """Reads one source of the 7 P as the engine does: prepare, then one statement."""

    AS_OF = date(2026, 6, 30)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sources = cls.env["crm.scorecard.source"]
        cls.profit = cls.env["crm.profit.policy"]._ensure(cls.company)
        cls.call = cls.env["crm.sales.activity.kind"].create(
            {"name": "Quick call", "code": "seven_p_call"}
        )

    def _freeze_today(self):
        """Let the company's today be the day as of which all is worked out."""
        facts = type(self.env["crm.sale.fact"])
        self.startPatcher(patch.object(facts, "_get_today", return_value=self.AS_OF))

    @classmethod
    def _touch(cls, partner, moment="2026-05-01 08:00:00", **vals):
        """Return a sales activity, done unless told otherwise."""
        return cls.env["crm.sales.activity"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "kind_id": cls.call.id,
                "date_start": moment,
                "state": "done",
                **vals,
            }
        )

    @classmethod
    def _window(cls, company=None, as_of=None, is_past=False):
        company, as_of = company or cls.company, as_of or cls.AS_OF
        start, former = window_days(as_of)
        begin = cls.env["crm.sale.fact"]._get_day_start
        return Window(
            as_of,
            start,
            former,
            begin(start, company),
            begin(former, company),
            begin(as_of + timedelta(days=1), company),
            is_past,
        )

    def _read(self, key, customers=None, company=None, **window):
        """Return ``{customer id: row}`` of the source ``key``."""
        company = company or self.company
        window = self._window(company, **window)
        if window.is_past:
            self.env["crm.scorecard.engine"]._make_table(
                "crm_scorecard_scored",
                SQL("SELECT id AS customer_id FROM res_partner"),
            )
        self.env.flush_all()
        self.env["crm.scorecard.engine"]._store_credits(company)
        # every customer of the tests has a scorecard, as the engine sees to it
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_customer_scorecard (partner_id, company_id, active)
                   SELECT id, %s, true FROM res_partner p
                    WHERE id = commercial_partner_id
                       ON CONFLICT DO NOTHING""",
                company.id,
            )
        )
        [source] = [s for s in self.sources._get_sources() if s.key == key]
        ids = customers and SQL("SELECT UNNEST(%s::int[])", customers.ids)
        self.env["crm.scorecard.part.engine"]._keep_refunds(window, company, ids)
        for prepare in source.prepare:
            getattr(self.sources, prepare)(company, window, ids)
        rows = self.env.execute_query_dict(
            getattr(self.sources, source.method)(company, window, ids)
        )
        found = {row.pop("customer_id"): row for row in rows}
        self.assertEqual(len(found), len(rows), "one row per customer")
        for row in found.values():
            self.assertEqual(set(row), set(source.columns))
        return found

    def _changed(self, key):
        """Return the ids of customers whose rows may have changed since now."""
        [source] = [s for s in self.sources._get_sources() if s.key == key]
        self.env.flush_all()
        since = self.env.cr.now()
        rows = getattr(self.sources, source.changed)(self.company, since)
        return {row[0] for row in self.env.execute_query(rows)}

    def assertRow(self, row, **expected):
        actual = {
            name: float(row[name])
            if row[name] is not None and not isinstance(row[name], str)
            else row[name]
            for name in expected
        }
        self.assertEqual(actual, expected)

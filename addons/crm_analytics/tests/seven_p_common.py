from odoo.tools import SQL

from odoo.addons.crm_analytics.tools.seven_p import PARTS

from .common import ScorecardCommon


class SevenPCommon(ScorecardCommon):
    """Customers whose 7 P are known; people as in :class:`ScorecardCommon`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engine = cls.env["crm.scorecard.part.engine"]
        cls.factors = cls.env["crm.scorecard.factor"]._ensure(cls.company)

    # --- DATA

    def _row(self, part, partner, company=None):
        """Return the row of a part, or of the scores (``score``)."""
        model = self.engine._get_models()[part]
        return model.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or self.company).id),
            ]
        )

    @classmethod
    def _set_factors(cls, part, **factors):
        """Let these factors alone count in ``part``: ``code=(weight, zero, full)``."""
        own = cls.factors.filtered(lambda factor: factor.part == part)
        own = own.with_context(tracking_disable=True)
        for factor in own:
            weight, zero, full = factors.get(factor.code, (0, 0, 100))
            factor.write(
                {
                    "active": factor.code in factors,
                    "weight": weight,
                    "value_zero": zero,
                    "value_full": full,
                    "is_relative": False,
                }
            )

    @classmethod
    def _fix_bounds(cls):
        """Let no refresh propose bounds: the delivered ones are those in force."""
        cls.factors.filtered("is_relative").bounds_date = "2026-01-01"

    def _dump(self, company=None):
        """Return all rows of all parts and scores: ``{(part, customer): row}``."""
        self.env.flush_all()
        dump = {}
        for part, model in self.engine._get_models().items():
            names = [
                name
                for name, field in model._fields.items()
                if field.store and field.column_type and name != "id"
            ]
            rows = self.env.execute_query_dict(
                SQL(
                    "SELECT %s FROM %s WHERE company_id = %s ORDER BY partner_id",
                    SQL(", ").join(map(SQL.identifier, names)),
                    SQL.identifier(model._table),
                    (company or self.company).id,
                )
            )
            dump.update({(part, row["partner_id"]): row for row in rows})
        return dump

    def _compare(self, before, after):
        """Return ``{(part, customer): {column: (before, after)}}`` that differ."""
        names = self.env["res.partner"].browse({key[1] for key in before | after})
        names = {partner.id: partner.name for partner in names}
        return {
            (part, names[customer]): {
                name: (old.get(name), new.get(name))
                for name in old | new
                if old.get(name) != new.get(name)
            }
            for part, customer in before | after
            if (old := before.get((part, customer), {}))
            != (new := after.get((part, customer), {}))
        }

    # --- ASSERTS

    def assertFullAgrees(self, as_of):
        """Refresh what changed; the full refresh after it must change nothing."""
        run = self._refresh(as_of, "incremental")
        self.assertEqual(run.mode, "incremental")
        before = self._dump()
        run = self._refresh(as_of)
        self.assertEqual(self._compare(before, self._dump()), {})
        self.assertEqual(sum(run.part_ids.mapped("corrected_count")), 0)
        self.assertEqual(run.corrected_count, 0)
        self._backdate()

    def assertPart(self, part, partner, company=None, **expected):
        row = self._row(part, partner, company)
        self.assertEqual(len(row), 1, "one row per customer and company")
        actual = {}
        for name in expected:
            value = row[name]
            actual[name] = str(value) if hasattr(value, "isoformat") else value
        self.assertEqual(actual, expected)

    def assertNoParts(self, partner, company=None):
        for part in (*PARTS, "score"):
            self.assertFalse(self._row(part, partner, company), part)

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

    def _dump(self, company=None):
        """Return all rows of all parts and scores, as plain data."""
        self.env.flush_all()
        dump = {}
        for part, model in self.engine._get_models().items():
            names = [
                name
                for name, field in model._fields.items()
                if field.store and field.column_type and name != "id"
            ]
            dump[part] = self.env.execute_query(
                SQL(
                    "SELECT %s FROM %s WHERE company_id = %s ORDER BY partner_id",
                    SQL(", ").join(map(SQL.identifier, names)),
                    SQL.identifier(model._table),
                    (company or self.company).id,
                )
            )
        return dump

    # --- ASSERTS

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

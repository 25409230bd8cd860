from datetime import date

from odoo.exceptions import AccessError

from .segment_common import SegmentCommon

TODAY = "2026-03-15 12:00:00"


class ConceptCommon(SegmentCommon):
    """People of :class:`SegmentCommon`, and one measure with figures by hand.

    Measure *Test orders*, months, seen on 15 March 2026::

        month     2025-02  2025-12  2026-01  2026-02  2026-03 (running)
        company A     200      120      100       80       10
        company B                                500       -
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measure = cls.env["crm.measure"].create(
            {
                "name": "Test orders",
                "code": "test_orders",
                "definition": "By hand",
                "method": "_measure_orders",
            }
        )
        cls._keep(cls.company_a, date(2025, 2, 1), date(2025, 2, 28), 200)
        cls._keep(cls.company_a, date(2025, 12, 1), date(2025, 12, 31), 120)
        cls.january = cls._keep(cls.company_a, date(2026, 1, 1), date(2026, 1, 31), 100)
        cls.february = cls._keep(cls.company_a, date(2026, 2, 1), date(2026, 2, 28), 80)
        cls.march = cls._keep(
            cls.company_a, date(2026, 3, 1), date(2026, 3, 31), 10, is_final=False
        )
        cls._keep(cls.company_b, date(2026, 2, 1), date(2026, 2, 28), 500)

    @classmethod
    def _keep(cls, company, date_from, date_to, value, is_final=True, measure=None):
        measure = measure or cls.measure
        return cls.env["crm.measure.value"].create(
            {
                "measure_id": measure.id,
                "company_id": company.id,
                "period": measure.period,
                "date_from": date_from,
                "date_to": date_to,
                "value": value,
                "computed_at": TODAY,
                "is_final": is_final,
                "currency_id": measure.unit == "money" and company.currency_id.id,
            }
        )

    @classmethod
    def _create_rule(cls, **vals):
        return cls.env["crm.alert.rule"].create(
            {
                "name": "Orders low",
                "measure_id": cls.measure.id,
                "company_id": cls.company_a.id,
                "condition": "below",
                "threshold": 90,
                "date_from": date(2026, 2, 1),
                "user_id": cls.manager.id,
                **vals,
            }
        )

    @classmethod
    def _create_need(cls, partner, **vals):
        return cls.env["crm.need"].create(
            {
                "name": "Tighter tolerance",
                "partner_id": partner.id,
                "company_id": cls.company_a.id,
                "user_id": False,
                **vals,
            }
        )

    def _alerts(self, rule):
        """Return {(first day, company name): state} of what ``rule`` has raised."""
        return {
            (str(alert.date_from), alert.company_id.name): alert.state
            for alert in rule.alert_ids
        }

    def assertDenied(self, call):
        """Check that ``call`` is refused; the caller checks that nothing changed."""
        with self.assertRaises(AccessError), self.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()

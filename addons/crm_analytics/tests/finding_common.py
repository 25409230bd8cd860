from datetime import date

from odoo.addons.crm_strategy.tests.concept_common import TODAY, ConceptCommon
from odoo.addons.crm_strategy.tools.measure_period import add_months, period_of

__all__ = ["TODAY", "FindingCommon"]

FEBRUARY = date(2026, 2, 1)


class FindingCommon(ConceptCommon):
    """One measure with figures by hand, less is better, seen on 15 March 2026.

    Median of the usual figures 10.5, MAD 0.5: spread 1.4826 x 0.5 = 0.7413. Out of the
    usual is what is farther than 3.5 x 0.7413 = 2.59 from the median::

        2025-06 .. 2026-01   10 12 11 9 10 11 12 10
        2026-02              20
    """

    USUAL = (10, 12, 11, 9, 10, 11, 12, 10)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # looking at all measures looks at few
        cls.env["crm.measure"].search([]).active = False
        cls.measure = cls._create_measure("test_waits", "Test waits")
        cls.rows = cls._keep_months(cls.company_a, [*cls.USUAL, 20])
        cls.analyst = cls._create_user("find_ana", "crm_analytics.group_analyst")
        cls.findings = cls.env["crm.finding"]

    @classmethod
    def _create_measure(cls, code, name, **vals):
        return cls.env["crm.measure"].create(
            {
                "name": name,
                "code": code,
                "definition": "By hand",
                "direction": "less",
                "method": "_measure_orders",
                **vals,
            }
        )

    @classmethod
    def _keep_months(cls, company, figures, last=FEBRUARY, **vals):
        """Keep ``figures`` of the months up to ``last``; None: no row."""
        rows = []
        for index, figure in enumerate(figures):
            start = add_months(last, index - len(figures) + 1)
            if figure is not None:
                end = period_of("month", start).date_to
                row = cls._keep(company, start, end, figure, **vals)
                rows.append(row)
        return rows

    @classmethod
    def _look(cls, company=None, measure=None):
        """Look at the measure; return its findings in ``company``, newest first."""
        company = company or cls.company_a
        measure = measure or cls.measure
        cls.env["crm.finding"]._look(measure, company)
        return cls.env["crm.finding"].search(
            [("measure_id", "=", measure.id), ("company_id", "=", company.id)]
        )

    @classmethod
    def _set_figures(cls, figures):
        """Let the months up to February have ``figures`` instead; look at them."""
        cls.measure.value_ids.unlink()
        cls._keep_months(cls.company_a, figures)
        return cls._look()

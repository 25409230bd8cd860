from odoo import api, models
from odoo.tools import SQL

from ...tools.credit import GRADES
from ...tools.preview import Figure
from .crm_credit_factor import TABLES
from .crm_credit_policy import CUTS, MONTHS

#: Further from zero than any figure of a customer
ASIDE = 1e12


class CrmRulePreviewCredit(models.AbstractModel):
    """What other cut points, months, weights and steps would do to grades and limits.

    Compared is of one day: what the rules say of the figures of today, now and after.
    What people decided otherwise stays as it is until its review.
    """

    _name = "crm.rule.preview.credit"
    _description = "Preview of Credit Rules"
    _inherit = ["crm.rule.preview.topic"]
    _rules = "crm.credit.policy"
    _named = 50

    # --- RULES

    @api.model
    def _get_rules(self, records):
        factors = self.env["crm.credit.factor"]._ensure(records.company_id)
        factors = factors.with_env(records.env)
        steps = [
            (step, name)
            for factor in factors
            for step in factor.step_ids.sorted()
            for name in ("value_from", "points")
            if name == "points" or factor.source not in TABLES
        ]
        return [
            *((records, name) for name in (*CUTS, *MONTHS.values(), "limit_step")),
            *((factor, "weight") for factor in factors),
            *steps,
        ]

    @api.model
    def _get_label(self, record, name):
        label = super()._get_label(record, name)
        if record._name == "crm.credit.policy":
            return label
        if record._name == "crm.credit.factor":
            return self.env._("%(factor)s: %(field)s", factor=record.name, field=label)
        return self.env._(
            "%(factor)s, step %(step)s: %(field)s",
            factor=record.factor_id.name,
            step=record._get_start_text(),
            field=label,
        )

    @api.model
    def _change(self, changes):
        """Move steps aside first: one may take the place of another."""
        for record, vals in changes.items():
            if "value_from" in vals:
                record.value_from = -ASIDE - record.id
        self.env.flush_all()
        return super()._change(changes)

    # --- FIGURES

    @api.model
    def _get_figures(self):
        return [
            Figure(
                "risk_grade",
                self.env._("Grade"),
                tuple((grade, grade) for grade in GRADES),
            )
        ]

    @api.model
    def _get_amounts(self):
        return [("credit_limit", self.env._("Proposed limit"))]

    @api.model
    def _prepare(self, company):
        self.env.flush_all()
        self.env["crm.scorecard.engine"]._make_table(
            "crm_credit_preview_now", self._computed_sql(company)
        )

    @api.model
    def _computed_sql(self, company) -> SQL:
        """Return grade and limit by the rules as they are written now."""
        assessments = self.env["crm.credit.assessment"].sudo()  # style: CRM109 counted
        today = self.env["crm.sale.fact"]._get_today(company)
        return SQL(
            """SELECT c.customer_id,
                      CASE WHEN o.id IS NULL THEN c.risk_grade
                           ELSE o.risk_grade END AS risk_grade,
                      CASE WHEN o.id IS NULL THEN c.credit_limit
                           ELSE o.credit_limit_proposed END AS credit_limit
                 FROM (%(computed)s) c
            LEFT JOIN crm_credit_assessment o
                   ON o.partner_id = c.customer_id AND o.company_id = %(company)s
                  AND o.state = 'in_force' AND o.date_review > %(today)s
                  AND (o.override_grade IS NOT NULL OR o.is_limit_overridden)""",
            computed=assessments._computed_sql(company, today),
            company=company.id,
            today=today,
        )

    @api.model
    def _figures_sql(self, company) -> SQL:
        """Sort by steps of the grade, then by the share by which the limit moves."""
        columns = [*self._get_figures(), Figure("credit_limit", "")]
        return SQL(
            """SELECT n.customer_id, %(pairs)s,
                      COALESCE(ASCII(s.risk_grade) - ASCII(n.risk_grade), 0)
                      + (n.credit_limit - s.credit_limit)
                        / (1 + GREATEST(n.credit_limit, s.credit_limit)) AS move,
                      %(before)s AS before_text, %(after)s AS after_text
                 FROM (%(after_rows)s) n
                 JOIN crm_credit_preview_now s USING (customer_id)
                WHERE n.risk_grade IS NOT NULL OR s.risk_grade IS NOT NULL""",
            pairs=self._pairs_sql(columns, "s", "n"),
            before=self._text_sql("s"),
            after=self._text_sql("n"),
            after_rows=self._computed_sql(company),
        )

    @api.model
    def _text_sql(self, alias) -> SQL:
        """Return grade and limit as text."""
        return SQL(
            "CONCAT_WS(', ', COALESCE(%s, '-'), TO_CHAR(%s, 'FM999,999,999,990'))",
            SQL.identifier(alias, "risk_grade"),
            SQL.identifier(alias, "credit_limit"),
        )

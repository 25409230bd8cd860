from odoo import api, models
from odoo.tools import SQL

from ...tools import churn, seven_p
from .crm_churn_factor import SIGNS


class CrmChurnEngine(models.AbstractModel):
    """How the churn tendency of one customer came about, sign by sign."""

    _inherit = "crm.churn.engine"

    @api.model
    def _explain(self, customer, company):
        """Return the signs of ``customer``, worked out anew by the same statement.

        A dict: score, text (a word of caution, or False) and signs: name, description,
        value (text), window, points (0 to 100), weight and contribution, which add up
        to the score but for rounding. None where the reader sees no tendency.
        """
        row = self.env["crm.scorecard.persistency"].search(
            [("partner_id", "=", customer.id), ("company_id", "=", company.id)], limit=1
        )
        if not row or row.churn_score is False:
            return None
        values = self._read_signs(customer, company)
        if not values:
            return None
        proof = self.env["crm.churn.backtest"]._get_last(company)
        if proof.is_plain_used and proof.steps:
            signs = self._explain_plain(values, proof.steps)
        else:
            signs = self._explain_signs(values, company)
        known = [s["contribution"] for s in signs if s["contribution"] is not None]
        score = seven_p.half_up(sum(known)) if known else None
        text = False
        if score != row.churn_score:
            text = self.env._(
                "The tendency was %s at the last refresh: something has happened, or "
                "the signs count otherwise, since then.",
                row.churn_score,
            )
        return {"score": score, "text": text, "signs": signs}

    @api.model
    def _read_signs(self, customer, company):
        """Return ``{sign: number}`` of one customer as of the last refresh."""
        self.env.flush_all()
        policy = self.env["crm.rfm.policy"]._ensure(company)
        as_of = policy.part_as_of or self.env["crm.sale.fact"]._get_today(company)
        cards = SQL(
            """SELECT partner_id AS customer_id, last_order_date, purchase_day_count,
                      interval_mean, interval_spread
                 FROM crm_customer_scorecard
                WHERE company_id = %s AND partner_id = %s AND active""",
            company.id,
            customer.id,
        )
        own = SQL("SELECT %s", customer.id)
        signs = self._signs_sql(company, as_of, cards, own, is_past=False)
        rows = self.env.execute_query_dict(signs)
        return rows[0] if rows else {}

    @api.model
    def _explain_signs(self, values, company):
        factors = self.env["crm.churn.factor"]._get_factors(company)
        parts = churn.contributions(values, factors)
        return [
            self._describe_sign(
                factor.code,
                values.get(factor.code),
                points=churn.points(
                    values.get(factor.code), factor.value_zero, factor.value_full
                ),
                weight=factor.weight,
                contribution=parts.get(factor.code),
            )
            for factor in factors
        ]

    @api.model
    def _explain_plain(self, values, steps):
        """Return the two signs that count where the back-test chose the plain rank."""
        # as WIDTH_BUCKET has it: how many of the steps are not above the value
        silent = sum(step <= values["silent_days"] for step in steps["silent"])
        few = sum(step > values["few_orders"] for step in steps["orders"])
        ranks = {
            "silence": (silent, len(steps["silent"])),
            "few_orders": (few, len(steps["orders"])),
        }
        total = sum(count for _rank, count in ranks.values())
        return [
            self._describe_sign(
                code,
                values["silent_days" if code == "silence" else code],
                points=rank / count,
                weight=count,
                contribution=100.0 * rank / total,
                unit=self.env._("days") if code == "silence" else None,
            )
            for code, (rank, count) in ranks.items()
        ]

    @api.model
    def _describe_sign(self, code, value, points, weight, contribution, unit=None):
        factors = self.env["crm.churn.factor"]
        known_unit, description = factors._get_texts()[code]
        labels = dict(factors._fields["code"]._description_selection(self.env))
        return {
            "name": labels.get(code, dict(SIGNS)[code]),
            "description": description,
            "value": self._get_sign_text(value, unit or known_unit),
            "window": self._get_sign_windows()[code],
            "points": None if points is None else seven_p.half_up(100 * points),
            "weight": weight,
            "contribution": contribution,
        }

    @api.model
    def _get_sign_text(self, value, unit):
        if value is None:
            return self.env._("not known")
        number = self.env["ir.qweb.field.float"].value_to_html(
            value, {"precision": 0 if float(value).is_integer() else 1}
        )
        return f"{number} {unit}".strip()

    @api.model
    def _get_sign_windows(self):
        """Return of which time each sign is."""
        silent, years = self.env._("since the last order"), self.env._("24 months")
        year = self.env._("12 months")
        return {
            "overdue": silent,
            "silence": silent,
            "few_orders": self.env._("since the first order"),
            "fewer_orders": years,
            "less_revenue": years,
            "complaint": self.env._("as of now"),
            "late_delivery": year,
            "dissatisfied": year,
        }

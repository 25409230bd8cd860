from contextlib import closing

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Customers named of those who move most, each way
MOVED = 10


class CrmSevenPPreview(models.TransientModel):
    """Shows what other factors would do to the scores, before they are applied."""

    _name = "crm.seven.p.preview"
    _description = "Preview of Factors"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    line_ids = fields.One2many("crm.seven.p.preview.factor", "preview_id")
    result = fields.Html(readonly=True, sanitize=False)

    @api.model
    def _open(self, factors):
        """Return the action of a new preview of changes of ``factors``."""
        company = factors.company_id
        if len(company) != 1:
            raise UserError(
                self.env._("Choose factors of one company to preview a change.")
            )
        preview = self.create(
            {
                "company_id": company.id,
                "line_ids": [
                    Command.create(
                        {
                            "factor_id": factor.id,
                            "weight": factor.weight,
                            "value_zero": factor.value_zero,
                            "value_full": factor.value_full,
                        }
                    )
                    for factor in factors
                ],
            }
        )
        return preview._get_action()

    def _get_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview of Factors"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    # --- ACTIONS

    def action_preview(self):
        """Work out the scores by the changed factors; change nothing."""
        self.ensure_one()
        self.env["crm.scorecard.factor"].check_access("write")
        self.company_id.check_access("read")
        self.flush_recordset()
        # what is written within is taken back, what was read stays
        with closing(self.env.cr.savepoint()):
            self.with_context(tracking_disable=True)._write_factors()
            self.env.flush_all()
            found = self._compare()
        self.env.invalidate_all(flush=False)
        self.result = self.env["ir.qweb"]._render(
            "crm_analytics.seven_p_preview_result", found
        )
        return self._get_action()

    def action_apply(self):
        """Change the factors; the next refresh scores by them."""
        self.ensure_one()
        self._write_factors()
        return {"type": "ir.actions.act_window_close"}

    # --- BUSINESS

    def _write_factors(self):
        for line in self.line_ids:
            line.factor_id.write(
                {
                    "weight": line.weight,
                    "value_zero": line.value_zero,
                    "value_full": line.value_full,
                }
            )

    def _get_names(self):
        """Return ``{column: label}`` of the scores that a change may move."""
        changed = set(self.line_ids.factor_id.mapped("part"))
        labels = self.env["crm.scorecard.part"]._selection_part()
        names = {f"{part}_score": label for part, label in labels if part in changed}
        return {"total_score": self.env._("Total"), **names}

    def _compare(self):
        """Return the bands before and after, and who moves most."""
        names = self._get_names()
        self.env["crm.sale.fact"]._prepare_planner()
        self.env["crm.scorecard.engine"]._make_table(
            "crm_seven_p_previewed", self._scores_sql()
        )
        bands = [
            (
                label,
                self._read_bands(column, "before"),
                self._read_bands(column, "after"),
            )
            for column, label in names.items()
        ]
        return {
            "bands": bands,
            "ranges": ["0-19", "20-39", "40-59", "60-79", "80-100"],
            "classes": self._read_classes(),
            "risers": self._read_moved(SQL("DESC")),
            "fallers": self._read_moved(SQL("ASC")),
        }

    def _scores_sql(self):
        """Return the scores of every ranked customer before and after the change."""
        company = self.company_id
        policy = self.env["crm.rfm.policy"]._ensure(company)
        engine = self.env["crm.scorecard.part.engine"]
        as_of = policy.part_as_of or self.env["crm.sale.fact"]._get_today(company)
        factors = self.env["crm.scorecard.factor"]._ensure(company)
        columns = SQL(", ").join(
            SQL(
                "s.%(name)s AS %(before)s, n.%(name)s AS %(after)s",
                name=SQL.identifier(name),
                before=SQL.identifier(f"before_{name}"),
                after=SQL.identifier(f"after_{name}"),
            )
            for name in self._get_names()
        )
        scores = self.env["crm.seven.p.score"].sudo()  # style: CRM109 only counted
        return SQL(
            """SELECT n.customer_id, c.rfm_group_id, %(columns)s
                 FROM (%(scores)s) n
                 JOIN crm_customer_scorecard c
                   ON c.partner_id = n.customer_id AND c.company_id = %(company)s
            LEFT JOIN crm_seven_p_score s
                   ON s.partner_id = n.customer_id AND s.company_id = %(company)s
                WHERE c.active""",
            columns=columns,
            scores=scores._scores_sql(
                policy, engine._get_window(company, as_of), factors, None
            ),
            company=company.id,
        )

    def _read_bands(self, column, when):
        """Return the number of customers per band of 20 points."""
        rows = self.env.execute_query(
            SQL(
                """SELECT LEAST(%(score)s / 20, 4), COUNT(*)
                     FROM crm_seven_p_previewed
                    WHERE %(score)s IS NOT NULL GROUP BY 1""",
                score=SQL.identifier(f"{when}_{column}"),
            )
        )
        counts = dict(rows)
        return [counts.get(band, 0) for band in range(5)]

    def _read_classes(self):
        """Return ``(name, customers, mean total before, after)`` of each RFM group."""
        rows = self.env.execute_query(
            SQL(
                """SELECT rfm_group_id, COUNT(*), ROUND(AVG(before_total_score)),
                          ROUND(AVG(after_total_score))
                     FROM crm_seven_p_previewed
                    WHERE rfm_group_id IS NOT NULL GROUP BY rfm_group_id"""
            )
        )
        found = {row[0]: row[1:] for row in rows}
        groups = self.env["crm.rfm.group"].browse(found).sorted()
        return [(group.name, *found[group.id]) for group in groups]

    def _read_moved(self, order):
        """Return ``(name, before, after)`` of those whose total moves most."""
        rows = self.env.execute_query(
            SQL(
                """SELECT customer_id, before_total_score, after_total_score
                     FROM crm_seven_p_previewed
                    WHERE (after_total_score - before_total_score) * %s > 0
                 ORDER BY after_total_score - before_total_score %s, customer_id
                    LIMIT %s""",
                1 if order == SQL("DESC") else -1,
                order,
                MOVED,
            )
        )
        names = self.env["res.partner"].browse([row[0] for row in rows])
        return [
            (partner.display_name, before, after)
            for partner, (_id, before, after) in zip(names, rows, strict=True)
        ]

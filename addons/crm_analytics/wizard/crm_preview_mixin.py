from contextlib import closing

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.preview import BAND, BESIDE, tabulate


class CrmPreviewMixin(models.AbstractModel):
    """Shows what changed rules of a company would do, before they are applied.

    The change is written, figures are worked out by it and compared with those on the
    screens, and all is taken back. A wizard gives ``_check_rules``, ``_write_rules``,
    ``_get_figures`` and ``_figures_sql``.
    """

    _name = "crm.preview.mixin"
    _description = "Preview of Changed Rules"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    result = fields.Html(readonly=True, sanitize=False)

    # --- WHAT A WIZARD GIVES

    def _check_rules(self):
        """Refuse who may not change the rules."""
        raise NotImplementedError

    def _write_rules(self):
        """Change the rules."""
        raise NotImplementedError

    def _prepare(self):
        """Hook: keep what the rules say now, before they are changed."""

    def _get_named(self):
        """Return how many customers are named of those who move most, each way."""
        return 10

    def _get_amounts(self):
        """Return pairs ``(column, label)`` of amounts whose sums change."""
        return []

    def _get_figures(self):
        """Return the :class:`Figure` list, the one people look at most first."""
        raise NotImplementedError

    def _figures_sql(self):
        """Return a row per customer: customer_id, and of each figure before_<column>
        and after_<column>, and move (a number), before_text and after_text.
        """
        raise NotImplementedError

    # --- OPENING

    @api.model
    def _get_company(self, records):
        """Return the one company of ``records``."""
        company = records.company_id
        if len(company) != 1:
            raise UserError(
                self.env._("Choose rules of one company to preview a change.")
            )
        return company

    def _get_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self._get_title(),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    def _get_title(self):
        return self.env._("Preview of changed rules")

    # --- ACTIONS

    def action_preview(self):
        """Work out the figures by the changed rules; change nothing."""
        self.ensure_one()
        self._check_rules()
        self.company_id.check_access("read")
        self.flush_recordset()
        # what is written within is taken back, what was read stays
        with closing(self.env.cr.savepoint()):
            self._prepare()
            self.with_context(tracking_disable=True)._write_rules()
            self.env.flush_all()
            found = self._compare()
        self.env.invalidate_all(flush=False)
        self.result = self.env["ir.qweb"]._render(
            "crm_analytics.rule_preview_result", found
        )
        return self._get_action()

    def action_apply(self):
        """Change the rules; the next refresh works by them."""
        self.ensure_one()
        self._check_rules()
        self.company_id.check_access("read")
        self._write_rules()
        return {"type": "ir.actions.act_window_close"}

    # --- COMPARISON

    def _compare(self):
        """Return the customers by range before and after, and who moves most."""
        figures = self._get_figures()
        self.env["crm.sale.fact"]._prepare_planner()
        self.env["crm.scorecard.engine"]._make_table(
            "crm_rule_preview_found", self._figures_sql()
        )
        counts = {
            figure.column: tuple(
                self._read_counts(figure, when) for when in ("before", "after")
            )
            for figure in figures
        }
        main = figures[0]
        return {
            "tables": tabulate(figures, counts),
            "groups": [] if main.classes else self._read_groups(main),
            "label": main.label,
            "moves": self._read_moves(main),
            "amounts": [self._read_amount(*pair) for pair in self._get_amounts()],
            "risers": self._read_moved(1),
            "fallers": self._read_moved(-1),
        }

    def _read_counts(self, figure, when):
        """Return ``{value of a range: customers}``."""
        value = SQL.identifier(f"{when}_{figure.column}")
        rows = self.env.execute_query(
            SQL(
                """SELECT %s, COUNT(*) FROM crm_rule_preview_found
                    WHERE %s IS NOT NULL GROUP BY 1""",
                value if figure.classes else SQL("LEAST(%s / %s, 4)", value, BAND),
                value,
            )
        )
        return dict(rows)

    def _read_groups(self, figure):
        """Return ``(name, customers, mean before, after)`` of each RFM group."""
        rows = self.env.execute_query(
            SQL(
                """SELECT c.rfm_group_id, COUNT(*), ROUND(AVG(%s)), ROUND(AVG(%s))
                     FROM crm_rule_preview_found f
                     JOIN crm_customer_scorecard c
                       ON c.partner_id = f.customer_id AND c.company_id = %s
                    WHERE c.rfm_group_id IS NOT NULL GROUP BY c.rfm_group_id""",
                SQL.identifier(f"before_{figure.column}"),
                SQL.identifier(f"after_{figure.column}"),
                self.company_id.id,
            )
        )
        found = {row[0]: row[1:] for row in rows}
        groups = self.env["crm.rfm.group"].browse(found).sorted()
        return [(group.name, *found[group.id]) for group in groups]

    def _read_moves(self, figure):
        """Return ``(class now, class after, customers)`` of those who change it."""
        if not figure.classes or len(figure.classes) > BESIDE:
            return []
        names = dict(figure.classes)
        before, after = (
            SQL.identifier(f"{when}_{figure.column}") for when in ("before", "after")
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT %(before)s, %(after)s, COUNT(*) FROM crm_rule_preview_found
                    WHERE %(before)s <> %(after)s GROUP BY 1, 2 ORDER BY 1, 2""",
                before=before,
                after=after,
            )
        )
        return [(names[old], names[new], count) for old, new, count in rows]

    def _read_amount(self, column, label):
        """Return the sums of an amount now and after, and for how many it changes."""
        before, after = (
            SQL.identifier(f"{when}_{column}") for when in ("before", "after")
        )
        [(now, then, higher, lower)] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(%(before)s), 0), COALESCE(SUM(%(after)s), 0),
                          COUNT(*) FILTER (WHERE %(after)s > %(before)s),
                          COUNT(*) FILTER (WHERE %(after)s < %(before)s)
                     FROM crm_rule_preview_found""",
                before=before,
                after=after,
            )
        )
        money = self.company_id.currency_id.format
        return label, money(now), money(then), money(then - now), higher, lower

    def _read_moved(self, sign):
        """Return ``[(name, before, after)]`` of those who move most, and how many
        others move.

        :param sign: 1 up, -1 down
        """
        named = self._get_named()
        rows = self.env.execute_query(
            SQL(
                """SELECT customer_id, before_text, after_text, COUNT(*) OVER ()
                     FROM crm_rule_preview_found
                    WHERE move * %(sign)s > 0
                 ORDER BY move * %(sign)s DESC, customer_id
                    LIMIT %(limit)s""",
                sign=sign,
                limit=named,
            )
        )
        names = self.env["res.partner"].browse([row[0] for row in rows])
        found = [
            (partner.display_name, before, after)
            for partner, (_id, before, after, _n) in zip(names, rows, strict=True)
        ]
        return found, rows[0][3] - len(rows) if rows else 0

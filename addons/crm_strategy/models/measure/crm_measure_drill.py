from datetime import date

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

SEPARATOR = "|"


class CrmMeasureDrillMixin(models.AbstractModel):
    """Lets a list show the records behind a figure, however many they are.

    A subquery cannot travel to the browser and back, and a list of ids cannot be
    long. So a window's domain carries one short term, ``("measure_drill", "=",
    "code|company|from|to")``, and the server replaces it by the statement that
    the measure's ``_records_<code>`` gives. The user's record rules apply on top.
    """

    _name = "crm.measure.drill.mixin"
    _description = "Records behind a Measure"

    measure_drill = fields.Char(
        string="Records of a Measure",
        store=False,
        search="_search_measure_drill",
        exportable=False,
        copy=False,
        groups="crm_strategy.group_user",
        help="Technical: set by the drill-down of a measure.",
    )

    def _search_measure_drill(self, operator, value):
        if operator != "in" or not all(isinstance(term, str) for term in value):
            return NotImplemented
        return Domain.OR(map(self._get_measure_drill_domain, value))

    def _get_measure_drill_domain(self, term):
        """Return the domain of the records that one term stands for."""
        ids = self.env["crm.measure"]._get_records_sql(term)
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s IN (%s)", SQL.identifier(alias, "id"), ids
            )
        )


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.measure.drill.mixin"]


class CrmMeasure(models.Model):
    _inherit = "crm.measure"

    def _prepare_drill_action(self, model_name, company, date_from, date_to):
        """Return the window on the records that ``_records_<code>`` selects."""
        parts = (self.code, company.id, date_from, date_to)
        term = SEPARATOR.join(map(str, parts))
        return {
            "type": "ir.actions.act_window",
            "res_model": model_name,
            "view_mode": "list,form",
            "views": [[False, "list"], [False, "form"]],
            "domain": [("measure_drill", "=", term)],
            "context": {"create": False, "active_test": False},
        }

    def _get_records_sql(self, term) -> SQL:
        """Return the ids that a term of ``measure_drill`` stands for.

        The term comes from the browser, so nothing in it is trusted: the measure
        must be one that the user reads, the company one of his.
        """
        try:
            code, company_id, date_from, date_to = term.split(SEPARATOR)
            company = self.env["res.company"].browse(int(company_id))
            days = date.fromisoformat(date_from), date.fromisoformat(date_to)
        except ValueError:
            raise UserError(self.env._("This list of records is not valid.")) from None
        measure = self.with_context(active_test=False).search([("code", "=", code)])
        name = measure and measure._get_hook_name("_records_")
        if not name or not hasattr(measure, name) or company not in self.env.companies:
            raise UserError(
                self.env._(
                    "These records cannot be listed. Open them again from the measure."
                )
            )
        self.env["crm.sale.fact"]._flush_sources()
        return getattr(measure, name)(company, *days)

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.day_bounds import day_bounds

#: Key of the context: first and last day of the rows to read
DAYS = "crm_strategy_days"


class CrmCompanyRowsMixin(models.AbstractModel):
    """A report whose rows are those of each company, by that company's own days.

    A report gives ``_company_sql(company)``. One that may have very many rows names
    its day in ``_day_field`` and takes ``since`` and ``until`` as well: what is
    searched for by that day is then read by an index, and not all years of it.
    """

    _name = "crm.company.rows.mixin"
    _description = "Report by Company"
    _inherit = ["crm.screen.read.mixin"]

    _day_field = None

    @property
    def _table_query(self) -> SQL:
        since, until = self.env.context.get(DAYS, (None, None))
        days = {"since": since, "until": until} if self._day_field else {}
        parts = [self._company_sql(company, **days) for company in self.env.companies]
        rows = SQL(" UNION ALL ").join(parts)
        # the planner guesses a fraction of the rows of a day that is worked out; the
        # fence keeps that guess away from the joins, whose days are known already
        return SQL("%s OFFSET 0", rows) if since and until else rows

    def _company_sql(self, company) -> SQL:
        """Return the rows of ``company``.

        With ``_day_field``, further parameters ``since`` and ``until``: the rows of
        these days are enough.
        """
        raise NotImplementedError

    @api.model
    def _search(self, domain, *args, **kwargs):
        report = self
        if self._day_field:
            known = list(Domain(domain).optimize(self))
            report = self.with_context(**{DAYS: day_bounds(known, self._day_field)})
        return super(CrmCompanyRowsMixin, report)._search(domain, *args, **kwargs)

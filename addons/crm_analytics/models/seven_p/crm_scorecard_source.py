from odoo import api, models

from ...tools.seven_p import Source  # noqa: F401  what overrides build


class CrmScorecardSource(models.AbstractModel):
    """Where the columns of the parts come from: the registry of sources.

    An add-on, or a topic of this one, inherits this model, adds its sources to
    :meth:`_get_sources` and has the methods that they name. See
    :class:`~odoo.addons.crm_analytics.tools.seven_p.Source`.
    """

    _name = "crm.scorecard.source"
    _description = "Source of a Scorecard Part"

    @api.model
    def _get_sources(self):
        """Return the list of sources, with those that are still lacking."""
        return []

    @api.model
    def _of(self, customers, column):
        """Return ``AND column IN (customers)``, or nothing for all customers."""
        from odoo.tools import SQL

        if customers is None:
            return SQL()
        if isinstance(customers, list):
            return SQL("AND %s = ANY(%s)", column, customers)
        return SQL("AND %s IN (%s)", column, customers)

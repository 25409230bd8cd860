from odoo import api, models
from odoo.tools import SQL


class CrmScorecardSource(models.AbstractModel):
    """Where the columns of the parts come from: the registry of sources.

    An add-on, or a topic of this one, inherits this model, adds its sources to
    :meth:`_get_sources` and has the methods that they name. See
    :class:`~odoo.addons.crm_analytics.tools.seven_p.Source`. Of two sources with the
    same key the later one counts, so one that is lacking is brought by a source with
    its key.
    """

    _name = "crm.scorecard.source"
    _description = "Source of a Scorecard Part"

    @api.model
    def _get_sources(self):
        """Return the list of sources, with those that are still lacking."""
        return []

    @api.model
    def _get_sources_of(self, part):
        """Return ``(had, lacking)``: the sources of ``part`` that there are, or not."""
        sources = {s.key: s for s in self._get_sources() if s.part == part}
        had = [source for source in sources.values() if source.method]
        lacking = [source for source in sources.values() if not source.method]
        return had, lacking

    # --- WHAT THE METHODS BUILD ON

    @api.model
    def _facts(self):
        return self.env["crm.sale.fact"]

    @api.model
    def _cards_sql(self, company, window) -> SQL:
        """Return the customers with their core figures: customer_id, first_order_date,
        last_order_date, order_count, purchase_day_count, interval_mean,
        interval_spread, revenue, margin, invoiced_amount, active.

        As of a month end in the past these are the figures of that day.
        """
        if window.is_past:
            return SQL("SELECT * FROM crm_scorecard_scored")
        return SQL(
            """SELECT partner_id AS customer_id, *
                 FROM crm_customer_scorecard WHERE company_id = %s""",
            company.id,
        )

    @api.model
    def _only_sql(self, customers, column) -> SQL:
        """Return ``AND column`` is one of ``customers``; nothing for all of them."""
        if customers is None:
            return SQL()
        if isinstance(customers, list):
            return SQL("AND %s = ANY(%s)", column, customers)
        return SQL("AND %s IN (%s)", column, customers)

    @api.model
    def _credited_sql(self, customers) -> SQL:
        """Return ``order_id`` of the orders with credit notes of ``customers``."""
        if customers is None:
            return SQL("SELECT order_id FROM crm_scorecard_credit")
        return SQL(
            """SELECT c.order_id
                 FROM crm_scorecard_credit c
                 JOIN sale_order o ON o.id = c.order_id
                 JOIN res_partner p ON p.id = o.partner_id
                WHERE TRUE %s""",
            self._only_sql(customers, SQL("p.commercial_partner_id")),
        )

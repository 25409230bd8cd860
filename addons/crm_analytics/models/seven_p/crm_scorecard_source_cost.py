from odoo import api, models
from odoo.tools import SQL

from ...tools.seven_p import CostSource


class CrmScorecardSource(models.AbstractModel):
    """What customers cost beyond the goods: deliveries, complaints, activities.

    Costs are told one by one, with their day, so that the scorecards add them up by
    customer, the measures of the company by period and the profit analysis by product.
    """

    _inherit = "crm.scorecard.source"

    # --- REGISTRY

    @api.model
    def _get_cost_sources(self):
        """Return the :class:`CostSource` of all that customers cost beyond the goods.

        An add-on adds the amount to ``crm.scorecard.profitability`` and a source here:
        so it enters the cost to serve, the contribution, the measures of the company
        and the profit analysis. Of two with the same key the later one counts.
        """
        return [
            CostSource(
                "delivery",
                self.env._("Deliveries"),
                "delivery_cost",
                "_cost_of_deliveries",
                changed="_changed_deliveries",
                shared="_deliveries_sql",
            ),
            CostSource(
                "complaint",
                self.env._("Complaints"),
                "complaint_cost",
                "_cost_of_complaints",
                changed="_changed_complaints",
                shared="_complaints_sql",
            ),
            CostSource(
                "activity",
                self.env._("Sales activities"),
                "activity_cost",
                "_cost_of_activities",
                changed="_changed_touches",
            ),
            CostSource(
                "counted",
                self.env._("Already in the margin"),
                "counted_cost",
                "_cost_in_margin",
                sign=-1,
                along="received",
                shared="_counted_sql",
            ),
            *self._get_cost_sources_to_come(),
        ]

    @api.model
    def _get_cost_sources_to_come(self):
        return [
            CostSource(
                "channel_cost",
                self.env._("Cost of sales channels"),
                lacking=self.env._("Comes with the sales channels."),
            ),
            CostSource(
                "campaign_cost",
                self.env._("Cost of campaigns"),
                lacking=self.env._("Comes with the campaigns."),
            ),
        ]

    @api.model
    def _get_costs_by_key(self):
        return {cost.key: cost for cost in self._get_cost_sources()}

    @api.model
    def _get_costs(self):
        """Return the sources of costs that there are, each key once."""
        return [cost for cost in self._get_costs_by_key().values() if cost.method]

    @api.model
    def _get_cost_signs(self):
        """Return ``{amount: sign}`` of all amounts of costs."""
        return {cost.column: cost.sign for cost in self._get_costs()}

    @api.model
    def _cost_to_serve_sql(self, alias) -> SQL:
        """Return the sum of all amounts of the rows ``alias``."""
        return SQL(" ").join(
            SQL("%s %s.%s", SQL("+" if sign > 0 else "-"), alias, SQL.identifier(name))
            for name, sign in self._get_cost_signs().items()
        )

    @api.model
    def _cost_sql(self, cost, company, window, customers, orders) -> SQL:
        """Return the statement of the rows of one source of costs."""
        return getattr(self, cost.method)(company, window, customers, orders)

    @api.model
    def _get_cost_parts(self, company, window, customers):
        """Return pairs of column names and the statement that gives them."""
        orders = SQL("crm_seven_p_order")
        parts = []
        for cost in self._get_costs():
            is_within = SQL()
            if cost.along:
                along = SQL.identifier("c", cost.along)
                bounds = window.start, window.as_of
                is_within = SQL("WHERE %s BETWEEN %s AND %s", along, *bounds)
            rows = SQL(
                """SELECT c.customer_id, SUM(c.cost) AS %s
                     FROM (%s) c %s GROUP BY c.customer_id""",
                SQL.identifier(cost.column),
                self._cost_sql(cost, company, window, customers, orders),
                is_within,
            )
            parts.append(((cost.column,), rows))
        return parts

    # --- SOURCES

    @api.model
    def _cost_of_deliveries(self, company, window, customers, _orders) -> SQL:
        return SQL(
            """SELECT picking_id AS id, customer_id, %s AS day, cost, order_id
                 FROM (%s) k""",
            self._facts()._local_day_sql(SQL("k.moment"), company),
            self._shipments_sql(company, window, customers),
        )

    @api.model
    def _cost_of_complaints(self, company, window, customers, _orders) -> SQL:
        return SQL(
            """SELECT id, commercial_partner_id AS customer_id, %s AS day, cost
                 FROM (%s) k""",
            self._facts()._local_day_sql(SQL("k.moment"), company),
            self._complaints_sql(company, window, customers),
        )

    @api.model
    def _cost_of_activities(self, company, window, customers, _orders) -> SQL:
        return SQL(
            "SELECT id, partner_id AS customer_id, %s AS day, cost FROM (%s) k",
            self._facts()._local_day_sql(SQL("k.moment"), company),
            self._touches_sql(company, window, customers),
        )

    @api.model
    def _cost_in_margin(self, company, window, customers, orders) -> SQL:
        """Return what the margin bears already; ``received``: day of the complaint."""
        return SQL(
            """SELECT line_id AS id, customer_id, day, cost, %s AS received
                 FROM (%s UNION ALL %s) k""",
            self._facts()._local_day_sql(SQL("k.received"), company),
            self._credited_back_sql(company, window, customers),
            self._promised_sql(orders),
        )

    @api.model
    def _shipments_sql(self, company, window, customers) -> SQL:
        """Return ``customer_id, picking_id, order_id, moment, cost`` of the deliveries
        done in the window.

        The carrier's price is in the currency of the order, as the host notes it.
        """
        policy = self.env["crm.profit.policy"]._ensure(company)
        cost = flat = SQL("%s::numeric", policy.delivery_cost)
        if "carrier_price" in self.env["stock.picking"]._fields:
            cost = SQL(
                """COALESCE(NULLIF(k.carrier_price, 0)::numeric
                            / COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric, %s)""",
                flat,
            )
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id, k.id AS picking_id,
                      o.id AS order_id, k.date_done AS moment, %(cost)s AS cost
                 FROM stock_picking k
                 JOIN stock_picking_type y ON y.id = k.picking_type_id
                 JOIN sale_order o ON o.id = k.sale_id
                 JOIN %(partners)s p ON p.id = o.partner_id
                WHERE k.company_id = %(company)s AND k.state = 'done'
                  AND y.code = 'outgoing' AND %(within)s""",
            cost=cost,
            partners=self._partners(customers),
            company=company.id,
            within=self._within(SQL("k.date_done"), window),
        )

    @api.model
    def _complaints_sql(self, company, window, customers, type_="complaint") -> SQL:
        """Return the complaints, or opinions, received in the window."""
        return SQL(
            """SELECT id, commercial_partner_id, date_received AS moment,
                      COALESCE(work_cost, 0) + COALESCE(cost_remedies, 0) AS cost
                 FROM crm_complaint
                WHERE company_id = %s AND type = %s AND state <> 'cancelled'
                  AND commercial_partner_id IS NOT NULL AND %s %s""",
            company.id,
            type_,
            self._within(SQL("date_received"), window),
            self._only_sql(customers, SQL("commercial_partner_id")),
        )

    @api.model
    def _touches_sql(self, company, window, customers) -> SQL:
        """Return the sales activities done in the window."""
        return SQL(
            """SELECT id, partner_id, direction, outcome_id, cost, date_start AS moment
                 FROM crm_sales_activity
                WHERE company_id = %s AND state = 'done' AND %s %s""",
            company.id,
            self._within(SQL("date_start"), window),
            self._only_sql(customers, SQL("partner_id")),
        )

    @api.model
    def _credited_back_sql(self, company, window, customers) -> SQL:
        """Return ``customer_id, line_id, day, received, cost``: the part of refunds to
        complainants that the margin bears already. A credit note lowers the margin of
        its order in proportion to the revenue.

        ``received`` is the moment of the complaint: only where its cost counts there
        is something to subtract from.
        """
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id, l.id AS line_id,
                      m.invoice_date AS day, c.date_received AS received,
                      ml.balance * GREATEST(0, LEAST(1,
                          o.margin / NULLIF(o.amount_untaxed, 0))) AS cost
                 FROM account_move m
                 JOIN account_move_line ml ON ml.move_id = m.id
                 JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = ml.id
                 JOIN sale_order_line l ON l.id = r.order_line_id
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN %(partners)s p ON p.id = o.partner_id
                 JOIN crm_complaint_remedy y ON y.id = m.crm_remedy_id
                 JOIN crm_complaint c ON c.id = y.complaint_id
                      AND c.commercial_partner_id = p.commercial_partner_id
                WHERE m.company_id = %(company)s
                  AND c.type = 'complaint' AND c.state <> 'cancelled'
                  AND m.move_type = 'out_refund' AND m.state = 'posted'
                  AND m.invoice_date BETWEEN %(start)s AND %(as_of)s""",
            partners=self._partners(customers),
            company=company.id,
            start=window.start,
            as_of=window.as_of,
        )

    @api.model
    def _promised_sql(self, orders) -> SQL:
        """Return the same of promised discounts used on ``orders``."""
        return SQL(
            """SELECT o.customer_id, l.id AS line_id, o.day, c.date_received,
                      -l.price_subtotal / o.rate AS cost
                 FROM sale_order_line l
                 JOIN %s o ON o.order_id = l.order_id
                 JOIN crm_complaint_remedy y ON y.id = l.crm_discount_remedy_id
                 JOIN crm_complaint c ON c.id = y.complaint_id
                      AND c.commercial_partner_id = o.customer_id
                WHERE c.type = 'complaint' AND c.state <> 'cancelled'""",
            orders,
        )

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult


class CrmMeasure(models.Model):
    """The measures of deliveries and of buying again; one statement for all periods."""

    _inherit = "crm.measure"

    # --- DELIVERIES

    def _measure_delivery_on_time(self, company, periods):
        """Lines delivered by the promised day, of those delivered in the period."""
        return self._query_deliveries(
            company,
            periods,
            SQL("COUNT(*) FILTER (WHERE d.days_late = 0)"),
            SQL("COUNT(d.id)"),
        )

    def _measure_delivery_days_late(self, company, periods):
        """Mean days between the promised day and a late delivery."""
        return self._query_deliveries(
            company,
            periods,
            SQL("SUM(d.days_late)"),
            SQL("COUNT(*) FILTER (WHERE d.days_late > 0)"),
        )

    def _query_deliveries(self, company, periods, numerator, denominator):
        report = self.env["crm.delivery.report"]
        query = SQL(
            """SELECT p.date_from, %(numerator)s, %(denominator)s
                 FROM (%(periods)s) p
            LEFT JOIN (%(deliveries)s) d
                   ON d.date_delivered >= p.date_from
                  AND d.date_delivered <= p.date_to
             GROUP BY p.date_from""",
            numerator=numerator,
            denominator=denominator,
            periods=self._periods_sql(periods),
            deliveries=report._company_sql(
                company,
                since=min(period.date_from for period in periods),
                until=max(period.date_to for period in periods),
            ),
        )
        self.env.flush_all()
        return {
            start: MeasureResult.ratio(above or 0, below)
            for start, above, below in self.env.execute_query(query)
        }

    def _drill_delivery_on_time(self, company, date_from, date_to):
        return self._open_deliveries(company, date_from, date_to)

    def _drill_delivery_days_late(self, company, date_from, date_to):
        late = Domain("days_late", ">", 0)
        return self._open_deliveries(company, date_from, date_to, late)

    def _open_deliveries(self, company, date_from, date_to, domain=Domain.TRUE):
        """Open what was delivered in these days."""
        domain &= Domain("company_id", "=", company.id)
        domain &= Domain("date_delivered", ">=", date_from)
        domain &= Domain("date_delivered", "<=", date_to)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_delivery_report_action"
            ),
            "domain": list(domain),
            "context": {"create": False},
        }

    # --- LATE ORDERS

    def _measure_late_orders(self, company, periods):
        """Open orders whose promised day is over: as it is today, kept from now on."""
        today = self.env["crm.sale.fact"]._get_today(company)
        running = [p for p in periods if p.date_from <= today <= p.date_to]
        if not running:
            return {}
        self.env.flush_all()
        query = SQL(
            "SELECT COUNT(*) FROM (%s) l WHERE l.days_late > 0",
            self.env["crm.late.order"]._company_sql(company),
        )
        [[count]] = self.env.execute_query(query)
        return {period.date_from: MeasureResult(float(count)) for period in running}

    def _drill_late_orders(self, company, _date_from, _date_to):
        """The orders that are late today."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_late_order_action"
            ),
            "domain": [("company_id", "=", company.id), ("days_late", ">", 0)],
            "context": {"create": False},
        }

    # --- BUYING AGAIN

    def _measure_repurchase_rate(self, company, periods):
        """Of the proposals to buy again made in the period, those that were taken."""
        query = SQL(
            """SELECT p.date_from, COUNT(*) FILTER (WHERE c.is_repurchased),
                      COUNT(c.id)
                 FROM (%(periods)s) p
            LEFT JOIN crm_after_sale c
                   ON c.company_id = %(company)s AND c.state <> 'cancelled'
                  AND c.date_proposed >= p.date_from
                  AND c.date_proposed <= p.date_to
             GROUP BY p.date_from""",
            periods=self._periods_sql(periods),
            company=company.id,
        )
        self.env["crm.after.sale"].flush_model()
        return {
            start: MeasureResult.ratio(above, below)
            for start, above, below in self.env.execute_query(query)
        }

    def _drill_repurchase_rate(self, company, date_from, date_to):
        """The cases whose proposal was made in these days."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_service.crm_after_sale_action"
            ),
            "domain": [
                ("company_id", "=", company.id),
                ("state", "!=", "cancelled"),
                ("date_proposed", ">=", date_from),
                ("date_proposed", "<=", date_to),
            ],
            "context": {"create": False},
        }

from odoo import fields, models
from odoo.tools import SQL


class CrmSegmentPolicyReport(models.Model):
    """Overview of the policies: what each segment's treatment asks for in a year.

    Counts all customers of a segment, whoever looks after them.
    """

    _name = "crm.segment.policy.report"
    _description = "Segment Policy Overview"
    _auto = False
    _rec_name = "segment_id"
    _order = "net_gain desc, id"

    segment_id = fields.Many2one("crm.segment", readonly=True)
    segmentation_id = fields.Many2one("crm.segmentation", "Scheme", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    service_level_id = fields.Many2one("crm.service.level", readonly=True)
    pricelist_id = fields.Many2one("product.pricelist", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    customer_count = fields.Integer("Customers", readonly=True)
    visits_per_year = fields.Integer(
        "Visits per Customer and Year", readonly=True, aggregator="avg"
    )
    visits_needed = fields.Integer("Visits Needed a Year", readonly=True)
    calls_needed = fields.Integer("Calls Needed a Year", readonly=True)
    cost = fields.Monetary("Cost a Year", readonly=True)
    gain = fields.Monetary("Gain a Year", readonly=True)
    net_gain = fields.Monetary("Expected Net Gain", readonly=True)

    _depends = {
        "crm.segment": [
            "active",
            "company_id",
            "segmentation_id",
            "service_level_id",
            "pricelist_id",
            "is_pricelist_applied",
            "visits_per_year",
            "calls_per_year",
            "cost_per_customer",
            "gain_per_customer",
            "currency_id",
        ],
        "crm.segment.membership": ["segment_id", "partner_id", "date_end"],
        "crm.segmentation": ["active"],
        "crm.service.level": ["visits_per_year", "calls_per_year"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT s.id, s.id AS segment_id, s.segmentation_id, s.company_id,
                      s.service_level_id, s.currency_id,
                      CASE WHEN s.is_pricelist_applied THEN s.pricelist_id END
                          AS pricelist_id,
                      m.customers AS customer_count,
                      v.visits AS visits_per_year,
                      v.visits * m.customers AS visits_needed,
                      v.calls * m.customers AS calls_needed,
                      COALESCE(s.cost_per_customer, 0) * m.customers AS cost,
                      COALESCE(s.gain_per_customer, 0) * m.customers AS gain,
                      (COALESCE(s.gain_per_customer, 0)
                       - COALESCE(s.cost_per_customer, 0)) * m.customers AS net_gain
                 FROM crm_segment s
                 JOIN crm_segmentation scheme ON scheme.id = s.segmentation_id
            LEFT JOIN crm_service_level l ON l.id = s.service_level_id
           CROSS JOIN LATERAL (
                      SELECT COALESCE(NULLIF(s.visits_per_year, 0),
                                      l.visits_per_year, 0) AS visits,
                             COALESCE(NULLIF(s.calls_per_year, 0),
                                      l.calls_per_year, 0) AS calls) v
           CROSS JOIN LATERAL (
                      SELECT COUNT(*) AS customers FROM crm_segment_membership
                       WHERE segment_id = s.id AND date_end IS NULL) m
                WHERE s.active AND scheme.active"""
        )

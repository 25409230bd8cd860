from odoo import api, models

#: The figures that are not of the last 12 months, by part; of which time they are
WINDOWS = {
    "profiling": {
        "completeness": "now",
        "role_count": "now",
        "segment_count": "now",
        "contact_count": "now",
        "first_contact_date": "ever",
    },
    "persistency": {
        "customer_since": "ever",
        "regularity": "ever",
        "former_order_count": "year_before",
        "former_revenue": "year_before",
        "revenue_trend": "two_years",
        "is_retained": "two_years",
        "peak_share": "two_years",
        "churn_score": "signs",
    },
    "performance": {
        "open_amount": "now",
        "overdue_amount": "now",
        "credit_score": "assessed",
        "credit_limit_proposed": "assessed",
    },
    "prospecting": {
        "expected_orders": "ahead",
        "expected_revenue": "ahead",
        "lifetime_value": "years_ahead",
        "probability_alive": "now",
        "pipeline_amount": "now",
        "pipeline_weighted": "now",
    },
}


class CrmScorecardSource(models.AbstractModel):
    """Of which time the figures are."""

    _inherit = "crm.scorecard.source"

    @api.model
    def _get_windows(self):
        """Return ``{part: {column: key}}`` of all that are not of the 12 months."""
        return WINDOWS

    @api.model
    def _get_window_texts(self):
        return {
            "now": self.env._("as of now"),
            "ever": self.env._("since the first order or lead"),
            "year_before": self.env._("the 12 months before"),
            "two_years": self.env._("24 months"),
            "signs": self.env._("see the signs"),
            "assessed": self.env._("as of the credit assessment"),
            "ahead": self.env._("next 12 months"),
            "years_ahead": self.env._("years ahead"),
        }

    @api.model
    def _get_window_text(self, part, column):
        """Return of which time a figure is, nothing for the last 12 months."""
        key = self._get_windows().get(part, {}).get(column)
        return self._get_window_texts()[key] if key else ""

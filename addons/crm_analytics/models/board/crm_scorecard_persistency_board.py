from odoo import models


class CrmScorecardPersistency(models.Model):
    _inherit = "crm.scorecard.persistency"

    # whom the boards list as leaving
    _recent_revenue_idx = models.Index(
        "(company_id, recent_revenue DESC, former_revenue DESC, id)"
    )

    def _get_churn_text(self):
        """Return why a customer tends to leave, in words; False where nothing says."""
        self.ensure_one()
        reasons = []
        for name in ("churn_reason", "churn_reason_2"):
            field = self._fields[name]
            text = self[name]
            if text and field.type == "selection":
                text = dict(field._description_selection(self.env)).get(text)
            if text:
                reasons.append(str(text))
        return "; ".join(reasons) or False

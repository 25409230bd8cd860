from odoo import models


class AccountMove(models.Model):
    """Credit notes of complaints: finance posts them, and the complaint goes on."""

    _name = "account.move"
    _inherit = ["account.move", "crm.remedy.document.mixin"]

    _crm_remedy_once_idx = models.UniqueIndex(
        "(crm_remedy_id, reversed_entry_id) "
        "WHERE crm_remedy_id IS NOT NULL AND state != 'cancel'",
        "This remedy already has a credit note for this invoice.",
    )

    def _post(self, soft=True):
        """Let finance post a credit note; the complaint goes on by it."""
        remedies = self._get_remedies().with_env(self.env)
        remedies._check_four_eyes()
        posted = super()._post(soft)
        posted._get_remedies()._sync_refund()
        return posted

    def button_cancel(self):
        result = super().button_cancel()
        self._get_remedies()._sync_refund()
        return result

    def unlink(self):
        remedies = self._get_remedies()
        result = super().unlink()
        remedies._sync_refund()
        return result

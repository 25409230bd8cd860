import io

from odoo import models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _redraw_for_complaint(self):
        """Keep of these files what a complaint takes from strangers; else UserError."""
        if not self:
            return
        complaints = self.env["crm.complaint"]
        files, errors = complaints._read_uploads(
            [
                (attachment.name, io.BytesIO(attachment.raw or b""))
                for attachment in self
            ]
        )
        if errors:
            raise UserError(" ".join(errors))
        for attachment, (name, content) in zip(self, files, strict=True):
            attachment.write({"name": name, "raw": content})

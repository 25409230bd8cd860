from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.complaint_call import PLACEHOLDERS, fill_in, find_unknown
from .crm_complaint_contact import PURPOSES


class CrmComplaintScript(models.Model):
    """What an agent says on the telephone, per kind, in the customer's language.

    Words in double braces are filled in from a fixed list; nothing is evaluated, so
    whoever edits a script can show nothing that the agent may not see.
    """

    _name = "crm.complaint.script"
    _description = "Call Script"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    purpose = fields.Selection(PURPOSES, required=True, default="result")
    kind_id = fields.Many2one(
        "crm.complaint.kind",
        ondelete="cascade",
        index="btree_not_null",
        help="Leave empty to use the script for all kinds that have no script of "
        "their own.",
    )
    body = fields.Text(
        "Script",
        required=True,
        translate=True,
        help="Placeholders that are filled in: {{ customer }}, {{ contact }}, {{ "
        "agent }}, {{ company }}, {{ number }}, {{ subject }}, {{ order }}, "
        "{{ products }}, {{ result }}, {{ date }}.",
    )

    @api.constrains("body")
    def _check_body(self):
        for script in self:
            unknown = find_unknown(script.body)
            if unknown:
                raise ValidationError(
                    self.env._(
                        "The script “%(name)s” uses %(unknown)s, which cannot be "
                        "filled in. Use one of these: %(known)s.",
                        name=script.name,
                        unknown=", ".join(unknown),
                        known=", ".join(PLACEHOLDERS),
                    )
                )

    @api.model
    def _find_script(self, purpose, kind):
        """Return the script for a call: that of the ``kind`` before the general one."""
        scripts = self.search(
            [("purpose", "=", purpose), ("kind_id", "in", [kind.id, False])]
        )
        return scripts.sorted(lambda script: not script.kind_id)[:1]

    def _render(self, values):
        """Return the text with ``values`` filled in; empty without a script."""
        return fill_in(self.body, values) if self else ""

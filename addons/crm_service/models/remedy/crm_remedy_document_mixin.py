from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmRemedyDocumentMixin(models.AbstractModel):
    """A document of the host that carries out a remedy.

    The document itself says of which remedy it is, and a unique index of its table
    allows one that is not cancelled. So whoever makes it a second time, after a crash
    or beside a colleague, is stopped by the database, and a retry finds the first.
    Only the product sets the link: it lets goods leave without a price.
    """

    _name = "crm.remedy.document.mixin"
    _description = "Document of a Remedy"

    crm_remedy_id = fields.Many2one(
        "crm.complaint.remedy",
        "Remedy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="crm_service.group_agent,crm_strategy.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_remedy_vals(
            {*self.env.context, *(name for vals in vals_list for name in vals)}
        )
        return super().create(vals_list)

    def write(self, vals):
        self._check_remedy_vals(vals)
        return super().write(vals)

    @api.model
    def _check_remedy_vals(self, names):
        if not self.env.su and {"crm_remedy_id", "default_crm_remedy_id"} & set(names):
            raise AccessError(
                self.env._(
                    "Documents of a remedy can only be created by a decision on the "
                    "complaint. Decide on the complaint instead."
                )
            )

    def _get_remedies(self):
        """Return the remedies of these documents, as superuser."""
        return self.sudo().crm_remedy_id  # style: CRM109 what follows from documents

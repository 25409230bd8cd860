from odoo import api, models
from odoo.exceptions import AccessError


class CrmSystemFieldsMixin(models.AbstractModel):
    """A record of which some fields are the system's to write.

    These are the stored fields that are ``readonly``: what a measure, a step or a
    job has put on record. Forms show them read only anyway; here they are refused
    to whoever imports or calls by RPC. Methods that keep them do so as superuser.
    """

    _name = "crm.system.fields.mixin"
    _description = "Fields of the System"

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {
            name.removeprefix("default_")
            for name in self.env.context
            if name.startswith("default_")
        }
        self._check_system_fields(defaults.union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._check_system_fields(vals)
        return super().write(vals)

    @api.model
    def _check_system_fields(self, names):
        """Refuse to enter what only the system knows."""
        if self.env.su:
            return
        known = [self._fields[name] for name in names if name in self._fields]
        kept = [field for field in known if field.readonly and field.store]
        if kept:
            labels = sorted(field._description_string(self.env) for field in kept)
            raise AccessError(
                self.env._(
                    "The system keeps these fields of “%(model)s”, so nobody can "
                    "enter them: %(fields)s. Leave them out.",
                    model=self._description,
                    fields=", ".join(labels),
                )
            )

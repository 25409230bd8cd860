from ast import literal_eval

from odoo import models


class CrmServiceTeam(models.Model):
    """The team's mailbox: what is written to it becomes a complaint of the team."""

    _name = "crm.service.team"
    _inherit = ["crm.service.team", "mail.alias.mixin.optional"]

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("crm.complaint")
        if self.id:
            defaults = literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = {
                **defaults,
                "team_id": self.id,
                "company_id": self.company_id.id,
            }
        return values

    def write(self, vals):
        """A team that moves to another company takes its mailbox along."""
        result = super().write(vals)
        if "company_id" in vals:
            for team in self.filtered("alias_id"):
                alias = team.alias_id.sudo()  # style: CRM109 the alias of this team
                alias.write(team._alias_get_creation_values())
        return result

from odoo import models


class CrmTeam(models.Model):
    """How satisfied the customers of a sales team are."""

    _name = "crm.team"
    _inherit = ["crm.team", "crm.satisfaction.mixin"]

    _satisfaction_field = "team_id"


class CrmServiceTeam(models.Model):
    """How satisfied those are whose complaints a service team handled."""

    _name = "crm.service.team"
    _inherit = ["crm.service.team", "crm.satisfaction.mixin"]

    _satisfaction_field = "service_team_id"

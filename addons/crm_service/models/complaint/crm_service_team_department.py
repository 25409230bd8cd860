from odoo import fields, models

DEPARTMENTS = [
    ("agent", "Agent"),
    ("service_head", "Head of Service"),
    ("finance", "Finance"),
    ("warehouse", "Warehouse"),
    ("shipping", "Shipping"),
    ("leader", "Management"),
]


class CrmServiceTeamDepartment(models.Model):
    """Who in another department does its steps of a team's complaints."""

    _name = "crm.service.team.department"
    _description = "Department of a Service Team"
    _order = "team_id, department, id"
    _rec_name = "department"

    team_id = fields.Many2one(
        "crm.service.team", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="team_id.company_id", store=True, index=True)
    department = fields.Selection(
        [
            ("finance", "Finance"),
            ("warehouse", "Warehouse"),
            ("shipping", "Shipping"),
        ],
        required=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        ondelete="cascade",
        index=True,
        domain=[("share", "=", False)],
    )

    _department_unique = models.UniqueIndex(
        "(team_id, department)",
        "Each department can have only one responsible person per team. Change the "
        "existing line.",
    )

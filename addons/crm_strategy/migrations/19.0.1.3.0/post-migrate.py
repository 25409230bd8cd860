from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Say of approvals that wait whose document they judge."""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    steps = env["crm.approval.step"].search(
        [("state", "in", ("waiting", "pending")), ("author_ids", "=", False)]
    )
    for step in steps:
        step.author_ids = step.user_id
    for model, of_model in steps.grouped("res_model").items():
        documents = env[model].browse(sorted(set(of_model.mapped("res_id"))))
        documents.exists()._add_approval_authors()

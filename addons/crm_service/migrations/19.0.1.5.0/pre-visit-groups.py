"""Hide what visits found out from whoever may not read it, before views are checked."""

from odoo.tools import SQL

FORMER = r"<div invisible=\"not observation_ids\">"
HIDDEN = r"<div invisible=\"not observation_ids\" groups=\"crm_strategy.group_user\">"


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        SQL(
            """UPDATE ir_ui_view v
                  SET arch_db = REPLACE(v.arch_db::text, %s, %s)::jsonb
                 FROM ir_model_data d
                WHERE d.model = 'ir.ui.view' AND d.res_id = v.id
                  AND d.module = 'crm_service'
                  AND d.name = 'crm_sales_activity_view_form_visit'""",
            FORMER,
            HIDDEN,
        )
    )

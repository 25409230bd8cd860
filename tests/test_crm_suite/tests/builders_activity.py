"""Builders of sales activities: touches, their documents and their report."""

from odoo import fields

from .builders import builds


def _build_sales_activity(env, company, partner):
    """A touch of nobody in particular: whose customer it is decides who sees it."""
    return env["crm.sales.activity"].create(
        {
            "kind_id": env.ref("crm_service.crm_sales_activity_kind_letter").id,
            "partner_id": partner.id,
            "company_id": company.id,
            "date_start": fields.Datetime.now(),
            "team_id": False,
        }
    )


@builds("crm.sales.activity.document")
def build_sales_activity_document(env, company, partner):
    touch = _build_sales_activity(env, company, partner)
    lead = env["crm.lead"].create(
        {"name": "Suite lead", "partner_id": partner.id, "company_id": company.id}
    )
    return env["crm.sales.activity.document"].create(
        {"activity_id": touch.id, "document_ref": f"crm.lead,{lead.id}"}
    )


@builds("crm.sales.activity.report")
def build_sales_activity_report(env, company, partner):
    touch = _build_sales_activity(env, company, partner)
    env.flush_all()
    return env["crm.sales.activity.report"].browse(touch.id)

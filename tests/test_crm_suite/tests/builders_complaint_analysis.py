"""Builders of the rows of the analysis of complaints."""

from odoo import fields

from .builders import build, builds


@builds("crm.complaint.report")
def build_complaint_report(env, company, partner):
    return _build_complaint_row(env, "crm.complaint.report", company, partner)


@builds("crm.complaint.loop")
def build_complaint_loop(env, company, partner):
    return _build_complaint_row(env, "crm.complaint.loop", company, partner)


def _build_complaint_row(env, model_name, company, partner):
    complaint = build(env, "crm.complaint", company, partner)
    env.flush_all()
    report = env[model_name].with_context(allowed_company_ids=company.ids)
    return report.search([("complaint_id", "=", complaint.id)], limit=1)


@builds("crm.complaint.step.report")
def build_complaint_step_report(env, company, partner):
    step = build(env, "crm.complaint.step", company, partner)
    env.flush_all()
    report = env["crm.complaint.step.report"]
    report = report.with_context(allowed_company_ids=company.ids)
    return report.search([("step_id", "in", step.ids)], limit=1)


@builds("crm.complaint.rate")
def build_complaint_rate(env, company, partner):
    line = build(env, "crm.complaint.line", company, partner)
    env.flush_all()
    report = env["crm.complaint.rate"].with_context(allowed_company_ids=company.ids)
    return report.search([("product_id", "=", line.product_id.id)], limit=1)


@builds("crm.service.indicator")
def build_service_indicator(env, company, partner):
    complaint = build(env, "crm.complaint", company, partner)
    env.flush_all()
    report = env["crm.service.indicator"]
    report = report.with_context(allowed_company_ids=company.ids)
    domain = [("team_id", "=", complaint.team_id.id), ("company_id", "=", company.id)]
    return report.search(domain, limit=1)


@builds("crm.complaint.recovery")
def build_complaint_recovery(env, company, partner):
    recovery = env["crm.complaint.recovery"]
    known = recovery.search_count([("company_id", "=", company.id)])
    return recovery.create(
        {
            "company_id": company.id,
            "date": fields.Date.add(fields.Date.to_date("2001-01-01"), months=known),
            "group_kind": "complaint",
            "customer_count": 9,
        }
    )

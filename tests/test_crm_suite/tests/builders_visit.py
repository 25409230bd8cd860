"""Builders of visits: templates with a question, cadences, plans, and their reports."""

from odoo import fields
from odoo.fields import Command

from .builders import build, builds


@builds("crm.visit.template.attribute")
def build_visit_template_attribute(env, company, partner):
    """A question, and the attribute that its answer is written to."""
    division = env["crm.division"].create(
        {"name": "Suite visits", "company_id": company.id}
    )
    attribute = env["crm.partner.attribute"].create(
        {"name": "Suite", "division_id": division.id, "value_type": "text"}
    )
    template = env["crm.visit.template"].create(
        {
            "name": "Suite",
            "company_id": company.id,
            "definition": [{"name": "aa", "string": "Suite", "type": "char"}],
            "attribute_ids": [
                Command.create({"question": "Suite", "attribute_id": attribute.id})
            ],
        }
    )
    return template.attribute_ids


@builds("crm.visit.cadence")
def build_visit_cadence(env, company, partner):
    """Of a service level of the company."""
    level = env["crm.service.level"].create({"name": "Suite", "company_id": company.id})
    return env["crm.visit.cadence"].create({"service_level_id": level.id})


@builds("crm.visit.plan")
def build_visit_plan(env, company, partner):
    """A plan in which the customer's salesperson visits."""
    user = partner.commercial_partner_id.user_id or env.user
    return env["crm.visit.plan"].create(
        {
            "name": "Suite",
            "company_id": company.id,
            "user_id": False,
            "kind_id": env.ref("crm_service.crm_sales_activity_kind_routine").id,
            "person_ids": [Command.create({"user_id": user.id})],
        }
    )


@builds("crm.visit.plan.person")
def build_visit_plan_person(env, company, partner):
    """Somebody in a plan."""
    return build_visit_plan(env, company, partner).person_ids


@builds("crm.visit.due")
def build_visit_due(env, company, partner):
    """The row of a customer to visit."""
    row = build(env, "crm.visit.customer", company, partner)
    row.sudo().write({"visits_per_year": 4, "date_since": fields.Date.today()})
    env.flush_all()
    due = env["crm.visit.due"].with_context(allowed_company_ids=company.ids)
    return due.browse(row.id)


@builds("crm.visit.coverage.report")
def build_visit_coverage_report(env, company, partner):
    """The row of a visit."""
    customer = partner.commercial_partner_id
    visit = env["crm.sales.activity"].create(
        {
            "kind_id": env.ref("crm_service.crm_sales_activity_kind_routine").id,
            "partner_id": customer.id,
            "company_id": company.id,
            "user_id": customer.user_id.id or env.uid,
        }
    )
    env.flush_all()
    return env["crm.visit.coverage.report"].browse(visit.id)

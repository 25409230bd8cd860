"""Builders of complaints: steps, lines, remedies and what a remedy gives."""

from odoo.fields import Command

from .builders import build, builds


@builds("crm.complaint.step")
def build_complaint_step(env, company, partner):
    """A step for the management, so that anybody can be responsible."""
    complaint = build(env, "crm.complaint", company, partner)
    return complaint._open_steps([{"department": "leader", "name": "Suite step"}])


@builds("crm.complaint.line")
def build_complaint_line(env, company, partner):
    product = env["product.product"].create({"name": "Suite product"})
    complaint = build(env, "crm.complaint", company, partner)
    return env["crm.complaint.line"].create(
        {"complaint_id": complaint.id, "product_id": product.id}
    )


@builds("crm.complaint.remedy")
def build_complaint_remedy(env, company, partner):
    complaint = build(env, "crm.complaint", company, partner)
    return env["crm.complaint.remedy"].create(
        {"complaint_id": complaint.id, "remedy_type": "apology"}
    )


@builds("crm.complaint.remedy.line")
def build_complaint_remedy_line(env, company, partner):
    """Two pieces complained of, one of them for a new remedy."""
    complaint = build(env, "crm.complaint", company, partner)
    product = env["product.product"].create({"name": "Suite remedy"})
    complaint.line_ids = [Command.create({"product_id": product.id, "quantity": 2})]
    remedy = env["crm.complaint.remedy"].create(
        {"complaint_id": complaint.id, "remedy_type": "refund"}
    )
    return env["crm.complaint.remedy.line"].create(
        {
            "remedy_id": remedy.id,
            "complaint_line_id": complaint.line_ids[-1:].id,
            "quantity": 1,
        }
    )

"""Builders of the customer base: territories, approvals, policies, lifecycle, roles."""

from odoo import fields
from odoo.fields import Command

from .builders import SalesWorld, build, build_measure, builds


@builds("crm.territory.overlap")
def build_territory_overlap(env, company, partner):
    """The row of two territories of the same country."""
    values = {
        "company_id": company.id,
        "team_id": env["crm.team"].create({"name": "Suite", "company_id": False}).id,
        "country_ids": [Command.link(env.ref("base.aq").id)],
    }
    territories = env["crm.territory"].create(
        [{**values, "name": f"Suite {index}"} for index in range(2)]
    )
    env.flush_all()
    overlaps = env["crm.territory.overlap"]
    overlaps = overlaps.with_context(allowed_company_ids=company.ids)
    return overlaps.search([("other_id", "=", territories[1].id)], limit=1)


@builds("crm.rights.overview")
def build_rights_overview(env, company, partner):
    """The row of the customer's salesperson, about customers."""
    env.flush_all()
    return env["crm.rights.overview"].search(
        [
            ("user_id", "=", (partner.user_id or env.ref("base.user_admin")).id),
            ("model", "=", "res.partner"),
        ]
    )


@builds("crm.rights.check")
def build_rights_check(env, company, partner):
    return env["crm.rights.check"].create(
        {"res_model": "res.partner", "res_id": partner.id}
    )


@builds("crm.approval.deputy")
def build_approval_deputy(env, company, partner):
    """The deputy is somebody else, whoever the absent person is made later."""
    deputy = env["res.users"].create(
        {
            "name": "Deputy",
            "login": f"suite_deputy_{env['res.users'].search_count([])}",
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
        }
    )
    return env["crm.approval.deputy"].create(
        {"deputy_id": deputy.id, "date_to": "2100-01-01"}
    )


@builds("crm.approval.rule")
def build_approval_rule(env, company, partner):
    """A rule that no order of the tests meets."""
    return env["crm.approval.rule"].create(
        {
            "name": "Suite",
            "model": "sale.order",
            "company_id": company.id,
            "amount_min": 10**12,
        }
    )


@builds("crm.approval.step")
def build_approval_step(env, company, partner):
    """Somebody asked for a quotation that belongs to none of the roles."""
    order = SalesWorld(env, company).quotation(
        partner, "2024-03-05", 10, user_id=env.ref("base.user_admin").id
    )
    rule = build(env, "crm.approval.rule", company, partner)
    return env["crm.approval.step"].create(
        {
            **order._prepare_snapshot_vals(rule),
            "round": 1,
            "position": 1,
            "user_id": env.ref("base.user_admin").id,
            "date_requested": "2024-03-05 12:00:00",
        }
    )


@builds("crm.approval.decide")
def build_approval_decide(env, company, partner):
    step = build(env, "crm.approval.step", company, partner)
    return env["crm.approval.decide"].create(
        {"step_ids": step.ids, "event": "return", "reason": "Suite"}
    )


@builds("crm.segment.condition")
def build_segment_condition(env, company, partner):
    """A condition must be one that a rule can use."""
    return env["crm.segment.condition"].create(
        {"name": "Suite condition", "domain": "[('is_company', '=', True)]"}
    )


@builds("crm.segment.policy.report")
def build_segment_policy_report(env, company, partner):
    """The row of a segment of the company."""
    segment = build(env, "crm.segment", company, partner)
    segment.segmentation_id.company_id = company
    env.flush_all()
    report = env["crm.segment.policy.report"]
    report = report.with_context(allowed_company_ids=company.ids)
    return report.search([("segment_id", "=", segment.id)])


@builds("crm.lifecycle.report")
def build_lifecycle_report(env, company, partner):
    """The row of a customer's stay, which bears its number."""
    stay = build(env, "crm.lifecycle.transition", company, partner)
    env.flush_all()
    return env["crm.lifecycle.report"].browse(stay.id)


@builds("crm.lifecycle.todo")
def build_lifecycle_todo(env, company, partner):
    """The row of a customer's stay and an item of its state."""
    check = build(env, "crm.lifecycle.check", company, partner)
    env.flush_all()
    todos = env["crm.lifecycle.todo"].with_context(allowed_company_ids=company.ids)
    return todos.search([("check_id", "=", check.id)])


@builds("crm.need.due")
def build_need_due(env, company, partner):
    """The row of a customer who was asked."""
    build(env, "crm.need", company, partner)
    env.flush_all()
    due = env["crm.need.due"].with_context(allowed_company_ids=company.ids)
    return due.search(
        [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
    )


@builds("crm.lesson")
def build_lesson(env, company, partner):
    """A published one: drafts are their author's alone."""
    return env["crm.lesson"].create(
        {
            "name": "Suite lesson",
            "learnt": "That it works",
            "company_id": company.id,
            "state": "published",
        }
    )


@builds("crm.decision")
def build_decision(env, company, partner):
    """One that was taken: drafts are the managers' alone."""
    return env["crm.decision"].create(
        {
            "name": "Suite decision",
            "decision": "We do it",
            "company_id": company.id,
            "state": "decided",
        }
    )


@builds("crm.decision.measure")
def build_decision_measure(env, company, partner):
    return env["crm.decision.measure"].create(
        {
            "decision_id": build_decision(env, company, partner).id,
            "measure_id": build_measure(env, company, partner).id,
            "value_expected": 1.0,
            "date_check": fields.Date.today(),
        }
    )


@builds("crm.partner.observation")
def build_partner_observation(env, company, partner):
    """An observation needs a value of its attribute's kind."""
    attribute = build(env, "crm.partner.attribute", company, partner)
    kinds = {"number": "1", "text": "x", "date": "2024-01-01", "boolean": "yes"}
    return env["crm.partner.observation"].create(
        {
            "partner_id": partner.id,
            "attribute_id": attribute.id,
            "company_id": company.id,
            "value_display": kinds[attribute.value_type],
        }
    )


@builds("crm.supply.share.report")
def build_supply_share_report(env, company, partner):
    """The row of a customer of whom one need is known."""
    build(env, "crm.supply.record", company, partner)
    env.flush_all()
    report = env["crm.supply.share.report"]
    report = report.with_context(allowed_company_ids=company.ids)
    return report.search([("partner_id", "=", partner.id)], limit=1)

"""Builders of satisfaction: a rule, whom it asked, what he answered."""

from odoo import fields

from .builders import build, builds


@builds("crm.satisfaction.rule")
def build_satisfaction_rule(env, company, partner):
    """A rule with a questionnaire that the product brings."""
    return env["crm.satisfaction.rule"].create(
        {
            "name": "Suite",
            "company_id": company.id,
            "survey_id": env.ref("crm_service.survey_nps").id,
            "trigger": "cadence",
        }
    )


@builds("crm.satisfaction.request")
def build_satisfaction_request(env, company, partner):
    """What the rule's job finds, for the customer's salesperson."""
    rule = build_satisfaction_rule(env, company, partner)
    customer = partner.commercial_partner_id
    return env["crm.satisfaction.request"].create(
        {
            "rule_id": rule.id,
            "company_id": company.id,
            "survey_id": rule.survey_id.id,
            "key": f"customer,{customer.id}",
            "partner_id": partner.id,
            "commercial_partner_id": customer.id,
            "user_id": customer.user_id.id,
            "date_planned": fields.Date.today(),
            "date_next": fields.Datetime.now(),
        }
    )


@builds("crm.satisfaction.score")
def build_satisfaction_score(env, company, partner):
    """The finished answer of a customer who was asked."""
    request = build(env, "crm.satisfaction.request", company, partner)
    survey = request.survey_id
    answer = survey._create_answer(partner=partner, check_attempts=False)
    answer._save_lines(survey.crm_score_question_id, "9")
    request.write({"user_input_id": answer.id, "state": "sent"})
    answer._mark_done()
    return request.score_ids


@builds("crm.satisfaction.report")
def build_satisfaction_report(env, company, partner):
    """The row of a request."""
    request = build(env, "crm.satisfaction.request", company, partner)
    env.flush_all()
    report = env["crm.satisfaction.report"]
    return report.with_context(allowed_company_ids=company.ids).browse(request.id)

"""Builders of the 7 P: scores and reports of a customer who was scored."""

from .builders import build, builds


@builds("crm.seven.p.report")
def build_seven_p_report(env, company, partner):
    """The row of a customer who has a scorecard."""
    card = build(env, "crm.customer.scorecard", company, partner)
    env.flush_all()
    report = env["crm.seven.p.report"].with_context(allowed_company_ids=company.ids)
    return report.search([("partner_id", "=", card.partner_id.id)], limit=1)


@builds("crm.scorecard.factor")
def build_scorecard_factor(env, company, partner):
    """A factor of the company's own."""
    return env["crm.scorecard.factor"].create(
        {
            "name": "Suite",
            "code": "suite",
            "part": "persistency",
            "column": "peak_share",
            "company_id": company.id,
        }
    )


@builds("crm.seven.p.preview.factor")
def build_seven_p_preview_factor(env, company, partner):
    """A line of a preview."""
    factor = build(env, "crm.scorecard.factor", company, partner)
    action = env["crm.seven.p.preview"]._open(factor)
    return env[action["res_model"]].browse(action["res_id"]).line_ids

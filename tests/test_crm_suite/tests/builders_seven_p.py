"""Builders of the 7 P: scores and reports of a customer who was scored."""

from .builders import SalesWorld, build, builds


@builds("crm.seven.p.report")
def build_seven_p_report(env, company, partner):
    """The row of a customer who has a scorecard."""
    card = build(env, "crm.customer.scorecard", company, partner)
    env.flush_all()
    report = env["crm.seven.p.report"].with_context(allowed_company_ids=company.ids)
    return report.search([("partner_id", "=", card.partner_id.id)], limit=1)


@builds("crm.profit.report")
def build_profit_report(env, company, partner):
    """The row of an order line."""
    world = SalesWorld(env, company)
    order = world.order(partner, "2024-03-05", 10, user_id=partner.user_id.id)
    env.flush_all()
    report = env["crm.profit.report"].with_context(allowed_company_ids=company.ids)
    return report.search([("order_id", "=", order.id)], limit=1)


@builds("crm.profit.month")
def build_profit_month(env, company, partner):
    """The month of an order of today."""
    world = SalesWorld(env, company)
    today = env["crm.sale.fact"]._get_today(company)
    world.order(partner, today, 10, user_id=partner.user_id.id)
    months = env["crm.profit.month"].sudo()
    months._refresh_month(company, today.replace(day=1))
    of_company = months.with_context(allowed_company_ids=company.ids)
    found = of_company.search([("partner_id", "=", partner.commercial_partner_id.id)])
    return env["crm.profit.month"].browse(found[:1].id)


@builds("crm.profit.product")
def build_profit_product(env, company, partner):
    """The month of all customers, one of whom has ordered."""
    row = build(env, "crm.profit.month", company, partner)
    totals = env["crm.profit.product"].sudo()
    found = totals.search(
        [
            ("company_id", "=", row.company_id.id),
            ("product_tmpl_id", "=", row.product_tmpl_id.id),
        ],
        limit=1,
    )
    return env["crm.profit.product"].browse(found.id)


@builds("crm.scorecard.factor")
def build_scorecard_factor(env, company, partner):
    """A factor of the company's own."""
    factors = env["crm.scorecard.factor"].sudo()
    number = factors.with_context(active_test=False).search_count([])
    return env["crm.scorecard.factor"].create(
        {
            "name": "Suite",
            "code": f"suite_{number}",
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


@builds("crm.rule.preview.line")
def build_rule_preview_line(env, company, partner):
    """A line of a preview of weights."""
    policy = env["crm.rfm.policy"]._ensure(company)
    action = env["crm.rule.preview"]._open("weight", policy)
    return env[action["res_model"]].browse(action["res_id"]).line_ids[0]


@builds("crm.new.customer.report")
def build_new_customer_report(env, company, partner):
    """The row of a customer's scorecard, which bears its number."""
    card = build(env, "crm.customer.scorecard", company, partner)
    env.flush_all()
    report = env["crm.new.customer.report"]
    return report.with_context(allowed_company_ids=company.ids).browse(card.id)


@builds("crm.opinion.report")
def build_opinion_report(env, company, partner):
    """The row of an opinion: twice its number."""
    kind = env.ref("crm_service.crm_complaint_kind_opinion")
    opinion = env["crm.complaint"].create(
        {"partner_id": partner.id, "company_id": company.id, "kind_id": kind.id}
    )
    env.flush_all()
    return env["crm.opinion.report"].browse(2 * opinion.id)


@builds("crm.churn.factor")
def build_churn_factor(env, company, partner):
    """A company has each sign once."""
    return env["crm.churn.factor"]._ensure(company)[:1]

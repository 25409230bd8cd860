"""Builders of what follows a sale: an order of goods, delivered or not."""

from odoo.fields import Command

from .builders import SalesWorld, build, builds


def order_goods(env, company, partner):
    """Return a confirmed order of one piece, of the customer's salesperson."""
    world = SalesWorld(env, company)
    category = world.env["product.category"].create({"name": f"Suite {partner.id}"})
    world.product = world.env["product.product"].create(
        {"name": "Suite goods", "type": "consu", "categ_id": category.id}
    )
    return world.order(partner, "2024-03-05", 10, user_id=partner.user_id.id)


@builds("crm.after.sale.template")
def build_template(env, company, partner):
    category = env["product.category"].create({"name": f"Suite {partner.id}"})
    return _create_template(env, company, category)


def _create_template(env, company, category):
    return env["crm.after.sale.template"].create(
        {
            "name": "Suite",
            "categ_id": category.id,
            "company_id": company.id,
            "date_from": "2024-01-01",
            "milestone_ids": [Command.create({"name": "Suite", "kind": "check"})],
        }
    )


@builds("crm.after.sale")
def build_case(env, company, partner):
    """The case that the job makes of an order."""
    order = order_goods(env, company, partner)
    template = _create_template(env, company, order.order_line.product_id.categ_id)
    template._advance()
    return template.case_ids


@builds("crm.after.sale.milestone")
def build_milestone(env, company, partner):
    return build(env, "crm.after.sale", company, partner).milestone_ids


@builds("crm.late.order")
def build_late_order(env, company, partner):
    """The row of an order that is not delivered."""
    order = order_goods(env, company, partner)
    env.flush_all()
    report = env["crm.late.order"].with_context(allowed_company_ids=company.ids)
    return report.browse(order.id)


@builds("crm.delivery.report")
def build_delivery(env, company, partner):
    """The row of an order that is delivered."""
    order = order_goods(env, company, partner)
    moves = order.picking_ids.move_ids
    moves.write({"quantity": 1, "picked": True})
    moves._action_done()
    env.flush_all()
    report = env["crm.delivery.report"].with_context(allowed_company_ids=company.ids)
    return report.browse(moves.id)

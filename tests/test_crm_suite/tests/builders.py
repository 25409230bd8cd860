"""Small builders: a company's world in one line each, and one record of any model.

``SalesWorld`` writes an order history as a person would tell it::

    world = SalesWorld(env)
    acme = world.company_customer("Acme", salesperson=anna)
    world.order(acme, "2024-03-05", 1200)

``build`` gives a record of any model of the suite for a company and a customer,
for the checks that walk the registry.
"""

from contextlib import suppress

from psycopg2 import Error

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

RECORD_BUILDERS = {}


class MissingBuilder(Exception):
    """Nobody has said how a record of a model comes to be."""


class SalesWorld:
    """Customers, orders and credit notes of one company, with their own dates."""

    def __init__(self, env, company=None):
        self.company = company or env.company
        self.env = env(context={**env.context, "allowed_company_ids": self.company.ids})
        self.product = self.env["product.product"].create(
            {
                "name": "Suite product",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 1.0,
                "standard_price": 0.0,
                "taxes_id": [Command.clear()],
            }
        )

    # ------------------------------------------------------------
    # CUSTOMERS
    # ------------------------------------------------------------

    def person(self, name, salesperson=None, **values):
        return self.env["res.partner"].create(
            {"name": name, "user_id": salesperson and salesperson.id, **values}
        )

    def company_customer(self, name, salesperson=None, **values):
        return self.person(name, salesperson, is_company=True, **values)

    def contact(self, company_customer, name, **values):
        return self.person(name, parent_id=company_customer.id, **values)

    def archived(self, name, **values):
        return self.person(name, active=False, **values)

    # ------------------------------------------------------------
    # DOCUMENTS
    # ------------------------------------------------------------

    def quotation(self, partner, day, amount, currency=None, **values):
        """Return a quotation of one line of ``amount`` untaxed in ``currency``."""
        if currency:
            values["pricelist_id"] = self._get_pricelist(currency).id
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "date_order": f"{day} 12:00:00",
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )

    def order(self, partner, day, amount, currency=None, **values):
        """Return an order confirmed on ``day``; the host alone would say today."""
        order = self.quotation(partner, day, amount, currency, **values)
        order.action_confirm()
        order.date_order = f"{day} 12:00:00"
        return order

    def cancelled(self, partner, day, amount, **values):
        order = self.order(partner, day, amount, **values)
        order._action_cancel()
        return order

    def invoice(self, order, day):
        """Return the posted invoice of the whole ``order``, dated ``day``."""
        self._ensure_chart()
        invoice = order._create_invoices()
        invoice.invoice_date = day
        invoice.action_post()
        return invoice

    def refund(self, invoice, day, amount=None):
        """Return a posted credit note of ``amount``, else of the whole invoice."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": day})
        )
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.invoice_date = day
        if amount is not None:
            note.invoice_line_ids.price_unit = amount
        note.action_post()
        return note

    # ------------------------------------------------------------
    # SURROUNDINGS
    # ------------------------------------------------------------

    def currency(self, code, day, rate):
        """Return currency ``code``, of which ``rate`` make one unit of ours."""
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", code)])
        )
        currency.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": day,
                "rate": rate,
            }
        )
        return currency

    def second_company(self, name="Second Company"):
        """Return a company with the same currency, which nobody is a user of."""
        company = self.env["res.company"].create(
            {"name": name, "currency_id": self.company.currency_id.id}
        )
        # the host makes the creator a user of it
        self.env.user.company_ids -= company
        return company

    def _get_pricelist(self, currency):
        values = {"name": currency.name, "currency_id": currency.id}
        return self.env["product.pricelist"].create(
            {**values, "company_id": self.company.id}
        )

    def _ensure_chart(self):
        if not self.company.chart_template:
            self.env["account.chart.template"].try_loading(
                "generic_coa", company=self.company, install_demo=False
            )


# ------------------------------------------------------------
# ONE RECORD OF ANY MODEL
#
# A model needs no builder as long as its required fields take any value. Give it
# one below as soon as its records come to be in another way.
# ------------------------------------------------------------


def builds(model_name):
    """Declare the decorated function as the builder of ``model_name``.

    It takes ``(env, company, partner)`` and returns one record that belongs to
    them; of a report, the row that the report shows for them.
    """

    def register(function):
        RECORD_BUILDERS[model_name] = function
        return function

    return register


def build(env, model_name, company, partner):
    """Return a record of ``model_name`` for ``company`` and customer ``partner``."""
    if builder := RECORD_BUILDERS.get(model_name):
        return builder(env, company, partner)
    model = env[model_name].with_company(company)
    try:
        if not model._auto:
            raise MissingBuilder("a report has no records of its own")
        with env.cr.savepoint():
            record = model.create(_prepare_vals(model, company, partner))
            env.flush_all()
            return record
    except (Error, AccessError, UserError, ValueError, TypeError, MissingBuilder) as e:
        if record := _find(model, company, partner):
            return record
        raise MissingBuilder(
            f"no builder for model {model_name}, add one to builders.py "
            f"(tried without: {' '.join(str(e).split())[:300]})"
        ) from e


def create_one_of_each(case):
    """Build one record per model of the suite, as far as that is known."""
    partner = case.env["res.partner"].create({"name": "One of each"})
    for model_name in case.models:
        with suppress(MissingBuilder):  # test_access_scope asks for the builder
            build(case.env, model_name, case.env.company, partner)


def find_partner_field(model):
    """Return the name of the field that says whose customer a record is about."""
    return next(
        (
            name
            for name in ("partner_id", "customer_id", "commercial_partner_id")
            if name in model._fields
            and model._fields[name].store
            and model._fields[name].comodel_name == "res.partner"
        ),
        None,
    )


def _find(model, company, partner):
    """Return the record that exists already where there may be only one."""
    if not model._auto:
        return model
    domain = []
    if "company_id" in model._fields and model._fields["company_id"].store:
        domain.append(("company_id", "=", company.id))
    if partner_field := find_partner_field(model):
        domain.append((partner_field, "=", partner.id))
    return model.search(domain, limit=1) if domain else model


def _prepare_vals(model, company, partner):
    vals = {}
    if "company_id" in model._fields and _is_entered(model._fields["company_id"]):
        vals["company_id"] = company.id
    if partner_field := find_partner_field(model):
        vals[partner_field] = partner.id
    if "active" in model._fields and _is_entered(model._fields["active"]):
        vals["active"] = True
    names = [
        name
        for name, field in model._fields.items()
        if field.required and _is_entered(field) and name not in vals
    ]
    known = model.default_get(names)
    for name in names:
        if name not in known:
            field = model._fields[name]
            vals[name] = _get_value(model, field, company, partner)
    return vals


def _is_entered(field):
    return field.store and not field.related and not field.compute


def _get_value(model, field, company, partner):
    """Return some value for the required ``field``."""
    if field.type == "many2one":
        return _get_target(model, field.comodel_name, company, partner).id
    if field.type == "selection":
        return field.get_values(model.env)[0]
    values = {
        "integer": 1,
        "float": 1.0,
        "monetary": 1.0,
        "boolean": True,
        "date": fields.Date.today(),
        "datetime": fields.Datetime.now(),
        "binary": b"QQ==",
    }
    return values.get(field.type, f"Suite {company.id} {partner.id}")


def _get_target(model, comodel_name, company, partner):
    if comodel_name == "res.partner":
        return partner
    if comodel_name == "res.company":
        return company
    if comodel_name == "res.currency":
        return company.currency_id
    if model.env[comodel_name]._original_module.startswith("crm_"):
        return build(model.env, comodel_name, company, partner)
    return model.env[comodel_name].search([], limit=1)


# ------------------------------------------------------------
# MODELS OF WHICH A RECORD COMES TO BE IN ITS OWN WAY
# ------------------------------------------------------------


@builds("crm.sale.movement")
def build_sale_movement(env, company, partner):
    """The row of an order, which belongs to the customer's salesperson."""
    world = SalesWorld(env, company)
    order = world.order(partner, "2024-03-05", 10, user_id=partner.user_id.id)
    env.flush_all()
    return world.env["crm.sale.movement"].search([("order_id", "=", order.id)])


@builds("crm.measure")
def build_measure(env, company, partner):
    """Measures are shipped, and the same for every company."""
    return env["crm.measure"].search([], limit=1)


@builds("crm.measure.target")
def build_measure_target(env, company, partner):
    """A measure has one goal per company and period, so each goal is a year earlier."""
    targets = env["crm.measure.target"]
    count = targets.sudo().search_count([])
    return targets.create(
        {
            "measure_id": env.ref("crm_strategy.crm_measure_revenue").id,
            "company_id": company.id,
            "period": "year",
            "date_from": f"{2020 - count}-01-01",
            "value": 1000,
        }
    )


@builds("crm.rfm.policy")
def build_rfm_policy(env, company, partner):
    """A company has one policy, made when it is first asked for."""
    return env["crm.rfm.policy"]._ensure(company)


@builds("crm.profit.policy")
def build_profit_policy(env, company, partner):
    """A company has one set of profit rules, made when they are first asked for."""
    return env["crm.profit.policy"]._ensure(company)


@builds("crm.finding.policy")
def build_finding_policy(env, company, partner):
    """A company has one set of finding rules, made when they are first asked for."""
    return env["crm.finding.policy"]._ensure(company)


@builds("crm.rfm.cut")
def build_rfm_cut(env, company, partner):
    return build_rfm_policy(env, company, partner).cut_ids[0]


@builds("crm.segment.scorecard.report")
def build_segment_scorecard_report(env, company, partner):
    """The row of a customer who has a scorecard and stands in a segment."""
    card = build(env, "crm.customer.scorecard", company, partner)
    build(env, "crm.segment.membership", company, partner)
    env.flush_all()
    report = env["crm.segment.scorecard.report"]
    report = report.with_context(allowed_company_ids=company.ids)
    return report.search([("partner_id", "=", card.partner_id.id)], limit=1)

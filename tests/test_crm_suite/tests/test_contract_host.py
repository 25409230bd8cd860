import re
from unittest.mock import patch

from lxml import etree

from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from .builders import SalesWorld
from .common import SuiteCase

# Fields of ours on host models that everybody gets, and why that costs nothing
OPEN_FIELDS = {
    "sale.order.sales_history_source": "a plain column; part of the order's identity",
    "sale.order.sales_history_key": "a plain column; the order's former number",
    "survey.survey.crm_score_kind": "who edits surveys says what they measure",
    "survey.survey.crm_score_question_id": "the same; nobody else reads surveys",
}

# Host models whose screens are looked at as users without our groups
HOST_MODELS = ("res.partner", "account.move", "product.template", "res.users")
HOST_VIEWS = ("list", "form", "kanban", "search")


@tagged("post_install", "-at_install")
class TestContractHost(SuiteCase):
    """Who has no group of ours works with the host as if we were not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsiders = [
            new_test_user(cls.env, f"suite_outsider_{index}", groups=groups)
            for index, groups in enumerate(
                [
                    "base.group_user",
                    "base.group_user,base.group_partner_manager",
                    "account.group_account_invoice,base.group_partner_manager",
                    "stock.group_stock_user",
                ]
            )
        ]
        cls.own_groups = cls._get_own_records("res.groups")

    def test_outsiders_have_no_group_of_ours(self):
        for user in self.outsiders:
            self.assertFalse(user.all_group_ids & self.own_groups, user.login)

    def test_fields_of_ours_on_host_models_are_for_our_groups(self):
        own = {self._xmlid(group) for group in self.own_groups}
        findings = []
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or model._original_module in self.modules:
                continue
            for field in model._fields.values():
                if (
                    self._is_own_field(field)
                    and f"{name}.{field.name}" not in OPEN_FIELDS
                    and not self._is_settings_field(name)
                    and not set((field.groups or "everybody").split(",")) <= own
                ):
                    findings.append(f"{name}.{field.name}: groups={field.groups!r}")
        self.assertNothing(findings, "Give these fields a group of ours:")

    def _is_settings_field(self, name):
        return name == "res.config.settings"

    def test_screens_of_the_host_bring_no_field_of_ours(self):
        findings = []
        for user in self.outsiders:
            for name in HOST_MODELS:
                model = self.env[name].with_user(user)
                if not model.has_access("read"):
                    continue
                own = {f for f in model._fields if self._is_own_field(model._fields[f])}
                for view_type in HOST_VIEWS:
                    view = model.get_views([(False, view_type)])["views"][view_type]
                    arch = etree.fromstring(view["arch"])
                    used = {node.get("name") for node in arch.iter("field")}
                    findings += [
                        f"{user.login}: {view_type} of {name} reads {field}"
                        for field in used & own
                    ]
                findings += [
                    f"{user.login}: fields_get of {name} tells {field}"
                    for field in set(model.fields_get()) & own
                ]
        self.assertNothing(sorted(findings), "The host's screens carry our fields:")

    def test_host_lists_compute_nothing_of_ours(self):
        """Reading a page of customers costs no query of ours."""
        partners = self.env["res.partner"].create(
            [{"name": f"Host {index}"} for index in range(20)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        partners = partners.with_user(self.outsiders[1])
        view = partners.get_views([(False, "list")])["views"]["list"]
        names = {n.get("name") for n in etree.fromstring(view["arch"]).iter("field")}
        partners.web_read({name: {} for name in names})
        computed = [
            field.name
            for field in partners._fields.values()
            if self._is_own_field(field) and field._get_cache(partners.env)
        ]
        self.assertNothing(computed, "Computed beside the host's list:")

    def test_partner_screens_of_the_host_read_no_table_of_ours(self):
        """List and form of partners cost outsiders the queries of the host alone."""
        partners = self.env["res.partner"].create(
            [{"name": f"Host {index}"} for index in range(20)]
        )
        self.env.flush_all()
        own = {self.env[name]._table for name in self.models}
        findings = []
        for user in self.outsiders:
            for view_type in ("list", "form"):
                model = self.env["res.partner"].with_user(user)
                arch = model.get_views([(False, view_type)])["views"][view_type]["arch"]
                spec = {n.get("name"): {} for n in etree.fromstring(arch).iter("field")}
                spec = {name: {} for name in spec if name in model._fields}
                self.env.invalidate_all()
                for statement in self._record_statements(
                    lambda m=model, s=spec: m.web_search_read(
                        [("id", "in", partners.ids)], s
                    )
                ):
                    words = set(re.findall(r"\w+", statement))
                    findings += [f"{user.login}: {view_type}: {t}" for t in words & own]
        self.assertNothing(sorted(set(findings)), "The host's screens read our tables:")

    def _record_statements(self, call):
        """Return the SQL statements that ``call`` runs."""
        statements = []
        execute = type(self.env.cr).execute

        def note(cursor, query, *args, **kwargs):
            statements.append(query.code if isinstance(query, SQL) else str(query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", note):
            call()
        return statements

    def test_contact_manager_keeps_and_merges_contacts(self):
        user = self.outsiders[1]
        env = self.env(user=user, context={})
        with Form(env["res.partner"]) as form:
            form.name = "Keeper"
        keeper = form.record
        keeper.write({"phone": "+49 30 123456", "active": False})
        keeper.action_unarchive()
        double = env["res.partner"].create({"name": "Double"})
        env["base.partner.merge.automatic.wizard"].create({})._merge(
            (keeper + double).ids, keeper
        )
        self.assertFalse(double.exists())
        self.assertEqual(keeper.name, "Keeper")
        keeper.unlink()
        self.assertFalse(keeper.exists())

    def test_accountant_invoices_and_refunds(self):
        world = SalesWorld(self.env)
        world._ensure_chart()
        env = self.env(user=self.outsiders[2], context={})
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": world.person("Payer").id,
                "invoice_date": "2024-01-02",
                "invoice_line_ids": [
                    Command.create({"name": "Work", "quantity": 1, "price_unit": 10})
                ],
            }
        )
        invoice.action_post()
        world.env = env
        note = world.refund(invoice, "2024-01-05")
        self.assertEqual((invoice.state, note.state), ("posted", "posted"))

    def test_warehouse_and_finance_reach_the_order_they_serve(self):
        """Invoicing an order touches it; our hooks must not ask for our rights."""
        world = SalesWorld(self.env)
        order = world.order(world.person("Buyer"), "2024-01-02", 10)
        env = self.env(user=self.outsiders[2], context={})
        world.env = env
        invoice = world.invoice(order.with_env(env), "2024-01-03")
        self.assertEqual(invoice.state, "posted")

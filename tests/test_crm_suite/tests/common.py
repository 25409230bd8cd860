import csv
from pathlib import Path

from odoo.fields import Command, Domain
from odoo.modules import Manifest
from odoo.tests import TransactionCase, new_test_user

ROOT = Path(__file__).resolve().parents[3]

# Role of security/access_matrix.csv -> the group that makes a user of that role
ROLES = {
    "salesperson": "sales_team.group_sale_salesman",
    "team_leader": "sales_team.group_sale_salesman",
    "sales_all": "sales_team.group_sale_salesman_all_leads",
    "sales_manager": "sales_team.group_sale_manager",
    "service_agent": "crm_service.group_agent",
    "service_manager": "crm_service.group_manager",
    "analyst": "crm_analytics.group_analyst",
    "finance": "account.group_account_invoice",
    "warehouse": "stock.group_stock_user",
    "internal": "base.group_user",
    "portal": "base.group_portal",
    "public": "base.group_public",
}


def read_table(path):
    """Return the rows of a CSV file of the repository as dictionaries."""
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def get_suite_modules(env):
    """Return the names of the installed add-ons that stand beside crm_strategy."""
    folder = Path(Manifest.for_addon("crm_strategy").path).parent
    installed = env["ir.module.module"].search([("state", "=", "installed")])
    return {
        name
        for name in installed.mapped("name")
        if (manifest := Manifest.for_addon(name, display_warning=False))
        and Path(manifest.path).parent == folder
    }


class SuiteCase(TransactionCase):
    """What every check of the whole suite needs: our add-ons, models and roles.

    The checks know no model by name: they walk the registry, so that a model is
    under the same rules from the day it is added.
    """

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.modules = get_suite_modules(cls.env)
        cls.models = sorted(
            name
            for name, model in cls.env.registry.items()
            if model._original_module in cls.modules and not model._abstract
        )

    @classmethod
    def _create_role_users(cls, **values):
        """Return a user per role whose group is installed here."""
        users = {
            role: new_test_user(cls.env, f"suite_{role}", groups=group, **values)
            for role, group in ROLES.items()
            if cls.env.ref(group, raise_if_not_found=False)
        }
        if "team_leader" in users:
            cls.team_member = cls._create_team_below(users["team_leader"])
        return users

    @classmethod
    def _create_team_below(cls, leader):
        """Return the member of a department in the branch that ``leader`` leads."""
        member = new_test_user(
            cls.env, "suite_team_member", groups="sales_team.group_sale_salesman"
        )
        branch = cls.env["crm.team"].create(
            {"name": "Suite Branch", "user_id": leader.id, "company_id": False}
        )
        cls.env["crm.team"].create(
            {
                "name": "Suite Department",
                "parent_id": branch.id,
                "company_id": False,
                "member_ids": [Command.link(member.id)],
            }
        )
        return member

    @classmethod
    def _get_own_records(cls, model_name, domain=()):
        """Return the records of ``model_name`` that our add-ons' data files own."""
        ids = (
            cls.env["ir.model.data"]
            .search([("module", "in", list(cls.modules)), ("model", "=", model_name)])
            .mapped("res_id")
        )
        return (
            cls.env[model_name]
            .with_context(active_test=False)
            .search(Domain("id", "in", ids) & Domain(list(domain)))
        )

    @classmethod
    def _is_own_field(cls, field):
        """Tell whether only add-ons of ours define ``field``."""
        return bool(field._modules) and set(field._modules) <= cls.modules

    def _xmlid(self, record):
        return record.get_external_id().get(record.id) or repr(record)

    def _get_specification(self, model, arch):
        """Return the fields that ``arch`` asks of ``model``, lines included."""
        specification = {}
        for node in arch.iterfind(".//field"):
            if any(parent.tag == "field" for parent in node.iterancestors()):
                continue
            field = model._fields[node.get("name")]
            specification[field.name] = {}
            if field.type in ("many2one", "reference"):
                specification[field.name] = {"fields": {"display_name": {}}}
            elif field.relational:
                inner = {}
                for lines in node:
                    inner |= self._get_specification(model[field.name], lines)
                specification[field.name] = {"fields": inner or {"display_name": {}}}
        return specification

    # ------------------------------------------------------------
    # ASSERTS
    # ------------------------------------------------------------

    def assertNothing(self, findings, advice):
        """Fail with ``advice`` and one finding per line."""
        if findings:
            lines = "\n".join(f"  {finding}" for finding in findings)
            self.fail(f"{advice}\n{lines}")

    def assertTable(self, documented, actual, path):
        """Compare the lines of a table in ``path`` with reality, both ways."""
        missing = sorted(set(actual) - set(documented))
        stale = sorted(set(documented) - set(actual))
        lines = [f"add    {line}" for line in missing]
        lines += [f"remove {line}" for line in stale]
        self.assertNothing(lines, f"{path} does not tell the truth:")

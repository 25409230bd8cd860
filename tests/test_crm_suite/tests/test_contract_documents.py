import re
from pathlib import Path

from odoo.http import _generate_routing_rules
from odoo.modules import Manifest
from odoo.tests import tagged

from .common import ROOT, SuiteCase, read_table

REFERENCE = "docs/reference.md"
ROUTES = "security/public_routes.csv"
PARAMETER_CALL = re.compile(r"[gs]et_(?:param|str|int|float|bool)\(\s*[\"']([^\"']+)")


@tagged("post_install", "-at_install")
class TestContractDocuments(SuiteCase):
    """``docs/reference.md`` and ``security/public_routes.csv`` are complete."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tables = cls._read_reference()

    @classmethod
    def _read_reference(cls):
        """Return {heading: names in the first column} of the reference."""
        tables, heading = {}, None
        for line in (ROOT / REFERENCE).read_text(encoding="utf-8").splitlines():
            if line.startswith("## "):
                heading = line[3:].strip()
                tables[heading] = []
            elif match := re.match(r"\|\s*`([^`]+)`\s*\|\s*(\S.*)\|", line):
                tables[heading].append(match[1])
        return tables

    def assertDocumented(self, heading, names):
        self.assertIn(heading, self.tables, f"{REFERENCE}: no heading '## {heading}'")
        lines = self.tables[heading]
        self.assertEqual(len(lines), len(set(lines)), f"{heading}: a line twice")
        self.assertTable(lines, names, f"{REFERENCE}, table {heading},")

    def _get_xmlids(self, model_name, domain=()):
        records = self._get_own_records(model_name, domain)
        return [self._xmlid(record) for record in records]

    def test_models(self):
        self.assertDocumented(
            "Models",
            [
                name
                for name, model in self.env.registry.items()
                if model._original_module in self.modules
            ],
        )

    def test_groups(self):
        self.assertDocumented("Groups", self._get_xmlids("res.groups"))

    def test_scheduled_actions(self):
        self.assertDocumented("Scheduled actions", self._get_xmlids("ir.cron"))

    def test_server_actions(self):
        crons = self._get_own_records("ir.cron").ir_actions_server_id
        self.assertDocumented(
            "Server actions",
            [
                xmlid
                for xmlid in self._get_xmlids(
                    "ir.actions.server", [("id", "not in", crons.ids)]
                )
                if not xmlid.endswith("_ir_actions_server")
            ],
        )

    def test_configuration_parameters(self):
        records = self._get_own_records("ir.config_parameter")
        keys = set(records.mapped("key"))
        settings = self.env["res.config.settings"]._fields.values()
        keys |= {
            field.config_parameter
            for field in settings
            if self._is_own_field(field) and getattr(field, "config_parameter", None)
        }
        for module in self.modules:
            for path in Path(Manifest.for_addon(module).path).rglob("*.py"):
                if "tests" not in path.parts:
                    keys |= {
                        key
                        for key in PARAMETER_CALL.findall(path.read_text("utf-8"))
                        if key.split(".")[0] in self.modules
                    }
        self.assertDocumented("Configuration parameters", keys)

    # ------------------------------------------------------------
    # ROUTES
    # ------------------------------------------------------------

    def _get_routes(self):
        """Yield (path, routing) of each route that a controller of ours answers."""
        installed = self.env["ir.module.module"].search([("state", "=", "installed")])
        for path, endpoint in _generate_routing_rules(
            sorted(installed.mapped("name")), nodb_only=False
        ):
            classes = type(endpoint.func.__self__).mro()
            owners = {
                cls.__module__.split(".")[2]
                for cls in classes
                if endpoint.func.__name__ in vars(cls)
                and cls.__module__.startswith("odoo.addons.")
            }
            if owners & self.modules:
                yield path, endpoint.routing

    def test_routes(self):
        self.assertDocumented("Routes", {path for path, _routing in self._get_routes()})

    def test_public_routes(self):
        """A portal user is a user too: only a bearer of a key is left out."""
        actual = set()
        for path, routing in self._get_routes():
            methods = " ".join(routing.get("methods") or ["any"])
            checked = routing.get("csrf", routing["type"] == "http")
            csrf = "yes" if checked and routing["type"] == "http" else "no"
            actual.add(f"{path},{methods},{routing['auth']},{csrf}")
        rows = read_table(ROUTES)
        documented = [
            ",".join(row[name] for name in ("route", "methods", "auth", "csrf"))
            for row in rows
        ]
        self.assertTable(documented, actual, ROUTES)
        findings = [row["route"] for row in rows if not row["why"] or not row["checks"]]
        self.assertNothing(findings, f"{ROUTES}: say why it is open and what it checks")

    def test_roles_of_the_matrix_are_explained(self):
        text = (ROOT / "security/README.md").read_text(encoding="utf-8")
        roles = {row["role"] for row in read_table("security/access_matrix.csv")}
        findings = [role for role in sorted(roles) if f"`{role}`" not in text]
        self.assertNothing(findings, "security/README.md does not explain these roles:")

import sys
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.modules import Manifest
from odoo.tests import tagged

from .common import SuiteCase

# What a rule says must say which company it is about
COMPANY_WORDS = ("company_id", "company_ids")


@tagged("post_install", "-at_install")
class TestContractModels(SuiteCase):
    """Each model of ours is described, guarded, and fast to follow backwards."""

    def _get_stored_models(self):
        return [name for name in self.models if not self.env[name]._transient]

    def test_every_file_is_loaded(self):
        findings = []
        for module in self.modules:
            root = Path(Manifest.for_addon(module).path)
            for folder in ("models", "report", "wizard", "controllers", "tools"):
                for path in (root / folder).glob("*.py"):
                    name = f"odoo.addons.{module}.{folder}.{path.stem}"
                    is_late = "\nimport numpy" in path.read_text()
                    if path.stem == "__init__" or is_late:
                        continue  # what needs numpy is loaded when first used
                    if name not in sys.modules:
                        findings.append(f"{module}/{folder}/{path.name}")
        self.assertNothing(findings, "Import these files in their __init__.py:")

    def test_every_model_is_described(self):
        findings = [
            name
            for name in self.models
            if not self.env[name]._description
            or self.env[name]._description == self.env[name]._name
        ]
        self.assertNothing(findings, "Give these models a _description:")

    def test_every_model_has_access_rows_and_each_row_a_group(self):
        findings = []
        for name in self.models:
            rows = self.env["ir.model.access"].search([("model_id.model", "=", name)])
            if not rows:
                findings.append(f"{name}: no row in ir.model.access.csv")
            findings += [
                f"{name}: row {self._xmlid(row)} is for everybody, name a group"
                for row in rows
                if not row.group_id
            ]
        self.assertNothing(findings, "Access rows:")

    def test_every_rule_of_a_group_is_for_a_model_the_group_can_read(self):
        """Rules on host models: only to widen or narrow them for a group of ours."""
        findings = [
            f"{self._xmlid(rule)}: narrows {rule.model_id.model} for every user"
            for rule in self._get_own_records("ir.rule")
            if not rule.groups and rule.model_id.model not in self.models
        ]
        self.assertNothing(findings, "A rule of ours changes the host for all:")

    def test_every_model_with_a_company_has_a_company_rule(self):
        findings = []
        for name in self._get_stored_models():
            if "company_id" not in self.env[name]._fields:
                continue
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", name), ("groups", "=", False)]
            )
            guarded = any(
                all(word in (rule.domain_force or "") for word in COMPANY_WORDS)
                and rule.perm_read
                and rule.perm_write
                and rule.perm_create
                and rule.perm_unlink
                for rule in rules
            )
            if not guarded:
                findings.append(
                    f"{name}: add <record id='{name.replace('.', '_')}_rule_company' "
                    "model='ir.rule'> without groups, [('company_id', 'in', "
                    "company_ids)]"
                )
        self.assertNothing(findings, "A company_id without a global rule:")

    def test_child_of_a_model_with_a_company_carries_the_company(self):
        """Lines under a guarded record are guarded too."""
        findings = []
        for name in self._get_stored_models():
            model = self.env[name]
            parents = [
                field.name
                for field in model._fields.values()
                if field.type == "many2one"
                and field.store
                and field.required
                and field.comodel_name in self.models
                and "company_id" in self.env[field.comodel_name]._fields
            ]
            if parents and "company_id" not in model._fields:
                has_rule = self.env["ir.rule"].search_count(
                    [("model_id.model", "=", name), ("groups", "=", False)]
                )
                if not has_rule:
                    findings.append(f"{name}: below {', '.join(parents)}, no rule")
        self.assertNothing(findings, "Relate company_id (stored) and add its rule:")

    def test_required_link_to_the_host_says_what_a_deletion_does(self):
        findings = []
        for name in self._get_stored_models():
            if not self.env[name]._auto:
                continue
            for field in self.env[name]._fields.values():
                if (
                    field.type == "many2one"
                    and field.store
                    and field.required
                    and not field.related
                    and self._is_own_field(field)
                    and field.comodel_name not in self.models
                    and not self._says_ondelete(name, field.name)
                ):
                    findings.append(f"{name}.{field.name} -> {field.comodel_name}")
        self.assertNothing(findings, "Say ondelete='cascade' or 'restrict':")

    def _says_ondelete(self, name, field_name):
        definitions = (vars(cls).get(field_name) for cls in type(self.env[name]).mro())
        return any(
            "ondelete" in (getattr(field, "_args__", None) or ())
            for field in definitions
        )

    def test_inverse_of_every_one2many_is_indexed(self):
        self.env.cr.execute(
            """SELECT t.relname, a.attname
                 FROM pg_index i
                 JOIN pg_class t ON t.oid = i.indrelid
                 JOIN pg_attribute a
                   ON a.attrelid = t.oid AND a.attnum = i.indkey[0]"""
        )
        leading = set(self.env.cr.fetchall())
        findings = set()
        for model in self.env.registry.values():
            for field in model._fields.values():
                if field.type != "one2many" or not self._is_own_field(field):
                    continue
                comodel = self.env[field.comodel_name]
                inverse = comodel._fields.get(field.inverse_name or "")
                if (
                    inverse
                    and inverse.store
                    and inverse.column_type
                    and comodel._auto
                    and (comodel._table, inverse.name) not in leading
                ):
                    findings.add(f"{comodel._name}.{inverse.name}: add index=True")
        self.assertNothing(sorted(findings), "Inverse of a One2many without index:")

    def test_search_method_of_a_guarded_field_is_guarded(self):
        """The host checks no groups where a field has a search method of its own."""
        outsider = self._create_role_users()["internal"]
        findings = []
        for name, model in self.env.registry.items():
            if model._abstract:
                continue
            for field in model._fields.values():
                if (
                    self._is_own_field(field)
                    and field.search
                    and field.groups
                    and not field.related
                    and self.env[name].with_user(outsider).has_access("read")
                    and not self._is_search_refused(name, field, outsider)
                ):
                    findings.append(
                        f"{name}.{field.name}: begin its search method with self."
                        f"_check_field_access(self._fields['{field.name}'], 'read')"
                    )
        self.assertNothing(findings, "Anybody can search by these fields:")

    def _is_search_refused(self, name, field, user):
        value = {
            "boolean": True,
            "integer": 1,
            "float": 1.0,
            "monetary": 1.0,
            "date": "2024-01-01",
            "datetime": "2024-01-01 00:00:00",
        }.get(field.type, "x")
        tries = [(field.name, "in", [value]), (field.name, "=", value)]
        if isinstance(value, str):
            tries.append((field.name, "ilike", value))
        if field.relational:
            tries = [(field.name, "in", [1]), (field.name, "ilike", "x")]
        answers = [self._try_search(name, condition, user) for condition in tries]
        return "found" not in answers

    def _try_search(self, name, condition, user):
        try:
            with self.env.cr.savepoint():
                self.env[name].with_user(user).search([condition], limit=1)
        except AccessError:
            return "refused"
        except (NotImplementedError, UserError, ValueError, TypeError):
            return "unknown"  # an operator or a value that the field does not take
        return "found"

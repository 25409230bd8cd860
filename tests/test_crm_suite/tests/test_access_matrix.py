import csv
import io

from odoo.tests import tagged

from .common import ROLES, SuiteCase, read_table

OPERATIONS = {"create": "create", "read": "read", "write": "write", "delete": "unlink"}
SCOPES = {"own", "tree", "company", "all", "none"}
# A role that differs from another one by its place in the team tree only
LIKE = {"team_leader": "salesperson"}
PATH = "security/access_matrix.csv"


@tagged("post_install", "-at_install")
class TestAccessMatrix(SuiteCase):
    """``security/access_matrix.csv`` is what the product really allows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls._create_role_users()
        cls.rows = read_table(PATH)
        cls.matrix = {(row["model"], row["role"]): row for row in cls.rows}

    def _get_reality(self, model_name, role):
        """Return what ``role`` may do, as the four cells of its row."""
        model = self.env[model_name].with_user(self.users[role])
        return {
            column: "x" if model.has_access(operation) else "-"
            for column, operation in OPERATIONS.items()
        }

    def _get_line(self, model_name, role):
        cells = self._get_reality(model_name, role)
        known = self.matrix.get((model_name, role)) or self._get_likely(
            model_name, role
        )
        nothing = set(cells.values()) == {"-"}
        scope = "none" if nothing else known.get("scope") or "SCOPE"
        text = "" if nothing else known.get("description") or "DESCRIPTION"
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(
            [model_name, role, *cells.values(), scope, text]
        )
        return line.getvalue()

    def _get_likely(self, model_name, role):
        """Return the row of the role that ``role`` is like; what is own is the tree's.

        A wizard is everybody's own, whoever leads him.
        """
        known = dict(self.matrix.get((model_name, LIKE.get(role))) or {})
        if known.get("scope") == "own" and not self.env[model_name]._transient:
            known["scope"] = "tree"
            known["description"] = known["description"].replace(
                "his or nobody's", "his, his people's or nobody's"
            )
        return known

    def test_every_model_and_role_has_one_row_and_no_other_has(self):
        expected = [
            (name, role) for name in self.models for role in ROLES if role in self.users
        ]
        actual = [(row["model"], row["role"]) for row in self.rows]
        findings = [
            f"add    {self._get_line(*key)}" for key in expected if key not in actual
        ]
        findings += [
            f"remove {model},{role}: no such model or role, or a second row"
            for index, (model, role) in enumerate(actual)
            if (model not in self.models or role not in ROLES)
            or (model, role) in actual[:index]
        ]
        self.assertNothing(findings, f"{PATH} does not fit the models:")

    def test_rows_say_what_is_really_allowed(self):
        findings = []
        for (model_name, role), row in self.matrix.items():
            if model_name not in self.models or role not in self.users:
                continue
            stated = {column: row[column] for column in OPERATIONS}
            if stated != self._get_reality(model_name, role):
                findings.append(f"{self._get_line(model_name, role)}")
        self.assertNothing(findings, f"{PATH} says otherwise; really it is:")

    def test_rows_are_sorted_and_scoped(self):
        order = [(row["model"], list(ROLES).index(row["role"])) for row in self.rows]
        self.assertEqual(order, sorted(order), "sort by model, then as in ROLES")
        findings = [
            ",".join(row.values())
            for row in self.rows
            if row["scope"] not in SCOPES
            or (row["scope"] == "none") != (row["read"] == "-")
            or (row["scope"] != "none" and not row["description"])
        ]
        self.assertNothing(
            findings,
            "scope is own, tree, company or all, with a description; or none, and "
            "then nothing is read:",
        )

    def test_portal_and_public_read_nothing_of_ours(self):
        """A portal page shows what its controller picks; the models stay closed."""
        findings = [
            f"{name}: {role} may read"
            for name in self.models
            for role in ("portal", "public")
            if self._get_reality(name, role)["read"] == "x"
        ]
        self.assertNothing(findings, "Let a controller serve outsiders:")

from odoo.tests import tagged
from odoo.tools import file_open

from .role_common import RoleCommon

OPTIONS = {"has_headers": True, "quoting": '"', "separator": ",", "sheet": ""}


@tagged("post_install", "-at_install")
class TestPartnerRoleImport(RoleCommon):
    """The templates of the import dialogue fit, by names and by external ids."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls._create_partner("Acme Import")

    def _import(self, model, fields, rows, user=None):
        content = "\n".join([",".join(fields), *rows])
        wizard = self.env["base_import.import"].with_user(user or self.manager)
        wizard = wizard.create(
            {
                "res_model": model,
                "file": content.encode(),
                "file_type": "text/csv",
                "file_name": "import.csv",
            }
        )
        return wizard.execute_import(fields, fields, dict(OPTIONS))

    def test_roles_are_imported_by_name_and_updated_by_id(self):
        fields = ["id", "partner_id", "role_id", "state", "date_from", "date_to"]
        row = "x.role_1,Acme Import,Oxide / Oxide dealer,{},2026-01-01,{}"
        model = "crm.partner.role.assignment"
        result = self._import(model, fields, [row.format("Active", "2030-06-30")])
        self.assertFalse(result["messages"], result["messages"])
        assignment = self.acme.role_assignment_ids
        self.assertEqual(assignment.role_id, self.dealer_role)
        self.assertEqual(str(assignment.date_to), "2030-06-30")
        result = self._import(model, fields, [row.format("suspended", "2031-06-30")])
        self.assertFalse(result["messages"], result["messages"])
        self.assertEqual(assignment.state, "suspended")
        self.assertEqual(len(self.acme.role_assignment_ids), 1)

    def test_observations_are_imported_with_written_values(self):
        fields = ["partner_id", "attribute_id", "date", "value_display", "source"]
        result = self._import(
            "crm.partner.observation",
            fields,
            [
                'Acme Import,Oxide / Capacity,2026-01-31,"42,000",Visit',
                "Acme Import,Capacity,2026-02-28,43500,agency",
            ],
        )
        self.assertFalse(result["messages"], result["messages"])
        self.assertEqual(
            self.acme.observation_ids.sorted("date").mapped("value_number"),
            [42000.0, 43500.0],
        )

    def test_wrong_rows_are_reported_and_nothing_is_kept(self):
        fields = ["partner_id", "attribute_id", "date", "value_display"]
        result = self._import(
            "crm.partner.observation",
            fields,
            ["Acme Import,Capacity,2026-01-31,plenty"],
        )
        self.assertIn("does not fit", result["messages"][0]["message"])
        fields = ["partner_id", "role_id", "date_from"]
        rows = ["Acme Import,Oxide / Oxide dealer,2026-01-01"] * 2
        result = self._import("crm.partner.role.assignment", fields, rows)
        self.assertIn("already has the role", result["messages"][0]["message"])
        self.assertFalse(self.acme.observation_ids | self.acme.observation_ids)
        self.assertFalse(self.acme.role_assignment_ids)

    def test_columns_of_the_templates_are_fields(self):
        for model in ("crm.partner.role.assignment", "crm.partner.observation"):
            [template] = self.env[model].get_import_templates()
            with file_open(template["template"].lstrip("/"), "rb") as stream:
                content = stream.read()
            wizard = self.env["base_import.import"].create(
                {
                    "res_model": model,
                    "file": content,
                    "file_type": "application/vnd.openxmlformats-officedocument"
                    ".spreadsheetml.sheet",
                    "file_name": "template.xlsx",
                }
            )
            preview = wizard.parse_preview(dict(OPTIONS))
            self.assertFalse(preview.get("error"), preview.get("error"))
            self.assertEqual(
                set(preview["matches"]), set(range(len(preview["headers"]))), model
            )

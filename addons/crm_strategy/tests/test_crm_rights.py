from odoo.exceptions import AccessError
from odoo.tests import tagged

from .territory_common import TerritoryCommon


@tagged("post_install", "-at_install")
class TestCrmRights(TerritoryCommon):
    def _get_row(self, user, model, reader=None):
        self.env.flush_all()
        overview = self.env["crm.rights.overview"].with_user(reader or self.manager)
        return overview.search([("user_id", "=", user.id), ("model", "=", model)])

    def test_the_overview_says_what_the_host_allows(self):
        """Each cell of each user is compared with the check that the host makes."""
        for user in (self.manager, self.chief, self.nick):
            self.env.flush_all()
            rows = self.env["crm.rights.overview"].search([("user_id", "=", user.id)])
            self.assertGreater(len(rows), 30)
            for row in rows:
                model = self.env[row.model].with_user(user)
                for operation in ("read", "write", "create", "unlink"):
                    self.assertEqual(
                        row[f"perm_{operation}"],
                        model.has_access(operation),
                        (user.login, row.model, operation),
                    )

    def test_scope_in_words(self):
        for user, model, scope in (
            (self.nick, "crm.lead", "own"),
            (self.nora, "crm.lead", "tree"),
            (self.manager, "crm.lead", "company"),
            (self.nora, "crm.segment.membership", "tree"),
            (self.nick, "crm.segment.membership", "own"),
            (self.manager, "crm.segment.membership", "company"),
            (self.nora, "account.move", "tree"),
            (self.manager, "account.move", "condition"),
            (self.nora, "crm.measure", "all"),
            (self.nora, "crm.territory.overlap", "none"),
            (self.nora, "crm.territory.assign", "own"),
        ):
            row = self._get_row(user, model)
            self.assertEqual(row.scope, scope, (user.login, model))

    def test_reasons_are_named(self):
        row = self._get_row(self.nora, "crm.lead")
        self.assertIn("User: Own Documents Only", row.group_names)
        for name in ("Personal Leads", "Leads: of the team tree", "Multi-Company"):
            self.assertIn(name, row.rule_names)

    def test_a_group_can_be_looked_at(self):
        self.env.flush_all()
        rows = self.env["crm.rights.overview"].with_user(self.manager)
        row = rows.search(
            [
                ("subject_kind", "=", "group"),
                ("subject", "ilike", "User: All Documents"),
                ("model", "=", "crm.lead"),
            ]
        )
        self.assertEqual((row.scope, row.perm_read), ("company", True))

    def test_only_managers_see_the_rights_of_others(self):
        self.assertTrue(self._get_row(self.nora, "crm.lead", reader=self.nora))
        self.assertFalse(self._get_row(self.chief, "crm.lead", reader=self.nora))
        self.assertTrue(self._get_row(self.nora, "crm.lead", reader=self.manager))
        groups = self.env["crm.rights.overview"].with_user(self.nora)
        self.assertFalse(groups.search([("subject_kind", "=", "group")]))
        stranger = self.env.ref("base.user_admin")
        stranger.company_ids -= self.company_a
        self.assertFalse(self._get_row(stranger, "crm.lead"), "of another company")

    def test_the_overview_is_exported_and_grouped(self):
        self.env.flush_all()
        overview = self.env["crm.rights.overview"].with_user(self.manager)
        groups = overview.formatted_read_group(
            [("user_id", "=", self.nora.id)], ["scope"], ["__count"]
        )
        self.assertIn("tree", [group["scope"] for group in groups])

    # --- ONE RECORD

    def _check(self, record, user):
        check = self.env["crm.rights.check"].with_user(self.manager)
        check = check.with_context(active_model=record._name, active_id=record.id)
        return check.create({"checked_user_id": user.id})

    def test_why_somebody_sees_a_record(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Of Nick",
                "user_id": self.nick.id,
                "team_id": self.north.id,
                "company_id": self.company_a.id,
            }
        )
        check = self._check(lead, self.nora)
        self.assertTrue(check.may_read and check.may_write)
        self.assertFalse(check.may_unlink)
        self.assertIn("Leads: of the team tree", check.read_reason)
        self.assertNotIn("Personal Leads", check.read_reason)
        self.assertIn("Administrator", check.unlink_reason)
        check = self._check(lead, self.sven)
        self.assertFalse(check.may_read)
        self.assertIn("Personal Leads", check.read_reason)
        self.assertEqual(check.record_name, "Of Nick")

    def test_only_managers_ask_and_about_what_they_see(self):
        lead = self.env["crm.lead"].create(
            {"name": "Foreign", "company_id": self.company_b.id, "team_id": False}
        )
        with self.assertRaises(AccessError):
            self._check(lead, self.nora).read(["read_reason"])
        with self.assertRaises(AccessError):
            self.env["crm.rights.check"].with_user(self.nora).create(
                {"res_model": "crm.lead", "res_id": lead.id}
            )

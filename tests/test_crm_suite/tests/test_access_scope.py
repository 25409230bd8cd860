from contextlib import suppress

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .builders import MissingBuilder, SalesWorld, build, find_partner_field
from .common import SuiteCase, read_table

# Scope of the matrix -> which of the records below its role sees
VISIBLE = {
    "none": set(),
    "own": {"mine", "unassigned"},
    "tree": {"mine", "unassigned", "below"},
    "company": {"mine", "unassigned", "below", "theirs"},
    "all": {"mine", "unassigned", "below", "theirs", "foreign"},
}


@tagged("post_install", "-at_install")
class TestAccessScope(SuiteCase):
    """Each role sees the records that the matrix says, and no others.

    ========== ============= ===================================
    record     company       customer
    ========== ============= ===================================
    mine       own           of the user
    unassigned own           without a salesperson
    below      own           of a member of a team below the team leader
    theirs     own           of a colleague, in no team of his
    foreign    another       of the user
    ========== ============= ===================================

    What says nothing about a customer is the same for everybody of a company: mine,
    below and theirs differ by user_id then, else by who made it. A wizard belongs to
    who opened it, whatever it is about.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = SalesWorld(cls.env)
        cls.foreign_company = cls.world.second_company()
        cls.users = cls._create_role_users()
        cls.colleague = cls.env["res.users"].search(
            [
                ("id", "not in", [user.id for user in cls.users.values()]),
                ("id", "!=", cls.team_member.id),
            ],
            limit=1,
        )
        cls.matrix = {
            (row["model"], row["role"]): row["scope"]
            for row in read_table("security/access_matrix.csv")
        }

    def _get_slots(self, user):
        """Return {slot: (company, customer)} for ``user``, with new customers."""
        own, foreign = self.env.company, self.foreign_company
        return {
            "mine": (own, self.world.person("Mine", user)),
            "unassigned": (own, self.world.person("Unassigned")),
            "below": (own, self.world.person("Below", self.team_member)),
            "theirs": (own, self.world.person("Theirs", self.colleague)),
            "foreign": (foreign, self.world.person("Foreign", user)),
        }

    def _build_slots(self, model_name, user):
        model = self.env[model_name]
        is_about_customers = bool(find_partner_field(model)) and not model._transient
        has_company = "company_id" in model._fields
        owners = {"mine": user, "below": self.team_member}
        records = {}
        for slot, (company, partner) in self._get_slots(user).items():
            if slot == "unassigned" and not is_about_customers:
                continue
            if slot == "foreign" and not has_company:
                continue
            record = build(self.env, model_name, company, partner)
            if not is_about_customers and slot != "foreign":
                self._assign(record, owners.get(slot, self.colleague))
            records[slot] = record
        self.env.flush_all()
        self.env.invalidate_all()
        return records

    def _assign(self, record, user):
        if not record._auto:
            return  # the builder has looked up the row of the customer's salesperson
        if "user_id" in record._fields and not record._transient:
            # who may not answer for a record does not own it either
            with suppress(ValidationError), self.env.cr.savepoint():
                record.user_id = user
        elif "create_uid" in record._fields:
            self.env.flush_all()
            self.env.cr.execute(
                f"UPDATE {record._table} SET create_uid = %s WHERE id = %s",
                [user.id, record.id],
            )

    def test_every_role_sees_what_the_matrix_says(self):
        findings = {
            f"{model_name}, {role}: {finding}"
            for model_name in self.models
            for role, user in self.users.items()
            if (scope := self.matrix.get((model_name, role), "none")) != "none"
            and (finding := self._try_scope(model_name, user, scope))
        }
        self.assertNothing(sorted(findings), "The matrix promises another scope:")

    def _try_scope(self, model_name, user, scope):
        """Return what is wrong with ``scope``, or None."""
        if scope not in VISIBLE:
            return f"no test knows what {scope} means"
        with self.env.cr.savepoint() as savepoint:
            try:
                records = self._build_slots(model_name, user)
            except MissingBuilder as error:
                return str(error)
            model = self.env[model_name].with_user(user)
            model = model.with_context(active_test=False)
            seen = {
                slot
                for slot, record in records.items()
                if model.search_count([("id", "=", record.id)])
            }
            savepoint.rollback()
        expected = VISIBLE[scope] & set(records)
        if seen != expected:
            return f"{scope} is {sorted(expected)}, but he sees {sorted(seen)}"
        return None

    def test_nobody_sees_the_wizards_of_others(self):
        """The host guards no transient record: a wizard needs a rule of its own."""
        user = self.users["sales_manager"]
        findings = []
        for model_name in self.models:
            model = self.env[model_name].with_user(user)
            if not model._transient or not model.has_access("read"):
                continue
            record = build(
                self.env, model_name, self.env.company, self.env.user.partner_id
            )
            self.env.flush_all()
            if model.search_count([("id", "=", record.id)]):
                findings.append(
                    f"{model_name}: add <record id='{model._table}_rule_own' "
                    "model='ir.rule'> [('create_uid', '=', user.id)]"
                )
        self.assertNothing(findings, "Wizards that colleagues can read:")

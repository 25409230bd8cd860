from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .builders import SalesWorld, build
from .common import SuiteCase

SALESMAN = "sales_team.group_sale_salesman,base.group_allow_export"

# Model -> field that names the customer
MODELS = {
    "crm.lead": "partner_id",
    "crm.activity.report": "partner_id",
    "sale.order": "partner_id",
    "sale.order.line": "order_partner_id",
    "sale.report": "partner_id",
    "account.move": "partner_id",
    "account.move.line": "partner_id",
    "crm.segment.membership": "partner_id",
    "crm.sale.movement": "customer_id",
    "crm.customer.scorecard": "partner_id",
    "crm.customer.scorecard.history": "partner_id",
    "crm.segment.scorecard.report": "partner_id",
}


@tagged("post_install", "-at_install")
class TestTeamTree(SuiteCase):
    """Three levels, two branches, two companies: who sees whose records.

    ::

        company A                              company B
        Headquarters A   leader boss           Headquarters B   leader boss_b
        ├── North        leader north          ├── East         leader east
        │   └── Metal N  member nils           │   └── Metal E  member emil
        └── South        leader south          └── West         leader west
            └── Metal S  member sara               └── Metal W  member wim

    Each has a customer with a lead, an invoiced order, a segment, a scorecard and
    its history; so has nobody. All are salespeople of the own documents. ``plain``
    is in no team, ``every`` reads all documents, ``lead_all`` manages.

    =========  ==============================================
    user       sees the records of
    =========  ==============================================
    boss       boss, north, nils, south, sara, nobody
    north      north, nils, nobody
    nils       nils, nobody
    south      south, sara, nobody
    plain      plain, nobody
    every      all of company A
    lead_all   all of company A
    boss_b     boss_b, east, emil, west, wim, nobody of B
    =========  ==============================================
    """

    TREE = (
        ("boss", ("north", "nils"), ("south", "sara")),
        ("boss_b", ("east", "emil"), ("west", "wim")),
    )
    SEES = {
        "boss": {"boss", "north", "nils", "south", "sara", "nobody"},
        "north": {"north", "nils", "nobody"},
        "nils": {"nils", "nobody"},
        "south": {"south", "sara", "nobody"},
        "sara": {"sara", "nobody"},
        "plain": {"plain", "nobody"},
        "every": {"boss", "north", "nils", "south", "sara", "plain", "nobody"},
        "lead_all": {"boss", "north", "nils", "south", "sara", "plain", "nobody"},
        "boss_b": {"boss_b", "east", "emil", "west", "wim", "nobody_b"},
        "east": {"east", "emil", "nobody_b"},
        "wim": {"wim", "nobody_b"},
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a = cls.env.company
        cls.company_b = SalesWorld(cls.env).second_company("Tree B")
        cls.people, cls.customers, cls.teams = {}, {}, {}
        for company, (boss, *branches) in zip(
            (cls.company_a, cls.company_b), cls.TREE, strict=True
        ):
            cls._create_tree(company, boss, branches)
        for login, group in (
            ("plain", SALESMAN),
            ("every", "sales_team.group_sale_salesman_all_leads"),
            ("lead_all", "sales_team.group_sale_manager"),
        ):
            cls._create_person(login, cls.company_a, group)
        for company, names in (
            (cls.company_a, ["boss", "north", "nils", "south", "sara", "plain"]),
            (cls.company_b, ["boss_b", "east", "emil", "west", "wim"]),
        ):
            suffix = "" if company == cls.company_a else "_b"
            cls._create_records(company, [*names, f"nobody{suffix}"])
        cls.env.flush_all()
        cls.env.invalidate_all()
        cls.names = {partner: name for name, partner in cls.customers.items()}

    @classmethod
    def _create_person(cls, login, company, group=SALESMAN):
        cls.people[login] = new_test_user(
            cls.env,
            f"tree_{login}",
            groups=group,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        return cls.people[login]

    @classmethod
    def _create_team(cls, name, company, **values):
        cls.teams[name] = cls.env["crm.team"].create(
            {"name": name, "company_id": company.id, **values}
        )
        return cls.teams[name]

    @classmethod
    def _create_tree(cls, company, boss, branches):
        leader = cls._create_person(boss, company)
        top = cls._create_team(boss, company, user_id=leader.id)
        for leader, member in branches:
            user = cls._create_person(leader, company)
            branch = cls._create_team(
                leader, company, user_id=user.id, parent_id=top.id
            )
            cls._create_team(
                member,
                company,
                parent_id=branch.id,
                member_ids=[Command.link(cls._create_person(member, company).id)],
            )

    @classmethod
    def _create_records(cls, company, names):
        world = SalesWorld(cls.env, company)
        env = world.env
        nobody = env["res.users"]
        for name in names:
            user = cls.people.get(name, nobody)
            partner = world.company_customer(f"Of {name}", user)
            cls.customers[name] = partner
            values = {"user_id": user.id, "team_id": False}
            lead = env["crm.lead"].create(
                {
                    "name": name,
                    "partner_id": partner.id,
                    "company_id": company.id,
                    **values,
                }
            )
            lead.message_post(
                body="Called",
                subtype_xmlid="mail.mt_note",
                mail_activity_type_id=env.ref("mail.mail_activity_data_call").id,
            )
            order = world.order(partner, "2024-03-05", 10, **values)
            invoice = world.invoice(order, "2024-03-06")
            invoice.write({"invoice_user_id": user.id, "team_id": False})
            for model in (
                "crm.segment.membership",
                "crm.customer.scorecard",
                "crm.customer.scorecard.history",
            ):
                build(env, model, company, partner)

    def _get_seen(self, model_name, user, domain=()):
        """Return the names of whose records ``user`` finds."""
        field = MODELS[model_name]
        partners = self.env["res.partner"].concat(*self.customers.values())
        records = self.env[model_name].with_user(user)
        records = records.search([(field, "in", partners.ids), *domain])
        return {self.names[partner] for partner in records.mapped(field)}

    # ------------------------------------------------------------
    # WHO SEES WHAT
    # ------------------------------------------------------------

    def test_everybody_sees_the_records_of_his_tree_and_no_others(self):
        findings = [
            f"{model_name}, {login}: sees {sorted(seen)}, not {sorted(expected)}"
            for login, expected in self.SEES.items()
            for model_name in MODELS
            if (seen := self._get_seen(model_name, self.people[login])) != expected
        ]
        self.assertNothing(findings, "Rules and team tree differ:")

    def test_a_leader_opens_what_he_finds_and_is_refused_the_rest(self):
        leads = self.env["crm.lead"].search(
            [("partner_id", "in", [self.customers[n].id for n in ("nils", "sara")])]
        )
        below = leads.filtered(lambda lead: lead.name == "nils")
        sister = leads - below
        north = self.people["north"]
        below.with_user(north).write({"priority": "2"})
        self.assertEqual(below.priority, "2")
        with self.assertRaises(AccessError):
            sister.with_user(north).write({"priority": "2"})
        with self.assertRaises(AccessError):
            sister.with_user(north).read(["name"])
        self.assertEqual(sister.priority, "0")

    def test_sums_names_exports_and_conditions_do_not_leak(self):
        """What is summed up, looked up or exported is what can be listed."""
        north = self.people["north"]
        orders = self.env["sale.order"].with_user(north)
        ours = [("partner_id", "in", [p.id for p in self.customers.values()])]
        expected = self.SEES["north"]
        [(amount, count)] = orders._read_group(
            ours, [], ["amount_untaxed:sum", "__count"]
        )
        self.assertEqual((amount, count), (10.0 * len(expected), len(expected)))
        groups = orders.formatted_read_group(ours, ["user_id"], ["__count"])
        self.assertEqual(sum(group["__count"] for group in groups), len(expected))
        leads = self.env["crm.lead"].with_user(north)
        found = {name for _id, name in leads.name_search("sara")}
        self.assertNotIn("sara", found)
        self.assertIn("nils", {name for _id, name in leads.name_search("nils")})
        exported = orders.search(ours).export_data(["partner_id/name"])["datas"]
        self.assertEqual({name.removeprefix("Of ") for [name] in exported}, expected)
        partners = self.env["res.partner"].with_user(north)
        partners = partners.search(
            [("sale_order_ids", "any", [("amount_untaxed", "=", 10.0)]), *self._ours()]
        )
        self.assertEqual({self.names[p.with_env(self.env)] for p in partners}, expected)

    def _ours(self):
        return [("id", "in", [partner.id for partner in self.customers.values()])]

    def test_the_calendar_of_leads_shows_the_tree_only(self):
        """The host's calendar of leads is a search with a period."""
        north = self.people["north"]
        self.env["crm.lead"].search(
            [("partner_id", "in", [p.id for p in self.customers.values()])]
        ).date_deadline = "2024-03-20"
        self.assertEqual(
            self._get_seen("crm.lead", north, [("date_deadline", "=", "2024-03-20")]),
            self.SEES["north"],
        )

    # ------------------------------------------------------------
    # THE TREE CHANGES
    # ------------------------------------------------------------

    def test_who_moves_to_the_sister_branch_takes_his_records_along(self):
        member = self.teams["nils"].crm_team_member_ids
        member.crm_team_id = self.teams["sara"]
        self.assertEqual(
            self._get_seen("sale.order", self.people["north"]), {"north", "nobody"}
        )
        self.assertEqual(
            self._get_seen("sale.order", self.people["south"]),
            {"south", "sara", "nils", "nobody"},
        )

    def test_a_new_leader_sees_the_tree_and_the_former_one_his_own(self):
        self.teams["north"].user_id = self.people["plain"]
        self.assertEqual(
            self._get_seen("crm.lead", self.people["plain"]),
            {"plain", "nils", "nobody"},
        )
        self.assertEqual(
            self._get_seen("crm.lead", self.people["north"]), {"north", "nobody"}
        )

    def test_an_archived_team_gives_its_leader_nothing_but_stays_below_others(self):
        self.teams["north"].active = False
        self.assertEqual(
            self._get_seen("crm.lead", self.people["north"]), {"north", "nobody"}
        )
        self.assertEqual(
            self._get_seen("crm.lead", self.people["boss"]), self.SEES["boss"]
        )

    def test_customers_of_people_who_left_stay_with_the_leader(self):
        self.people["nils"].action_archive()
        self.people["south"].action_archive()
        self.assertEqual(
            self._get_seen("sale.order", self.people["north"]), self.SEES["north"]
        )
        self.assertEqual(
            self._get_seen("sale.order", self.people["boss"]), self.SEES["boss"]
        )

    def test_a_former_member_is_no_longer_below(self):
        self.teams["nils"].crm_team_member_ids.action_archive()
        self.assertEqual(
            self._get_seen("crm.lead", self.people["north"]), {"north", "nobody"}
        )

    def test_a_record_of_a_team_below_is_seen_whoever_has_it(self):
        lead = self.env["crm.lead"].search([("name", "=", "plain")])
        lead.team_id = self.teams["nils"]
        self.assertEqual(
            self._get_seen("crm.lead", self.people["north"]),
            self.SEES["north"] | {"plain"},
        )
        self.assertEqual(
            self._get_seen("crm.lead", self.people["nils"]), self.SEES["nils"]
        )

    def test_in_two_teams_he_is_below_both_leaders(self):
        self.env["ir.config_parameter"].set_param("sales_team.membership_multi", True)
        self.teams["sara"].member_ids = [Command.link(self.people["nils"].id)]
        for login in ("north", "south"):
            self.assertIn("nils", self._get_seen("crm.lead", self.people[login]))

    # ------------------------------------------------------------
    # THE HOST
    # ------------------------------------------------------------

    def test_without_a_team_the_rules_say_what_the_host_says(self):
        """The very same condition, so that nothing gets slower either."""
        plain = self.people["plain"]
        rules = self._get_own_records("ir.rule")
        rules = rules.filtered(lambda rule: rule.model_id.model not in self.models)
        names = rules.mapped("model_id.model")
        self.assertEqual(len(names), 10)
        with_rules = {name: self._get_rule_domain(name, plain) for name in names}
        rules.active = False
        for name in names:
            self.assertEqual(
                str(with_rules[name]), str(self._get_rule_domain(name, plain)), name
            )

    def _get_rule_domain(self, name, user):
        model = self.env[name].with_user(user)
        return (
            self.env["ir.rule"]
            .with_user(user)
            ._compute_domain(name)
            .optimize_full(model)
        )

    def test_rules_of_ours_narrow_nobody(self):
        """A colleague from shipping with our group still sees every order."""
        shipper = self._create_person(
            "shipper", self.company_a, "stock.group_stock_user,crm_strategy.group_user"
        )
        self.assertEqual(self._get_seen("sale.order", shipper), self.SEES["every"])

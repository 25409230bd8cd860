from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.rights import WIDTH, classify_rule

#: documents of the host that the suite works with and reports on
HOST_MODELS = (
    "res.partner",
    "crm.team",
    "crm.lead",
    "crm.activity.report",
    "sale.order",
    "sale.order.line",
    "sale.report",
    "account.move",
    "account.invoice.report",
    "calendar.event",
    "product.template",
    "stock.picking",
)
#: room for the ids of models in the id of a row; groups begin after all users
ROOM = 1_000_000
GROUPS_FROM = 1_000_000_000_000


class CrmRightsOverview(models.Model):
    """Who may do what, and why: a row per user (or group) and model.

    Read from the access rights, record rules and groups that are in force; nothing
    is kept. The scope is what the rules leave to read, see ``tools/rights.py``:

    ==========  ==============================================================
    scope       meaning
    ==========  ==============================================================
    none        no group gives the right to read
    own         a rule names the user, and no other rule of his groups is wider
    tree        the same for the people below him; "own" for who leads nothing
    condition   rules limit the records, but not by person
    company     everything of the companies he works in
    all         no rule limits him
    ==========  ==============================================================
    """

    _name = "crm.rights.overview"
    _description = "Rights Overview"
    _auto = False
    _order = "subject, area desc, model_name"
    _rec_name = "model_name"

    subject = fields.Char("Who", readonly=True)
    subject_kind = fields.Selection(
        [("user", "User"), ("group", "Group")], "User or Group", readonly=True
    )
    user_id = fields.Many2one("res.users", readonly=True)
    model = fields.Char("Technical Name", readonly=True)
    model_name = fields.Char("Records", readonly=True)
    area = fields.Selection(
        [("host", "Documents"), ("suite", "CRM suite")], readonly=True
    )
    perm_read = fields.Boolean("Read", readonly=True)
    perm_write = fields.Boolean("Edit", readonly=True)
    perm_create = fields.Boolean("Create", readonly=True)
    perm_unlink = fields.Boolean("Delete", readonly=True)
    scope = fields.Selection(
        [
            ("none", "None"),
            ("own", "Own"),
            ("tree", "Team tree"),
            ("condition", "What meets a condition"),
            ("company", "Company"),
            ("all", "All"),
        ],
        "Sees",
        readonly=True,
    )
    group_names = fields.Char("Because of the Groups", readonly=True)
    rule_names = fields.Char("Within the Rules", readonly=True)

    # --- WHAT IS SHOWN

    @api.model
    def _get_shown_models(self):
        """Return {model name: area} of what the overview is about."""
        modules = self.env["ir.module.module"]
        modules = modules.sudo()  # style: CRM109 names of the suite's add-ons
        own = modules.search([("name", "=", "crm_strategy")])
        names = {"crm_strategy", *own.downstream_dependencies().mapped("name")}
        shown = {
            name: "suite"
            for name, model in self.env.registry.items()
            if model._original_module in names and not model._abstract
        }
        return shown | {
            name: "host" for name in HOST_MODELS if name in self.env.registry
        }

    @api.model
    def _get_rule_kinds(self, model_names):
        """Return [(rule id, what it is about)] of the rules in force for reading."""
        rules = self.env["ir.rule"].sudo()  # style: CRM109 read to explain them
        rules = rules.search(
            [("model_id.model", "in", list(model_names)), ("perm_read", "=", True)]
        )
        return [(rule.id, classify_rule(rule.domain_force)) for rule in rules]

    # --- STATEMENT

    @property
    def _table_query(self) -> SQL:
        shown = self._get_shown_models()
        return SQL(
            """WITH RECURSIVE %(groups)s, %(models)s, %(access)s, %(rules)s
               SELECT CASE WHEN s.user_id IS NULL THEN %(groups_from)s + s.group_id
                           ELSE s.user_id END * %(room)s::bigint + m.id AS id,
                      s.name AS subject, s.kind AS subject_kind, s.user_id,
                      m.model, m.name AS model_name, m.area,
                      coalesce(a.perm_read, FALSE) AS perm_read,
                      coalesce(a.perm_write, FALSE) AS perm_write,
                      coalesce(a.perm_create, FALSE) AS perm_create,
                      coalesce(a.perm_unlink, FALSE) AS perm_unlink,
                      a.group_names, r.rule_names, %(scope)s AS scope
                 FROM subject s
                CROSS JOIN shown m
                 LEFT JOIN access a ON a.key = s.key AND a.model_id = m.id
                 LEFT JOIN rules r ON r.key = s.key AND r.model_id = m.id""",
            groups=self._groups_sql(),
            models=self._models_sql(shown),
            access=self._access_sql(),
            rules=self._rules_sql(self._get_rule_kinds(shown)),
            scope=self._scope_sql(),
            groups_from=GROUPS_FROM // ROOM,
            room=ROOM,
        )

    def _name_sql(self, alias) -> SQL:
        """Return the translated name of a table's rows."""
        name = SQL.identifier(alias, "name")
        return SQL(
            "coalesce(%s ->> %s, %s ->> 'en_US')", name, self.env.lang or "en_US", name
        )

    def _groups_sql(self) -> SQL:
        """Return who is looked at, and all groups of each, with the implied ones."""
        return SQL(
            """implied(gid, hid) AS (
                   SELECT id, id FROM res_groups
                    UNION
                   SELECT i.gid, r.hid
                     FROM implied i
                     JOIN res_groups_implied_rel r ON r.gid = i.hid),
               subject AS (
                   SELECT u.id AS user_id, NULL::int AS group_id, 'user' AS kind,
                          p.name, 'u' || u.id AS key,
                          EXISTS (SELECT FROM crm_team t
                                   WHERE t.user_id = u.id AND t.active) AS is_leader
                     FROM res_users u
                     JOIN res_partner p ON p.id = u.partner_id
                    WHERE u.active AND NOT u.share
                    UNION ALL
                   SELECT NULL, g.id, 'group', %(group)s, 'g' || g.id, TRUE
                     FROM res_groups g
                    WHERE g.privilege_id IS NOT NULL),
               has_group AS (
                   SELECT DISTINCT 'u' || r.uid AS key, i.hid AS group_id
                     FROM res_groups_users_rel r
                     JOIN implied i ON i.gid = r.gid
                    UNION ALL
                   SELECT 'g' || gid, hid FROM implied),
               group_name AS (
                   SELECT g.id, %(group)s AS name FROM res_groups g)""",
            group=SQL(
                """concat_ws(' / ', (SELECT %s FROM res_groups_privilege v
                                      WHERE v.id = g.privilege_id), %s)""",
                self._name_sql("v"),
                self._name_sql("g"),
            ),
        )

    def _models_sql(self, shown) -> SQL:
        return SQL(
            """shown AS (
                   SELECT m.id, m.model, %s AS name, area.area
                     FROM ir_model m
                     JOIN unnest(%s, %s) AS area(model, area) ON area.model = m.model)
            """,
            self._name_sql("m"),
            list(shown),
            list(shown.values()),
        )

    def _access_sql(self) -> SQL:
        return SQL(
            """access AS (
                   SELECT h.key, a.model_id,
                          bool_or(a.perm_read) AS perm_read,
                          bool_or(a.perm_write) AS perm_write,
                          bool_or(a.perm_create) AS perm_create,
                          bool_or(a.perm_unlink) AS perm_unlink,
                          string_agg(DISTINCT n.name, ', ') AS group_names
                     FROM ir_model_access a
                     JOIN shown ON shown.id = a.model_id
                     JOIN has_group h ON h.group_id = a.group_id
                     JOIN group_name n ON n.id = a.group_id
                    WHERE a.active
                      AND (a.perm_read OR a.perm_write OR a.perm_create
                           OR a.perm_unlink)
                    GROUP BY h.key, a.model_id)"""
        )

    def _rules_sql(self, kinds) -> SQL:
        """Return per subject and model: the widest group rule, the global ones."""
        return SQL(
            """rule AS (
                   SELECT r.id, r.model_id, r.name, r.global AS is_global, k.kind,
                          array_position(%s::text[], k.kind) AS width
                     FROM ir_rule r
                     JOIN unnest(%s::int[], %s::text[]) AS k(id, kind) ON k.id = r.id),
               in_force AS (
                   SELECT DISTINCT h.key, rule.*
                     FROM rule
                     JOIN rule_group_rel g ON g.rule_group_id = rule.id
                     JOIN has_group h ON h.group_id = g.group_id
                    UNION ALL
                   SELECT s.key, rule.* FROM rule JOIN subject s ON rule.is_global),
               rules AS (
                   SELECT key, model_id,
                          string_agg(DISTINCT name, ', ') AS rule_names,
                          max(width) FILTER (WHERE NOT is_global) AS width,
                          bool_or(is_global AND kind IN ('own', 'tree')) AS is_own,
                          bool_or(is_global AND kind = 'company') AS is_company,
                          bool_or(is_global AND kind = 'condition') AS is_condition
                     FROM in_force
                    GROUP BY key, model_id)""",
            list(WIDTH),
            [rule_id for rule_id, _kind in kinds],
            [kind for _rule_id, kind in kinds],
        )

    def _scope_sql(self) -> SQL:
        return SQL(
            """CASE WHEN NOT coalesce(a.perm_read, FALSE) THEN 'none'
                    WHEN r.is_own OR r.width = 1 THEN 'own'
                    WHEN r.width = 2 AND s.is_leader THEN 'tree'
                    WHEN r.width = 2 THEN 'own'
                    WHEN r.width = 4 OR r.is_condition THEN 'condition'
                    WHEN r.width = 3 OR r.is_company THEN 'company'
                    ELSE 'all' END"""
        )

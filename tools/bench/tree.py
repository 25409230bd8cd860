"""What the rules of the team tree cost the host: its lead list, with and without."""

import statistics
import time

from odoo.fields import Command

FIELDS = {
    "name": {},
    "user_id": {"fields": {"display_name": {}}},
    "team_id": {"fields": {"display_name": {}}},
    "expected_revenue": {},
}
TURNS, OPENINGS = 3, 4
OPPORTUNITIES = [("type", "=", "opportunity")]

# Of each hundred leads two are the plain salesperson's and four nobody's
LEADS = """
    INSERT INTO crm_lead (name, type, active, user_id, stage_id, company_id,
                          probability, priority, create_date, write_date,
                          won_status, expected_revenue)
    SELECT 'Lead ' || n, 'opportunity', TRUE,
           CASE WHEN n %% 50 = 0 THEN %(plain)s WHEN n %% 20 = 0 THEN NULL
                ELSE (%(users)s::int[])[1 + n %% %(user_count)s] END,
           %(stage)s, %(company)s, 10, (n %% 3)::text, now(), now(), 'pending', n
      FROM generate_series(1, %(leads)s) n"""


class TeamTree:
    """A tree of teams with a member each, its leader, and one who leads nothing.

    Everything is made in one transaction, which is rolled back. Every method of the
    rows returns a ratio: the page and the counts by stage of the host's lead list,
    beside the same without the rule, or for the leader, who sees more by it,
    beside the host's rule for those who see all documents.
    """

    def __init__(self, session, teams, leads):
        with session.environment() as env:
            try:
                self._make(env, teams, leads)
                self._measure(env)
            finally:
                env.cr.rollback()
                env.invalidate_all()
                session.registry.clear_all_caches()

    # --- DATA

    def _make(self, env, count, leads):
        self.leader = self._add_users(env, ["leader"])
        self.plain = self._add_users(env, ["plain"])
        users = self._add_users(env, range(count))
        teams = self._add_teams(env, users)
        members = [
            {"crm_team_id": team.id, "user_id": user.id}
            for team, user in zip(teams, users, strict=False)
        ]
        env["crm.team.member"].create(members)
        env.flush_all()
        values = {
            "plain": self.plain.id,
            "users": users.ids,
            "user_count": len(users),
            "stage": env["crm.stage"].search([], limit=1).id,
            "company": env.company.id,
            "leads": leads,
        }
        env.cr.execute(LEADS, values)
        env.cr.execute("ANALYZE crm_lead")

    @staticmethod
    def _add_users(env, names):
        salesperson = env.ref("sales_team.group_sale_salesman").ids
        return (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"Tree {name}",
                        "login": f"bench_tree_{name}",
                        "group_ids": [Command.set(salesperson)],
                    }
                    for name in names
                ]
            )
        )

    def _add_teams(self, env, users):
        """One team above all, a tenth of them below it, the others below these."""
        teams, names = env["crm.team"], iter(users.mapped("name"))
        top = teams.create(
            {"name": "Top", "user_id": self.leader.id, "company_id": False}
        )
        branches = teams.create(
            [
                {"name": next(names), "parent_id": top.id, "user_id": user.id}
                for user in users[: len(users) // 10]
            ]
        )
        return branches + teams.create(
            [
                {"name": name, "parent_id": branches[place % len(branches)].id}
                for place, name in enumerate(list(names)[1:])
            ]
        )

    # --- TIME

    def _measure(self, env):
        """Take turns, so that a machine that is busier now and then matters less."""
        rule = env.ref("crm_strategy.crm_lead_rule_tree")
        group = env.ref("sales_team.group_sale_salesman_all_leads")
        times = {}
        for _turn in range(TURNS):
            for suffix, is_ours in (("", True), (" without", False)):
                rule.active = is_ours
                command = Command.unlink if is_ours else Command.link
                self.leader.group_ids = [command(group.id)]
                for who, user in (("plain", self.plain), ("leader", self.leader)):
                    # the first opening fills the caches that a running server has
                    opened = [self._open(env, user) for _opening in range(OPENINGS)]
                    times.setdefault(who + suffix, []).extend(opened[1:])
        self._seconds = {who: statistics.median(found) for who, found in times.items()}

    @staticmethod
    def _open(env, user):
        env.invalidate_all()
        leads = env["crm.lead"].with_user(user)
        started = time.monotonic()
        leads.web_search_read(OPPORTUNITIES, FIELDS, limit=80, count_limit=10_001)
        leads.formatted_read_group(
            OPPORTUNITIES, ["stage_id"], ["__count", "expected_revenue:sum"]
        )
        return time.monotonic() - started

    def seconds(self, who):
        return self._seconds[who]

    def ratio(self, who):
        return self._seconds[who] / self._seconds[f"{who} without"]

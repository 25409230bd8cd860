"""What is measured of roles, retention programmes, target groups and policies."""

import datetime as dt

from odoo.tools import SQL

#: of this and the other names of records that the benchmark makes
NAME = "Benchmark"
#: months of history that the roles look back: all there are
ALL_MONTHS = 600


def forget(env, model_name, rows_name, column):
    """Delete the records of a former run and, before them, their many rows."""
    records = env[model_name].search([("name", "=", NAME)])
    env.cr.execute(
        SQL(
            "DELETE FROM %s WHERE %s = ANY(%s)",
            SQL.identifier(env[rows_name]._table),
            SQL.identifier(column),
            records.ids,
        )
    )
    env.invalidate_all()
    if "state" in records._fields:  # only a draft may be deleted
        records.filtered(lambda record: record.state == "running").action_cancel()
        records.filtered(lambda record: record.state == "cancelled").action_reset()
    records.unlink()


class Roles:
    """Roles of two divisions, each with half of the product ranges."""

    def __init__(self, session):
        self.session = session

    def make(self):
        with self.session.environment() as env:
            ranges = env["product.category"].search([("name", "like", "Range _")])
            names = [f"{NAME} 1", f"{NAME} 2"]
            divisions = env["crm.division"].search([("name", "in", names)])
            if not divisions:
                vals_list = [{"name": name} for name in names]
                divisions = env["crm.division"].create(vals_list)
                env["crm.partner.role"].create(
                    [
                        {
                            "name": NAME,
                            "division_id": division.id,
                            "is_proposed": True,
                            "proposal_months": ALL_MONTHS,
                        }
                        for division in divisions
                    ]
                )
            for place, division in enumerate(divisions):
                ranges[place::2].crm_division_own_id = division

    @staticmethod
    def _empty(env):
        env.cr.execute("DELETE FROM crm_partner_role_assignment")

    @staticmethod
    def _propose(env):
        env["crm.partner.role"].search([("is_proposed", "=", True)])._propose()

    def propose_first(self):
        return self.session.time(self._propose, prepare=self._empty)[0]

    def propose_again(self):
        return self.session.median(self._propose)


class Retention:
    """A programme of 90 days for the customers in a fixed target group."""

    def __init__(self, session, customers):
        self.session, self.customers = session, customers

    def make(self):
        with self.session.environment() as env:
            programme, group = "crm.retention.programme", "crm.target.group"
            forget(env, programme, "crm.retention.customer", "programme_id")
            forget(env, group, "crm.target.group.member", "target_group_id")
            group = env[group].create({"name": NAME, "mode": "fixed"})
            today = env["crm.sale.fact"]._get_today(env.company)
            env[programme].create(
                {
                    "name": NAME,
                    "target_group_id": group.id,
                    "date_start": today - dt.timedelta(days=90),
                    "date_end": today,
                }
            )

    @staticmethod
    def _find(env, model_name):
        return env[model_name].search([("name", "=", NAME)], limit=1)

    def take_all(self):
        """Every customer into the group."""
        return self.session.time(
            lambda env: self._find(env, "crm.target.group")._take()
        )[0]

    def keep(self):
        """Leave in the group as many as the programme is for."""
        with self.session.environment() as env:
            env.cr.execute(
                """DELETE FROM crm_target_group_member WHERE id IN (
                       SELECT id FROM crm_target_group_member
                        WHERE target_group_id = %s ORDER BY id OFFSET %s)""",
                [self._find(env, "crm.target.group").id, self.customers],
            )

    def start(self):
        """Settle who is measured, and measure before and since."""
        return self.session.time(
            lambda env: self._find(env, "crm.retention.programme").action_start()
        )[0]

    def measure(self):
        return self.session.median(
            lambda env: self._find(env, "crm.retention.programme").action_measure()
        )


class Policies:
    """What the segments say of prices, terms and discounts for many customers."""

    def __init__(self, session, customers):
        self.session, self.customers = session, customers

    def make(self):
        """Let every segment say something; the first one of a customer decides."""
        with self.session.environment() as env:
            env["crm.segment"].search([]).write({"visits_per_year": 4})

    def resolve(self):
        def work(env):
            partners = env["res.partner"].search(
                [("segment_membership_ids.date_end", "=", False)],
                limit=self.customers,
            )
            policies = env["crm.customer.policy"]._get_effective_policies(partners)
            assert all(policies.values())

        return self.session.median(work)

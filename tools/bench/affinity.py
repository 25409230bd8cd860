"""What is bought together, counted for all orders, and the offers made of it."""

from odoo import fields

#: all orders of the history, and the support of the reference: 100 baskets in 2 million
RULES = {
    "level": "product",
    "window_months": 120,
    "min_count": 5,
    "min_share": 0.005,
    "min_confidence": 5.0,
    "min_lift": 1.2,
}


class Affinity:
    """The runs on one database; every method returns seconds."""

    def __init__(self, session):
        self.session = session

    @staticmethod
    def _policy(env):
        return env["crm.affinity.policy"]._ensure(env.company)

    def make(self):
        with self.session.environment() as env:
            self._policy(env).write(RULES)

    def _run(self, mode, until=None):
        def work(env):
            moment = until and fields.Datetime.to_datetime(until)
            run = env["crm.affinity.run"]._refresh(env.company, mode, moment)
            if run.mode != mode:
                raise RuntimeError(f"A run {mode} was wanted, it became {run.mode}.")

        return work

    def full(self):
        return self.session.median(self._run("full"))

    def full_once(self):
        return self.session.time(self._run("full"))[0]

    def day(self):
        """Count up to the day before the last one, then time the last day alone."""
        with self.session.environment() as env:
            env.cr.execute(
                """SELECT MAX(date_order) - INTERVAL '1 day', MAX(date_order)
                     FROM sale_order WHERE state = 'sale' AND date_order < (
                          SELECT date_trunc('month', MAX(date_order))
                            FROM sale_order WHERE state = 'sale')"""
            )
            before, last = env.cr.fetchone()
        times = []
        for _turn in range(3):
            self.session.time(self._run("full", before))
            times.append(self.session.time(self._run("incremental", last))[0])
        return sorted(times)[1]

    def offers(self):
        def work(env):
            env["crm.next.best.offer.engine"]._refresh(self._policy(env))

        return self.session.time(work)[0]

    def offers_of_one(self):
        def work(env):
            partner = env["crm.customer.scorecard"].search([], limit=1).partner_id
            partner._refresh_offers(env.company)

        return self.session.median(work)

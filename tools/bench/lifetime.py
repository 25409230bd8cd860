"""What is measured of lifetime models, what they expect, and the churn tendency."""

from odoo.tools import SQL


class Lifetime:
    """One company's models; every method returns seconds."""

    def __init__(self, jobs):
        self.session = jobs.session

    @staticmethod
    def _window(env):
        """Return policy and window of the last refresh."""
        policy = env["crm.rfm.policy"]._ensure(env.company)
        engine = env["crm.scorecard.part.engine"]
        env["crm.scorecard.engine"]._prepare_transaction()
        return policy, engine._get_window(env.company, policy.last_as_of)

    def fit_and_predict(self):
        """Fit both models on all customers and tell what to expect of each."""

        def work(env):
            policy, window = self._window(env)
            model = env["crm.lifetime.model"].create(
                {"company_id": env.company.id, "as_of": window.as_of}
            )
            model.write(model._prepare_fit_vals())
            cards = env["crm.scorecard.source"]._cards_sql(env.company, window)
            model._predict(policy, window.as_of, cards)

        return self.session.median(work)

    def fit_once(self):
        return self.session.time(
            lambda env: env["crm.lifetime.model"]._fit(env.company)
        )[0]

    def check(self):
        """Fit with the check on the last months, as the monthly job does."""
        return self.session.median(
            lambda env: env["crm.lifetime.model"]._fit(env.company)
        )

    def churn(self):
        """Work out the churn tendency of all customers, without writing it."""

        def work(env):
            _policy, window = self._window(env)
            sources = env["crm.scorecard.source"]
            sources._prepare_bought(env.company, window, None)
            sources._prepare_delivered(env.company, window, None)
            rows = sources._churn_sql(env.company, window, None)
            env.cr.execute(SQL("SELECT COUNT(churn_score) FROM (%s) s", rows))

        return self.session.median(work)

    def back_test(self):
        return self.session.median(
            lambda env: env["crm.churn.backtest"]._run(env.company)
        )

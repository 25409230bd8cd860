"""What is measured of the customer lifecycle: refreshes, and the list by state."""


class Lifecycle:
    """The stays of all customers; every method returns seconds."""

    def __init__(self, jobs):
        self.jobs, self.session = jobs, jobs.session

    @staticmethod
    def _refresh(mode):
        def work(env):
            return env["crm.lifecycle.policy"]._ensure(env.company)._refresh(mode)

        return work

    @staticmethod
    def _forget(env):
        """Forget every stay, as before the first refresh."""
        env.cr.execute("DELETE FROM crm_lifecycle_transition")
        env["crm.lifecycle.policy"]._ensure(env.company).write({"watermark": False})

    def first_fill(self):
        return self.session.time(self._refresh("full"), prepare=self._forget)[0]

    def full_refresh(self):
        return self.session.median(self._refresh("full"))

    def incremental(self, customers):
        prepare = self.jobs.touch(customers) if customers else None
        return self.session.median(self._refresh("incremental"), prepare=prepare)

    def incremental_in_database(self):
        return self.jobs.median_in_database(self._refresh("incremental"))

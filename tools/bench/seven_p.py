"""What is measured of the 7 P: whole refreshes, and their list and pivot."""


class SevenP:
    """The parts and scores of all customers; every method returns seconds."""

    def __init__(self, jobs, screens):
        self.jobs, self.session, self.screens = jobs, jobs.session, screens

    @staticmethod
    def _refresh(mode):
        """Return the work of a run as people start it: the core and all parts."""

        def work(env):
            return env["crm.scorecard.run"]._refresh(env.company, mode=mode)

        return work

    def first_fill(self):
        return self.session.time(self._refresh("full"))[0]

    def full_refresh(self):
        return self.session.median(self._refresh("full"))

    def incremental(self, customers):
        prepare = self.jobs.touch(customers)
        return self.session.median(self._refresh("incremental"), prepare=prepare)

    def report_list(self):
        return self.screens._list(
            "crm_analytics.crm_seven_p_report_action",
            "crm_analytics.crm_seven_p_report_view_list",
        )

    def report_pivot(self):
        return self.screens._pivot("crm.seven.p.report", ["rfm_group_id"])

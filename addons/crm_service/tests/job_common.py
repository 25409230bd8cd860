from unittest.mock import patch


class OutOfTime:
    """Calls a job the way the host does when its time is over after each commit."""

    MOST_CALLS = 20

    def _call_until_done(self, job):
        """Call ``job`` until it reports nothing as remaining.

        :return: what each call reported as remaining at its end
        """
        told = []

        def commit(_cron, processed=0, *, remaining=None, deactivate=False):
            left = told[-1] - processed if remaining is None else remaining
            told[-1] = left
            return 0

        ends = []
        with patch.object(self.env.registry["ir.cron"], "_commit_progress", commit):
            while not ends or ends[-1]:
                self.assertLess(len(ends), self.MOST_CALLS, "the job never ends")
                told.append(0)
                job()
                ends.append(told[-1])
        return ends

"""Memory of one Odoo process: ``probe.py DATABASE`` prints four numbers of MB.

They are the peak after the registry was loaded, after a full refresh of scorecards and
7 P of every customer with the core's table empty, after the lifetime model was fitted,
and after everything that is bought together was counted.
"""

import sys

from affinity import Affinity
from jobs import Jobs
from lifetime import Lifetime
from session import Session


def peak_memory():
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
    return 0


def empty(env):
    env.cr.execute("DELETE FROM crm_customer_scorecard")


def main():
    session = Session(sys.argv[1])
    with session.environment() as env:
        env["crm.customer.scorecard"].search([], limit=1).read()
    peaks = [peak_memory()]
    jobs = Jobs(session, sys.argv[1])
    session.time(jobs.whole_run("full"), prepare=empty)
    peaks.append(peak_memory())
    Lifetime(jobs).fit_once()
    peaks.append(peak_memory())
    affinity = Affinity(session)
    affinity.make()
    affinity.full_once()
    peaks.append(peak_memory())
    print(*peaks)


if __name__ == "__main__":
    main()

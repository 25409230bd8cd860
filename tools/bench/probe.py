"""Memory of one Odoo process: ``probe.py DATABASE`` prints two numbers of MB.

They are the peak after the registry was loaded, and after a full refresh of the
scorecards of every customer into the empty table.
"""

import sys

from session import Session


def peak_memory():
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
    return 0


def refresh_from_nothing(env):
    env.cr.execute("DELETE FROM crm_customer_scorecard")
    policy = env["crm.rfm.policy"]._ensure(env.company)
    env["crm.scorecard.engine"]._refresh(policy, "full")


def main():
    session = Session(sys.argv[1])
    with session.environment() as env:
        env["crm.customer.scorecard"].search([], limit=1).read()
    before = peak_memory()
    session.time(refresh_from_nothing)
    print(before, peak_memory())


if __name__ == "__main__":
    main()

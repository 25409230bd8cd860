"""Times of the customer lifecycle, for the table of ``bench.py``.

``measure_lifecycle(bench)`` adds its lines; goals are multiples of the baseline.
"""


def measure_lifecycle(bench):
    """Add first fill, full and incremental refresh, and the screens' statements."""
    session = bench.jobs.session
    share = max(1, bench.jobs.customers // 100)
    bench.add(
        "Lifecycle: first fill of the empty table, once",
        lambda: session.time(refresh("full"), prepare=empty)[0],
    )
    bench.add(
        "Lifecycle: full refresh, nothing differs",
        lambda: session.median(refresh("full")),
        1.5,
    )
    bench.add(
        f"Lifecycle: refresh, {share} customers changed (1 %)",
        lambda: session.time(refresh("incremental"), prepare=touch(share))[0],
        0.15,
    )
    bench.add(
        "Lifecycle: refresh, nothing changed",
        lambda: session.median(refresh("incremental")),
        0.05,
    )
    bench.add(
        "Customers grouped by lifecycle state",
        lambda: session.median(group_customers),
    )


def policy_of(env):
    """Return the policy of the company at hand."""
    return env["crm.lifecycle.policy"]._ensure(env.company)


def refresh(mode):
    """Return the work of one refresh."""

    def work(env):
        return policy_of(env)._refresh(mode)

    return work


def empty(env):
    """Forget every stay, as before the first refresh."""
    env.cr.execute("DELETE FROM crm_lifecycle_transition")
    policy_of(env).write({"watermark": False})


def touch(count):
    """Return what makes so many customers look changed."""

    def work(env):
        env.cr.execute(
            """UPDATE sale_order SET write_date = now() AT TIME ZONE 'UTC'
                WHERE id IN (SELECT MAX(id) FROM sale_order
                           GROUP BY partner_id LIMIT %s)""",
            [count],
        )

    return work


def group_customers(env):
    """Count the customers by state, as their list does."""
    env["res.partner"]._read_group(
        [("is_crm_customer", "=", True)], ["lifecycle_state"], ["__count"]
    )

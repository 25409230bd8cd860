"""Run in the host's shell before the uninstallation: every table of ours fills."""

run = env["crm.scorecard.run"]._refresh(env.company, mode="full")  # noqa: F821
policy = env["crm.rfm.policy"]._ensure(env.company)  # noqa: F821
month_ends = policy._get_missing_month_ends()
env["crm.scorecard.engine"]._snapshot(policy, month_ends[-1])  # noqa: F821
schemes = env["crm.segmentation"].search([])  # noqa: F821
schemes._refresh()
env["crm.measure"].search([])._refresh_values()  # noqa: F821
assert run.customer_count
assert env["crm.segment.membership"].search_count([])  # noqa: F821
assert env["crm.measure.value"].search_count([])  # noqa: F821
env.cr.commit()  # noqa: F821

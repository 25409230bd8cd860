#!/usr/bin/env python3
"""Load a CSV file of past orders into an Odoo database, from the command line.

Run it with the Python of the Odoo server, as the user that runs the server:

    python data/load_sales_history.py --config /etc/odoo/odoo.conf \\
        --database prod --file orders.csv --rejects rejected.csv

The file format, recovery and undoing are described in data/README.md. Exit
status: 0 all loaded, 1 something was rejected, 2 the file cannot be read.
"""

import argparse
import sys
import time


def parse_arguments(arguments=None):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        description="Load a CSV file of past orders into an Odoo database."
    )
    parser.add_argument("--config", help="configuration file of the Odoo server")
    parser.add_argument("--database", required=True)
    parser.add_argument("--file", required=True, help="the CSV file")
    parser.add_argument("--company", help="name or id of the company of the orders")
    parser.add_argument("--source", default="history", help="the former system")
    parser.add_argument(
        "--create-missing",
        action="store_true",
        help="create customers and products that are not known",
    )
    parser.add_argument("--rejects", help="write the rejected lines to this file")
    parser.add_argument("--dry-run", action="store_true", help="check only")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the last import of this file that did not come to its end",
    )
    return parser.parse_args(arguments)


def find_company(env, wanted):
    """Return the company of that name or id, the first company if none is given."""
    companies = env["res.company"]
    if not wanted:
        return env.company
    domain = [("id", "=", int(wanted))] if wanted.isdigit() else [("name", "=", wanted)]
    company = companies.search(domain)
    if len(company) != 1:
        names = ", ".join(companies.search([]).mapped("name"))
        raise SystemExit(f"There is no single company “{wanted}”. Known are: {names}")
    return company


def print_check(job):
    """Print what the check found."""
    print(
        f"{job.line_count} lines, {job.order_count} orders "
        f"({job.known_order_count} known), {job.customer_count} customers "
        f"({job.new_customer_count} new), {job.product_count} products "
        f"({job.new_product_count} new), {job.date_first} to {job.date_last}"
    )
    print(f"{job.valid_order_count} orders to load: {job.amount_summary or 'nothing'}")
    if job.ignored_columns:
        print(f"Columns without meaning here: {job.ignored_columns}")
    if job.problem_summary:
        print(job.problem_summary)


def run_batches(job, report=print):
    """Load batch by batch, each its own transaction. An interruption loses at
    most the running batch; ``--resume`` goes on."""
    started, done, cache = time.monotonic(), 0, {}
    while job.state in ("queued", "running"):
        done += job.process_batch(cache)
        job.env.cr.commit()
        speed = done / max(time.monotonic() - started, 0.001)
        report(f"\r{done}/{job.valid_order_count} orders, {speed:.0f}/s", end="")
    report("")


def load(env, options):
    """Check and load the file; return the import."""
    imports = job = env["crm.sales.history.import"]
    company = find_company(env, options.company)
    if options.resume:
        job = imports.find_unfinished(options.file, company)
        if not job:
            print("No unfinished import of this file: starting a new one.")
    if not job:
        job = imports.create_from_file(
            options.file,
            company,
            source=options.source,
            create_customers=options.create_missing,
            create_products=options.create_missing,
        )
        job.action_validate()
        print_check(job)
    if options.rejects and job.rejected_line_count:
        write_rejects(job, options.rejects)
    if options.dry_run:
        env.cr.rollback()
        return None
    if job.state not in ("queued", "running"):
        job.action_queue()
    env.cr.commit()
    run_batches(job)
    print(job.get_summary())
    if options.rejects and job.rejected_line_count:
        write_rejects(job, options.rejects)
    return job


def write_rejects(job, path):
    """Write the rejected lines with their reasons."""
    with open(path, "w", encoding="utf-8-sig", newline="") as stream:
        stream.write(job.get_rejects())
    print(f"{job.rejected_line_count} rejected lines written to {path}")


def main():
    """Run the command."""
    options = parse_arguments()
    from odoo import SUPERUSER_ID, api  # noqa: PLC0415 after --help works
    from odoo.exceptions import UserError  # noqa: PLC0415 after --help works
    from odoo.modules.registry import Registry  # noqa: PLC0415 after --help works
    from odoo.tools import config  # noqa: PLC0415 after --help works

    arguments = ["--no-http", "--database", options.database]
    if options.config:
        arguments += ["--config", options.config]
    config.parse_config(arguments, setup_logging=True)
    with Registry(options.database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        try:
            job = load(env, options)
        except UserError as error:
            cr.rollback()
            print(error, file=sys.stderr)
            return 2
        return 1 if job and job.rejected_line_count else 0


if __name__ == "__main__":
    sys.exit(main())

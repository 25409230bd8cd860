#!/usr/bin/env python3
"""Measure the speed of the add-ons on generated data; ``./crm bench`` calls it.

A database of its own is made, filled, measured and dropped. Jobs are compared with
a baseline measured in the same run, screens with a fixed time. The exit status is 1
if a goal is missed.
"""

import argparse
import dataclasses
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import prepare
from groups import GROUPS
from jobs import Jobs, expected_indexes, own_indexes
from session import Session

#: below this number of customers fixed costs outweigh the rest, and ratios say nothing
ENOUGH = 100_000


@dataclasses.dataclass
class Row:
    """One line of the table; the goal is a multiple of the baseline or absolute."""

    task: str
    value: float
    goal: float | None = None
    unit: str = "B"
    baseline: float = 1.0

    def goal_text(self):
        if self.goal is None:
            return ""
        text = {"B": f"{self.goal:g} B", "s": f"{self.goal * 1000:.0f} ms"}
        return "≤ " + text.get(self.unit, f"{self.goal:g} {self.unit}")

    def is_judged(self, customers):
        return self.goal is not None and (self.unit != "B" or customers >= ENOUGH)

    def is_met(self):
        measured = self.value / self.baseline if self.unit == "B" else self.value
        return measured <= self.goal

    def line(self):
        timed = self.unit in ("B", "s")
        verdict = "" if self.goal is None else "ok" if self.is_met() else "MISSED"
        digits = {"B": 3, "s": 3, "x": 2}.get(self.unit, 0)
        seconds = f"{self.value:.{digits}f}" + ("" if timed else f" {self.unit}")
        ratio = f"{self.value / self.baseline:.3f}" if timed else ""
        return (
            f"{self.task:<58}{seconds:>9}{ratio:>9}  {self.goal_text():<10} {verdict}"
        )


class Benchmark:
    """Collects the rows of the table, printing how far it is."""

    def __init__(self, name):
        self.name = name
        self.session = Session(name)
        self.jobs = Jobs(self.session, name)
        self.rows = []

    def add(self, task, measure, goal=None, unit="B"):
        row = Row(task, measure(), goal, unit)
        self.rows.append(row)
        print(f"  {task:<58}{row.value:>9.3f}", flush=True)

    def run(self, groups):
        print("measuring", flush=True)
        missing = expected_indexes(self.session.registry) - own_indexes(self.name)
        if missing:
            sys.exit(f"indexes that the add-ons declare are missing: {sorted(missing)}")
        baselines = [self.jobs.baseline()]
        for group in groups:
            known = len(self.rows)
            group(self)
            baselines.append(self.jobs.baseline())
            # a machine is busier at one time than at another: the B around a group
            for row in self.rows[known:]:
                row.baseline = sum(baselines[-2:]) / 2
        for name, choose in (("greatest", max), ("least", min)):
            row = Row(f"B: scan of all orders per customer, {name}", choose(baselines))
            row.baseline = row.value
            self.rows.insert(0, row)

    def report(self):
        """Print the table; return whether every goal is met."""
        head = f"{'task':<58}{'seconds':>9}{'ratio':>9}  {'goal':<10} result"
        print(f"\n{head}\n{'-' * len(head)}")
        for row in self.rows:
            print(row.line())
        judged = [row for row in self.rows if row.is_judged(self.jobs.customers)]
        missed = [row for row in judged if not row.is_met()]
        print(f"\n{len(missed)} of {len(judged)} goals missed")
        return not missed


def parse(arguments=None):
    known = {group.__name__: group for group in GROUPS}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--orders", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="5,000 customers: a trial")
    parser.add_argument("--db", default="crm_bench")
    parser.add_argument("--template", help="database with the host's apps")
    parser.add_argument("--keep", action="store_true", help="do not drop the database")
    parser.add_argument(
        "--reuse", action="store_true", help="measure a kept database, drop nothing"
    )
    parser.add_argument(
        "--groups",
        type=lambda text: [known[name] for name in text.split(",")],
        default=GROUPS,
        help=f"measure these groups of rows only: {','.join(known)}",
    )
    options = parser.parse_args(arguments)
    if options.small:
        options.customers, options.orders = 5_000, 50_000
    return options


def main():
    options = parse()
    with prepare.database(options) as name:
        benchmark = Benchmark(name)
        benchmark.run(options.groups)
        met = benchmark.report()
        benchmark.session.close()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

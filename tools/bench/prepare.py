"""The benchmark's database: host, our add-ons, generated history."""

import contextlib
import datetime as dt
import os
import pathlib
import subprocess
import sys
import venv

import hostdb

HERE = pathlib.Path(__file__).resolve().parent


def generator_python():
    """The interpreter of an environment of its own that has numpy."""
    folder = hostdb.HOST / "bench"
    python = folder / "bin" / "python"
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8")
    mark = folder / ".complete"
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        print("  building the generator's Python environment", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [
                *(python, "-m", "pip", "install", "-q", "--disable-pip-version-check"),
                *("--only-binary", ":all:", "-r", HERE / "requirements.txt"),
            ],
            check=True,
            env=own_environ(),
        )
        mark.write_text(wanted, encoding="utf-8")
    return python


def own_environ():
    """The environment without the host's library path."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}


def last_month_end():
    return dt.date.today().replace(day=1) - dt.timedelta(days=1)  # noqa: DTZ011 local  # style: CRM118 the day on which it runs


def build(name, options):
    """Make database ``name`` anew and fill it."""
    watch = hostdb.stopwatch()
    hostdb.need_space(500 + options.orders // 300)
    hostdb.clone(options.template or hostdb.host_template(), name)
    install = ["-d", name, "--stop-after-init", "--no-http", "--log-level", "warn"]
    # before the data, so that every column of ours is there from the start
    hostdb.odoo([*install, "-i", ",".join(hostdb.own_addons())])
    print(f"  {'database with our add-ons':<28}{watch():8.1f} s", flush=True)
    arguments = {
        "dsn": f"dbname={name}",
        "customers": options.customers,
        "orders": options.orders,
        "seed": options.seed,
        "end": last_month_end(),
    }
    command = [generator_python(), HERE / "generate.py"]
    for key, value in arguments.items():
        command += [f"--{key}", str(value)]
    subprocess.run(
        ["nice", "-n", "10", *map(str, command)], check=True, env=own_environ()
    )


def settle(name):
    """Let the planner know all tables and the visibility maps be complete."""
    hostdb.query(name, "VACUUM ANALYZE")


@contextlib.contextmanager
def database(options):
    """The name of a filled database, dropped at the end unless it is to be kept."""
    if options.reuse:
        yield options.db
        return
    print(
        f"making {options.db}: {options.customers:,} customers,"
        f" {options.orders:,} orders, seed {options.seed}",
        flush=True,
    )
    try:
        build(options.db, options)
        settle(options.db)
        yield options.db
    finally:
        if not options.keep:
            hostdb.drop(options.db)


def python_environ():
    """What a child process of the host's interpreter needs to find this folder."""
    path = os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(HERE)])
    return {**os.environ, "PYTHONPATH": path}


def run_probe(name):
    """Run ``probe.py`` in a fresh process; return its figures in MB."""
    output = subprocess.run(
        [sys.executable, HERE / "probe.py", name],
        check=True,
        capture_output=True,
        text=True,
        env=python_environ(),
    ).stdout
    return [int(word) for word in output.split()[-4:]]

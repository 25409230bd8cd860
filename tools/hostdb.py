#!/usr/bin/env python3
"""Databases of the host: create, clone with filestore, templates by checksum.

Run through ``./crm`` (the host's environment must be sourced). As a library::

    import hostdb
    hostdb.clone("crm_template", "my_copy")        # filestore included
    hostdb.odoo(["-d", "my_copy", "-u", "crm_strategy"], log=path)
    name = hostdb.suite_template()                 # built once per state of the files

As a command: ``hostdb.py clean`` drops the databases of demo and tests.
"""

import ast
import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

import psycopg2
from psycopg2 import sql

ROOT = pathlib.Path(__file__).resolve().parents[1]
HOST = pathlib.Path(os.environ.get("HOST_DIR", ROOT / ".host"))
DATA = HOST / "data"
LOGS = HOST / "log"
#: the first one is the default of users and partners
LANGUAGES = "en_US,zh_CN,zh_TW"
#: host apps of the template: what the add-ons build upon, and usual neighbours
HOST_APPS = ("contacts", "crm", "sale_management", "sale_crm", "sale_margin", "stock")
#: databases that these tools make, and the comment that marks them
OURS = re.compile(r"crm_(demo|cdnow|bench|test|host|suite)(_|$)")
MARK = "made by ./crm, may be dropped"
SOURCE_SUFFIXES = {
    ".py",
    ".xml",
    ".csv",
    ".po",
    ".pot",
    ".js",
    ".scss",
    ".css",
    ".json",
}


class HostError(Exception):
    """Something that the reader of the message can act upon."""


# --- FILES --------------------------------------------------------------------


def addon_names(folder):
    """Names of the add-ons in ``folder``; empty when there is no such folder."""
    return sorted(p.parent.name for p in pathlib.Path(folder).glob("*/__manifest__.py"))


def own_addons():
    return addon_names(ROOT / "addons")


def test_addons():
    return addon_names(ROOT / "tests")


def host_addons_needed():
    """Add-ons of the host that ours depend on directly."""
    ours = set(own_addons()) | set(test_addons())
    needed = set()
    for folder in (ROOT / "addons", ROOT / "tests"):
        for name in addon_names(folder):
            manifest = (folder / name / "__manifest__.py").read_text(encoding="utf-8")
            needed |= set(ast.literal_eval(manifest).get("depends", ()))
    return needed - ours


def checksum(*folders, suffixes=SOURCE_SUFFIXES):
    """A short hash over the names and contents of the source files in ``folders``."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                total.update(str(path.relative_to(folder)).encode())
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


def free_port(wanted=0):
    """A free port on loopback; HostError when ``wanted`` is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            raise HostError(
                f"port {wanted} is in use: stop what listens there,"
                " or choose another one with --port"
            ) from None
        return probe.getsockname()[1]


def need_space(megabytes):
    free = shutil.disk_usage(HOST).free // 2**20
    if free < megabytes:
        raise HostError(
            f"disk full: {free} MB free at {HOST}, about {megabytes} MB are needed"
        )


@contextlib.contextmanager
def lock(name):
    """Only one process at a time builds ``name``; the others wait."""
    HOST.joinpath("lock").mkdir(exist_ok=True)
    with open(HOST / "lock" / name, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# --- DATABASES ----------------------------------------------------------------


def connect(name="postgres"):
    """An autocommit connection; host and user come from the environment."""
    connection = psycopg2.connect(dbname=name)
    connection.autocommit = True
    return connection


def query(name, statement, *args):
    """All rows of one statement on database ``name``."""
    connection = connect(name)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, args)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def databases():
    return {row[0] for row in query("postgres", "SELECT datname FROM pg_database")}


def exists(name):
    return name in databases()


def filestore(name):
    return DATA / "filestore" / name


def _mark(name):
    """Note on the server that this database is ours to replace and to drop."""
    statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
    query("postgres", statement.format(sql.Identifier(name), sql.Literal(MARK)))


def _is_ours(name):
    """A private server holds nothing else; on a shared one mark and owner decide."""
    if (HOST / "pg.env").exists():
        return True
    rows = query(
        "postgres",
        "SELECT shobj_description(oid, 'pg_database') = %s"
        "       AND pg_get_userbyid(datdba) = current_user"
        "  FROM pg_database WHERE datname = %s",
        MARK,
        name,
    )
    return not rows or bool(rows[0][0])


def drop(name):
    """Drop a database with its filestore; nothing happens when it is absent."""
    if not _is_ours(name):
        raise HostError(
            f"database {name} exists on this server and was not made by ./crm:"
            " rename it, or use another server"
        )
    query(
        "postgres",
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)),
    )
    shutil.rmtree(filestore(name), ignore_errors=True)


def clone(template, name):
    """Replace database ``name`` by a copy of ``template``, filestore included."""
    drop(name)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    with lock(f"template-{template}"):  # two copies at a time collide
        query("postgres", statement)
    _mark(name)
    if filestore(template).is_dir():
        shutil.copytree(filestore(template), filestore(name), symlinks=True)


def create_empty(name):
    drop(name)
    query(
        "postgres",
        sql.SQL(
            "CREATE DATABASE {} ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0"
        ).format(sql.Identifier(name)),
    )
    _mark(name)


def rename(old, new):
    """Give database and filestore ``old`` the name ``new``, replacing what had it."""
    drop(new)
    if filestore(old).is_dir():
        filestore(old).rename(filestore(new))
    query(
        "postgres",
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(old), sql.Identifier(new)
        ),
    )


@contextlib.contextmanager
def temporary(template, name):
    """A clone of ``template`` that is dropped at the end."""
    clone(template, name)
    try:
        yield name
    finally:
        drop(name)


def parameter(name, key):
    """The value of a system parameter of database ``name``, or None."""
    rows = query(name, "SELECT value FROM ir_config_parameter WHERE key = %s", key)
    return rows[0][0] if rows else None


def set_parameter(name, key, value):
    query(
        name,
        "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value,
    )


# --- ODOO ---------------------------------------------------------------------


def config_file(tests=False):
    """The host's configuration; with ``tests`` it knows the test add-ons too."""
    return str(HOST / ("test.conf" if tests and test_addons() else "odoo.conf"))


def odoo(args, log=None, tests=False, check=True, env=None, script=None):
    """Run the host's command line to its end.

    :param log: file that takes the output (default: the terminal)
    :param tests: with the hidden test add-ons on the path
    :param script: file that goes to the standard input (of the shell)
    :return: exit status; with ``check`` a failure raises with the log's last errors
    """
    environ = {**os.environ, "ODOO_RC": config_file(tests), **(env or {})}
    command = [sys.executable, "-m", "odoo", *map(str, args)]
    with contextlib.ExitStack() as stack:
        out, source = None, subprocess.DEVNULL
        if script:
            source = stack.enter_context(open(script, encoding="utf-8"))
        if log:
            pathlib.Path(log).parent.mkdir(parents=True, exist_ok=True)
            out = stack.enter_context(open(log, "w", encoding="utf-8"))
        status = subprocess.run(
            command,
            stdin=source,
            stdout=out,
            stderr=out,
            env=environ,
            check=False,
        ).returncode
    if check and status:
        raise HostError(
            f"odoo {' '.join(map(str, args))} failed{log_tail(log) if log else ''}"
        )
    return status


def log_tail(log, lines=15):
    """The last lines of a log that tell of an error, else its last lines."""
    text = pathlib.Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
    wanted = [line for line in text if " ERROR " in line or " CRITICAL " in line]
    return f" (log: {log})\n" + "\n".join((wanted or text)[-lines:] + text[-3:])


def install(name, modules, log, tests=False, extra=()):
    odoo(
        ["-d", name, "--stop-after-init", "--no-http", "-i", ",".join(modules), *extra],
        log=log,
        tests=tests,
    )


def _build(name, build):
    """Database ``name``, made by ``build(temporary name)`` unless it is there."""
    with lock(f"build-{name}"):
        if not exists(name):
            need_space(600)
            draft = f"{name}_new"
            drop(draft)
            build(draft)
            rename(draft, name)
    return name


def _forget(prefix, keep):
    """Drop earlier templates of the same kind."""
    for old in databases():
        is_former = old.startswith(prefix) and not old.startswith(keep)
        if is_former and _is_ours(old):
            drop(old)


def host_template():
    """Template with the host's apps and languages and none of our add-ons."""
    apps = sorted(set(HOST_APPS) | host_addons_needed())
    release = (pathlib.Path(os.environ["PYTHONPATH"]) / "odoo/release.py").read_bytes()
    key = hashlib.sha256(repr((apps, LANGUAGES)).encode() + release).hexdigest()[:8]
    name = f"crm_host_{key}"

    def build(draft):
        create_empty(draft)
        log = LOGS / "host-template.log"
        install(draft, apps, log, extra=["--load-language", LANGUAGES])

    if not exists(name):
        _forget("crm_host_", name)
    return _build(name, build)


def suite_log():
    return LOGS / "suite-install.log"


def suite_template():
    """Template with the host's apps, our add-ons and the test add-ons.

    Named by the checksum of our files: a change of them makes a new one. Its
    install log, which the gate of ``check_install_log.py`` reads, is kept.
    """
    key = checksum(ROOT / "addons", ROOT / "tests")
    name = f"crm_suite_{key}"
    base = host_template()

    def build(draft):
        clone(base, draft)
        install(draft, own_addons() + test_addons(), suite_log(), tests=True)

    if not exists(name):
        _forget("crm_suite_", name)
    return _build(name, build)


def clean():
    """Drop every database of demo and tests."""
    for name in sorted(databases()):
        if OURS.match(name) and _is_ours(name):
            print(f"dropping {name}")
            drop(name)
    return 0


def stopwatch():
    """A function that tells the seconds since this call."""
    start = time.monotonic()
    return lambda: time.monotonic() - start


if __name__ == "__main__":
    if sys.argv[1:] != ["clean"]:
        sys.exit(__doc__)
    sys.exit(clean())

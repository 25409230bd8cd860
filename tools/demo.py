#!/usr/bin/env python3
"""The demo: database, server in the background, address and logins.

./crm demo [--cdnow] [--port N] [--no-serve] [--fresh];  ./crm stop

Running it again starts what is there; add-ons that changed are updated first.
"""

import argparse
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import hostdb
from hostdb import HOST, LOGS, ROOT, HostError

DEMO = "crm_demo"
CDNOW = "crm_cdnow"
STATE = HOST / "demo.json"
CHECKSUM = "crm_tools.checksum"
DEFAULT_PORT = 8069


def say(text):
    print(f"[demo] {text}", file=sys.stderr, flush=True)


# --- DATABASE -----------------------------------------------------------------


def build_demo(target=DEMO):
    """The demo database from nothing; complete under its name or not at all."""
    template = hostdb.host_template()
    draft = f"{target}_new"
    say("installing the add-ons with their demo story")
    hostdb.clone(template, draft)
    # The host loads demo data of an add-on only if all it depends on have theirs.
    # The story needs none of the host's own, so the flag is set for this install.
    ours = hostdb.own_addons()
    hostdb.query(draft, "UPDATE ir_module_module SET demo = (state = 'installed')")
    log = LOGS / "demo-install.log"
    hostdb.install(draft, ours, log, extra=["--with-demo"])
    hostdb.query(draft, "UPDATE ir_module_module SET demo = (name = ANY(%s))", ours)
    if "demo data failed to install" in log.read_text(encoding="utf-8"):
        raise HostError(f"the demo story did not load{hostdb.log_tail(log)}")
    hostdb.set_parameter(draft, CHECKSUM, hostdb.checksum(ROOT / "addons"))
    hostdb.rename(draft, target)


def update(name):
    """Update our add-ons in a database whose files changed since."""
    current = hostdb.checksum(ROOT / "addons")
    if hostdb.parameter(name, CHECKSUM) == current:
        return
    say(f"the add-ons changed: updating {name}")
    stop()
    ours = set(hostdb.own_addons())
    rows = hostdb.query(
        name, "SELECT name FROM ir_module_module WHERE state = 'installed'"
    )
    old = ours & {row[0] for row in rows}
    args = ["-d", name, "--stop-after-init", "--no-http", "-u", ",".join(sorted(old))]
    if ours - old:
        args += ["-i", ",".join(sorted(ours - old))]
    hostdb.odoo(args, log=LOGS / f"update-{name}.log")
    hostdb.set_parameter(name, CHECKSUM, current)


def prepare_demo(fresh):
    with hostdb.lock("demo"):
        if fresh:
            stop()
            hostdb.drop(DEMO)
        if not hostdb.exists(DEMO):
            hostdb.need_space(1000)
            build_demo()
        update(DEMO)


def prepare_cdnow(fresh):
    """The second database, filled by the sales history loader."""
    script = ROOT / "tools" / "cdnow.py"
    if not script.exists():
        raise HostError("tools/cdnow.py is not part of this version")
    with hostdb.lock("cdnow"):
        if fresh:
            stop()
            hostdb.drop(CDNOW)
        if not hostdb.exists(CDNOW):
            hostdb.need_space(1500)
            draft = f"{CDNOW}_new"
            hostdb.clone(hostdb.host_template(), draft)
            log = LOGS / "cdnow-install.log"
            hostdb.install(draft, hostdb.own_addons(), log)
            say("loading the CDNOW purchase history")
            subprocess.run(
                [sys.executable, str(script), "--database", draft], check=True
            )
            hostdb.set_parameter(draft, CHECKSUM, hostdb.checksum(ROOT / "addons"))
            hostdb.rename(draft, CDNOW)
        update(CDNOW)


# --- SERVER -------------------------------------------------------------------


def running():
    """What the state file tells of a server that still runs, or None."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
        command = pathlib.Path(f"/proc/{state['pid']}/cmdline").read_bytes()
    except (OSError, ValueError, KeyError):
        return None
    return state if b"odoo" in command and DEMO.encode() in command else None


def stop():
    """Stop the server of this folder; 0 also when there is none."""
    state = running()
    if state:
        os.kill(state["pid"], signal.SIGTERM)
        deadline = time.monotonic() + 20
        while running() and time.monotonic() < deadline:
            time.sleep(0.2)
        if running():
            os.kill(state["pid"], signal.SIGKILL)
        say("server stopped")
    STATE.unlink(missing_ok=True)
    return 0


def answers(port):
    """True when the login page of the demo database is served on ``port``."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", f"/web/login?db={DEMO}")
        return connection.getresponse().status in (200, 303)
    except OSError:
        return False
    finally:
        connection.close()


def serve(port, names):
    """Start the server unless it runs already with the same databases and port."""
    state = running()
    if state and state["names"] == names and port in (None, state["port"]):
        say("the server runs already")
        return state["port"]
    stop()
    port = hostdb.free_port(port or DEFAULT_PORT)
    log = LOGS / "demo-server.log"
    command = [sys.executable, "-m", "odoo", "-d", ",".join(names)]
    command += ["--http-interface", "127.0.0.1", "--http-port", str(port)]
    with open(log, "w", encoding="utf-8") as out:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    draft = STATE.with_suffix(".new")
    draft.write_text(json.dumps({"pid": server.pid, "port": port, "names": names}))
    draft.replace(STATE)
    say("waiting for the first page")
    for _second in range(180):
        if server.poll() is not None:
            raise HostError(f"the server stopped{hostdb.log_tail(log)}")
        if answers(port):
            return port
        time.sleep(1)
    raise HostError(f"the server does not answer{hostdb.log_tail(log)}")


def logins():
    """(login, password, who) of the table's users that exist in the database."""
    lines = (ROOT / "tools/demo_logins.txt").read_text(encoding="utf-8").splitlines()
    table = [line.split(None, 2) for line in lines if line and line[0] != "#"]
    rows = hostdb.query(DEMO, "SELECT login FROM res_users WHERE active")
    return [entry for entry in table if (entry[0],) in rows]


def announce(port, names):
    for name in names:
        print(f"http://127.0.0.1:{port}/odoo?db={name}")
    for login, password, who in logins():
        print(f"  {login} / {password}  ({who})")
    print("log: .host/log/demo-server.log    stop: ./crm stop")


def main():
    parser = argparse.ArgumentParser(prog="crm demo", description=__doc__)
    parser.add_argument("--cdnow", action="store_true", help="also the CDNOW history")
    parser.add_argument("--port", type=int, help=f"default {DEFAULT_PORT}")
    parser.add_argument("--no-serve", action="store_true", help="only the databases")
    parser.add_argument("--fresh", action="store_true", help="build them anew")
    parser.add_argument("--stop", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stop:
        return stop()
    if not options.no_serve and not running():
        hostdb.free_port(options.port or DEFAULT_PORT)  # say so before the work
    prepare_demo(options.fresh)
    if options.cdnow:
        prepare_cdnow(options.fresh)
    names = [DEMO, *([CDNOW] if hostdb.exists(CDNOW) else [])]
    if options.no_serve:
        say(f"ready: {', '.join(names)}; ./crm demo serves them")
    else:
        announce(serve(options.port, names), names)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HostError as error:
        sys.exit(f"crm demo: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"crm demo: {error}")

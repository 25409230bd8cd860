#!/usr/bin/env python3
"""Screenshots of the main screens: ./crm shots [NAME...]

Reads tools/shots.json, one screen a row: ``name``, ``user`` (a login of
tools/demo_logins.txt), ``action`` (external id) or ``path``, ``view`` (optional:
list, kanban, pivot, ...), ``wait`` (a CSS selector that shows it is complete),
``record`` (optional: the external id whose number replaces ``{id}`` in the path),
``click`` and ``then`` (optional: what to click on it, and what then appears),
``type`` (optional: what to type where the cursor stands, before ``then``),
``scroll`` (optional: what stands at the top of the picture),
``device`` (optional: desktop or phone, when it makes sense on one only),
``database`` (optional: demo or cdnow). Writes
docs/screenshots/NAME.{en,zh}.{desktop,phone}.png from a copy of the demo database.
A message on the console's error channel fails the run.
"""

import contextlib
import http.client
import json
import subprocess
import sys
import time

import chrome
import demo
import hostdb
from hostdb import LOGS, ROOT, HostError
from PIL import Image

TARGET = ROOT / "docs" / "screenshots"
DEVICES = {"desktop": (1366, 768, False), "phone": (390, 844, True)}
LANGUAGES = {"en": "en_US", "zh": "zh_CN"}
COPY = "crm_test_shots"
#: the clock of the demo company, so that browser and server tell the same hour
ZONE = "Asia/Shanghai"
#: colours of a picture: enough for a screen of the web client, a third of the size
COLOURS = 64


# --- SERVER -------------------------------------------------------------------


class Session:
    """A logged-in user of the server: its cookie, and calls in his name."""

    def __init__(self, port, database, login):
        self.port = port
        self.cookie = None
        params = {"db": database, "login": login, "password": password(login)}
        self.uid = self.rpc("/web/session/authenticate", params)["uid"]

    def rpc(self, path, params):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Content-Type": "application/json"}
        if self.cookie:
            headers["Cookie"] = f"session_id={self.cookie}"
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("session_id="):
                self.cookie = value.split(";")[0].split("=", 1)[1]
        answer = json.loads(response.read())
        if "error" in answer:
            raise HostError(f"{path}: {answer['error']['data']['message']}")
        return answer["result"]

    def speak(self, language):
        """Change the user's own language."""
        call = {"model": "res.users", "method": "write", "kwargs": {}}
        call["args"] = [[self.uid], {"lang": language}]
        self.rpc("/web/dataset/call_kw/res.users/write", call)


def password(login):
    for entry, secret, _who in demo.logins():
        if entry == login:
            return secret
    raise HostError(f"login {login} is not in tools/demo_logins.txt or not in the demo")


@contextlib.contextmanager
def server(database):
    """A server of its own on ``database``, without background jobs."""
    port, log = hostdb.free_port(), LOGS / "shots-server.log"
    command = [sys.executable, "-m", "odoo", "-d", database, "--max-cron-threads=0"]
    command += ["--http-interface", "127.0.0.1", "--http-port", str(port)]
    with open(log, "w", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            for _second in range(120):
                if process.poll() is not None:
                    raise HostError(f"the server stopped{hostdb.log_tail(log)}")
                with contextlib.suppress(OSError):
                    connection = http.client.HTTPConnection("127.0.0.1", port)
                    connection.request("GET", "/web/login")
                    connection.getresponse().read()
                    break
                time.sleep(1)
            yield port
        finally:
            process.terminate()
            process.wait(30)


# --- SCREENS ------------------------------------------------------------------


def address(screen, port):
    path = screen.get("path") or f"/odoo/action-{screen['action']}"
    if screen.get("view"):
        path += f"{'&' if '?' in path else '?'}view_type={screen['view']}"
    return f"http://127.0.0.1:{port}{path}"


def shrink(path):
    """Write the picture at ``path`` anew with few colours."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def act(tab, screen):
    """What a person does on the open screen before the picture."""
    if screen.get("click"):
        tab.click(screen["click"], screen["then"])
    if screen.get("type"):
        tab.send("Input.insertText", text=screen["type"])
        tab.wait(screen["then"])
    if screen.get("scroll"):
        tab.scroll(screen["scroll"])


def take(tab, screen, port, language):
    """Both devices of one screen; returns what went wrong."""
    problems = []
    for device, (width, height, phone) in DEVICES.items():
        if screen.get("device", device) != device:
            continue
        target = TARGET / f"{screen['name']}.{language}.{device}.png"
        tab.set_device(width, height, phone)
        try:
            tab.open(address(screen, port), screen["wait"])
            act(tab, screen)
            tab.screenshot(target)
            shrink(target)
        except chrome.BrowserError as error:
            problems.append(f"{target.name}: {error}")
            tab.screenshot(LOGS / target.name)
        problems += [f"{target.name}: console: {text[:300]}" for text in tab.errors]
        print(target.relative_to(ROOT), flush=True)
    return problems


def take_all(screens, port, database):
    problems = []
    for login in dict.fromkeys(screen["user"] for screen in screens):
        session = Session(port, database, login)
        for short, language in LANGUAGES.items():
            session.speak(language)
            with chrome.page() as tab:
                tab.send("Emulation.setTimezoneOverride", timezoneId=ZONE)
                # the portal speaks the language of its own cookie
                cookies = {"session_id": session.cookie, "frontend_lang": language}
                for name, value in cookies.items():
                    tab.send(
                        "Network.setCookie",
                        name=name,
                        value=value,
                        url=f"http://127.0.0.1:{port}",
                    )
                for screen in screens:
                    if screen["user"] == login:
                        problems += take(tab, screen, port, short)
    return problems


def with_record(screen, database):
    """``screen`` with the number of its record in the path."""
    if "record" not in screen:
        return screen
    rows = hostdb.query(
        database,
        "SELECT res_id FROM ir_model_data WHERE concat(module, '.', name) = %s",
        screen["record"],
    )
    if not rows:
        raise HostError(f"screen {screen['name']}: {screen['record']} is not there")
    return {**screen, "path": screen["path"].replace("{id}", str(rows[0][0]))}


def wanted(names):
    screens = json.loads((ROOT / "tools" / "shots.json").read_text(encoding="utf-8"))
    known = [screen["name"] for screen in screens]
    unknown = set(names) - set(known)
    if unknown:
        raise HostError(f"no screen {', '.join(unknown)}; there are {', '.join(known)}")
    return [screen for screen in screens if not names or screen["name"] in names]


def main(names):
    screens = wanted(names)
    problems = []
    demo.prepare_demo(fresh=False)
    for kind, database in (("demo", demo.DEMO), ("cdnow", demo.CDNOW)):
        some = [s for s in screens if s.get("database", "demo") == kind]
        if not some:
            continue
        if kind == "cdnow":
            demo.prepare_cdnow(fresh=False)
        some = [with_record(screen, database) for screen in some]
        with hostdb.temporary(database, COPY), server(COPY) as port:
            problems += take_all(some, port, COPY)
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (HostError, chrome.BrowserError) as error:
        sys.exit(f"crm shots: {error}")

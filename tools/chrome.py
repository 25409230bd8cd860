"""Headless Chromium through its DevTools protocol: open pages, take pictures.

Needs only websocket-client, which the host's environment has for its own tests.
"""

import base64
import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import websocket

NAMES = ("chromium", "google-chrome", "google-chrome-stable")
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-translate",
    "--hide-scrollbars",
    "--mute-audio",
    "--force-color-profile=srgb",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)
SETTLED = """
    document.readyState === "complete" && document.fonts.status === "loaded"
    && !document.querySelector(".o_loading_indicator, .o_blockUI")
    && [...document.images].every((image) => image.complete || image.loading === "lazy")
"""


class BrowserError(Exception):
    """The page or the browser did not do what was asked."""


class Page:
    """One tab: commands go out, events are read between their answers."""

    def __init__(self, address):
        self.socket = websocket.create_connection(address, timeout=60)
        self.errors = []
        self.last_id = 0
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method, **params):
        """Send one command and return its result."""
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": params}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") != self.last_id:
                self._event(answer)
            elif "error" in answer:
                raise BrowserError(f"{method}: {answer['error']['message']}")
            else:
                return answer["result"]

    def _event(self, event):
        """Keep what the console calls an error."""
        params = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            text = details.get("exception", {}).get("description", details["text"])
            self.errors.append(text)
        elif event.get("method") == "Runtime.consoleAPICalled":
            if params["type"] in ("error", "assert"):
                values = (
                    str(a.get("value", a.get("description"))) for a in params["args"]
                )
                self.errors.append(" ".join(values))
        elif event.get("method") == "Log.entryAdded":
            entry = params["entry"]
            if entry["level"] == "error":
                self.errors.append(f"{entry['text']} {entry.get('url', '')}")

    def evaluate(self, expression):
        result = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True
        )
        return result["result"].get("value")

    def set_device(self, width, height, phone):
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        self.send("Emulation.setTouchEmulationEnabled", enabled=phone)

    def open(self, url, wait_for, timeout=60):
        """Open ``url`` afresh; wait until ``wait_for`` is there and all is calm."""
        self.send("Page.navigate", url="about:blank")
        self.errors.clear()
        self.send("Page.navigate", url=url)
        self.wait(wait_for, timeout)

    def click(self, selector, wait_for, timeout=60):
        """Click the first ``selector``; wait until ``wait_for`` is there and calm."""
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")
        self.wait(wait_for, timeout)

    def scroll(self, selector):
        """Bring the first ``selector`` to the top of what is seen."""
        element = f"document.querySelector({json.dumps(selector)})"
        # below the status bar, which stays where it is
        self.evaluate(f"{element}.style.scrollMarginTop = '4rem'")
        self.evaluate(f"{element}.scrollIntoView({{behavior: 'instant'}})")
        self.wait(selector)

    def wait(self, wait_for, timeout=60):
        """Wait until ``wait_for`` is there and the page is calm."""
        deadline, calm = time.monotonic() + timeout, 0
        ready = f"!!document.querySelector({json.dumps(wait_for)}) && {SETTLED}"
        while (
            calm < 3
        ):  # three times in a row: charts and images follow the first paint
            if time.monotonic() > deadline:
                raise BrowserError(f"{wait_for} did not appear within {timeout} s")
            calm = calm + 1 if self.evaluate(ready) else 0
            time.sleep(0.25)

    def screenshot(self, path):
        picture = self.send("Page.captureScreenshot", format="png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(picture["data"]))


def _wait_for_port(browser, folder):
    for _try in range(150):
        port_file = folder / "DevToolsActivePort"
        if port_file.is_file() and len(port_file.read_text()) > 5:
            return int(port_file.read_text().splitlines()[0])
        if browser.poll() is not None:
            break
        time.sleep(0.2)
    raise BrowserError("Chromium does not start")


@contextlib.contextmanager
def page():
    """A tab in a fresh browser with a profile of its own."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if not program:
        raise BrowserError("no Chromium on this machine")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-chrome-"))
    browser = subprocess.Popen(
        [program, *SWITCHES, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = _wait_for_port(browser, folder)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
        yield Page(tabs[0]["webSocketDebuggerUrl"])
    finally:
        browser.terminate()
        try:
            browser.wait(10)
        except subprocess.TimeoutExpired:
            browser.kill()
        shutil.rmtree(folder, ignore_errors=True)

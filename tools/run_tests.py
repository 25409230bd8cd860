#!/usr/bin/env python3
"""./crm test: lint, every test and every gate, with a table of times.

Without arguments: all stages, as on a build server. With arguments (paths, -k
WORD, any option of pytest): only the tests they name, in a fresh database.

The last line is ``N passed, N failed, N skipped`` over all stages; a gate counts
its checks. Exit status 0 only if nothing failed, something ran, and no browser
test was skipped.
"""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys

import demo
import host_lint
import hostdb
from hostdb import HOST, LOGS, ROOT, HostError

SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped", re.MULTILINE)


@dataclasses.dataclass
class Result:
    """What came of one stage."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    text: str = ""


def stage(name, work):
    """Run ``work() -> Result`` and time it; any exception is a failure."""
    watch = hostdb.stopwatch()
    try:
        result = work()
    except (HostError, OSError, subprocess.SubprocessError) as error:
        result = Result(name, failed=1, text=str(error))
    result.name, result.seconds = name, watch()
    verdict = "FAILED" if result.failed else "ok"
    print(f"== {name}: {verdict} ({result.seconds:.0f} s)", flush=True)
    if result.failed:
        print(result.text.rstrip(), flush=True)
    return result


def script(*command, env=None):
    """A gate of its own: its last ``N passed, ...`` line is the result."""
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        check=False,
        text=True,
        env={**os.environ, **(env or {})},
    )
    found = SUMMARY.findall(done.stdout)
    passed, failed, skipped = map(int, found[-1]) if found else (0, 0, 0)
    if done.returncode and not failed:
        failed = 1
    return Result("", passed, failed, skipped, text=done.stdout)


def tool(name, *args):
    return script(ROOT / "tools" / name, *args)


# --- PYTEST -------------------------------------------------------------------


def pytest(args, name, env=None):
    """Run pytest in this environment and read the counts of the plugin."""
    target = HOST / f"result-{name}.json"
    target.unlink(missing_ok=True)
    paths = [str(ROOT / "tools"), os.environ["PYTHONPATH"]]
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "CRM_GATE_RESULT": str(target),
        **(env or {}),
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "pytest_gate",
        "--tb=short",
        "-q",
        "--disable-warnings",
    ]
    command += ["-p", "no:cacheprovider", f"--rootdir={ROOT}", *args]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        check=False,
        text=True,
        env=environ,
        cwd=ROOT,
    )
    LOGS.joinpath(f"pytest-{name}.log").write_text(done.stdout, encoding="utf-8")
    if not target.exists():
        return Result("", failed=1, text=done.stdout)
    counts = json.loads(target.read_text(encoding="utf-8"))
    result = Result("", counts["passed"], counts["failed"], counts["skipped"])
    result.text = done.stdout
    if counts["browser_skipped"]:
        result.failed += len(counts["browser_skipped"])
        result.skipped -= len(counts["browser_skipped"])
        result.text += "browser tests must run:\n" + "\n".join(
            counts["browser_skipped"]
        )
    if not counts["collected"] or (done.returncode and not result.failed):
        result.failed += 1
        result.text += "\nno test was collected, or pytest itself failed"
    return result


def pure_tests(args=()):
    """Kernels and tools in plain Python: no database, and Odoo is not imported."""
    paths = [path for path in ("tools/tests", "data") if (ROOT / path).is_dir()]
    environ = {"ODOO_RC": "", "PYTHONPATH": str(ROOT / "tools")}
    return pytest(["-p", "no:odoo", *(args or paths)], "pure", environ)


def odoo_tests(args, part="all"):
    """Tests of the add-ons on a fresh clone, with Chromium.

    :param part: browser, plain (the others) or all
    """
    with hostdb.temporary(hostdb.suite_template(), f"crm_test_{part}") as name:
        config = hostdb.config_file(tests=True)
        options = [f"--odoo-config={config}", f"--odoo-database={name}", "--odoo-http"]
        environ = {"ODOO_RC": config}
        if part != "all":
            environ["CRM_GATE_PART"] = part
        return pytest([*options, *args], f"odoo-{part}", environ)


def all_odoo_tests(part):
    folders = [ROOT / "addons" / name for name in hostdb.own_addons()]
    folders += [ROOT / "tests" / name for name in hostdb.test_addons()]
    wanted = [str(path / "tests") for path in folders if (path / "tests").is_dir()]
    # the story has a stage and a database of its own
    wanted += [f"--ignore={path}" for path in STORY]
    return odoo_tests([*wanted, "--log-level=INFO"], part)


STORY = sorted((ROOT / "addons/crm_analytics/tests").glob("test_demo_story*.py"))


def story_tests():
    """The demo story loads without a complaint and keeps its promises, in Chromium."""
    name = "crm_test_story"
    hostdb.drop(name)
    try:
        demo.build_demo(name)
        log = tool("check_install_log.py", LOGS / "demo-install.log")
        if log.failed:
            return log
        config = hostdb.config_file(tests=True)
        options = [f"--odoo-config={config}", f"--odoo-database={name}", "--odoo-http"]
        options += ["--durations=10", "--log-level=INFO"]
        return pytest([*options, *map(str, STORY)], "story", {"ODOO_RC": config})
    finally:
        hostdb.drop(name)


def cdnow_tests():
    """The public CDNOW history, loaded by the product, against its raw file."""
    with hostdb.temporary(hostdb.suite_template(), "crm_test_cdnow") as name:
        config = hostdb.config_file(tests=True)
        environ = {"ODOO_RC": config, "CDNOW_DATABASE": name}
        loading = script(
            ROOT / "tools" / "cdnow.py", "--database", name, env={"ODOO_RC": config}
        )
        if loading.failed:
            return loading
        return pytest(["-p", "no:odoo", "tests/test_cdnow.py"], "cdnow", environ)


# --- THE HOST'S OWN RUNNER ----------------------------------------------------

STATS = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def runner_result(log, status, ours_only=False):
    """Counts from the log of Odoo's own test runner."""
    text = log.read_text(encoding="utf-8", errors="replace")
    stats = STATS.findall(text)
    if not stats:
        return Result("", failed=1, text=f"no tests ran{hostdb.log_tail(log)}")
    failures, errors, total = map(int, stats[-1])
    bad = failures + errors
    blocks = failed_blocks(text)
    if ours_only and bad and not host_lint.concerns_us(blocks):
        return Result("", total - bad, 0, 0, text="only the host's own add-ons")
    if status and not bad:
        bad = 1
    return Result("", max(total - bad, 0), bad, 0, text=shortened(blocks))


def failed_blocks(text):
    """The parts of a log that belong to errors: each with its traceback."""
    keep, blocks = False, []
    for line in text.splitlines():
        if re.match(r"\d{4}-\d\d-\d\d ", line):
            keep = " ERROR " in line or " CRITICAL " in line
        if keep:
            blocks.append(line)
    return "\n".join(blocks)


def shortened(text, lines=200):
    return "\n".join(text.splitlines()[:lines])


def at_install_tests():
    """At-install tests with the host's own runner, while our add-ons are installed.

    On the host's template, since columns of add-ons that are not loaded yet would
    be in the way in a database that has them all.
    """
    names = hostdb.own_addons() + hostdb.test_addons()
    tags = ",".join(f"at_install/{name}" for name in names)
    log = LOGS / "at-install.log"
    with hostdb.temporary(hostdb.host_template(), "crm_test_install") as name:
        args = ["-d", name, "-i", ",".join(names), "--test-tags", tags]
        args += ["--stop-after-init", "--http-port", hostdb.free_port()]
        status = hostdb.odoo(args, log=log, tests=True, check=False)
    result = runner_result(log, status)
    if "no tests ran" in result.text and not status:
        result = Result("")  # none of the tests is at-install
    result.passed += not result.failed  # the installation itself
    return result


def host_lint_tests():
    """The host's ``test_lint`` on a clone; only what it says of our add-ons fails."""
    tags = ",".join(f"/test_lint:{name}" for name in host_lint.CLASSES)
    log = LOGS / "test-lint.log"
    scripts = pathlib.Path(sys.executable).parent
    path = f"{scripts}{os.pathsep}{os.environ['PATH']}"
    with hostdb.temporary(hostdb.suite_template(), "crm_test_lint") as name:
        args = ["-d", name, "-i", "test_lint", "--test-tags", tags]
        args += ["--stop-after-init", "--http-port", hostdb.free_port()]
        status = hostdb.odoo(args, log=log, tests=True, check=False, env={"PATH": path})
    return runner_result(log, status, ours_only=True)


# --- ALL ----------------------------------------------------------------------


def template_stage():
    name = hostdb.suite_template()
    return Result("", passed=1, text=name)


def run_all():
    """Every stage; two at a time where they do not disturb each other."""
    results = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:

        def start(name, work):
            return pool.submit(stage, name, work)

        lint = start("lint", lambda: tool("lint.py"))
        pure = start("kernels and tools", pure_tests)
        hosted = stage(
            "host template", lambda: Result("", 1, text=hostdb.host_template())
        )
        results += [lint.result(), pure.result(), hosted]
        if hosted.failed:
            return results
        at_install = start("at-install tests", at_install_tests)
        suite = stage("installation", template_stage)
        results += [suite, at_install.result()] if suite.failed else [suite]
        if suite.failed:
            return results
        log = hostdb.suite_log()
        # the longest first, so that both ends are near; one browser at a time: the
        # story begins when the browser tests have ended, before the tests have
        waiting = [
            start("tests", lambda: all_odoo_tests("plain")),
            start("browser tests", lambda: all_odoo_tests("browser")),
            start("demo story", story_tests),
            start("lifecycle", lambda: tool("check_lifecycle.py")),
            start("CDNOW history", cdnow_tests),
            start("host's lint tests", host_lint_tests),
            start("translations", lambda: tool("check_translations.py")),
            start("install log", lambda: tool("check_install_log.py", log)),
        ]
        results += [future.result() for future in (at_install, *waiting)]
    return results


def run_some(args):
    """Only what the arguments name; a path below tools/ or data/ needs no database."""
    paths = [arg.split("::")[0] for arg in args if not arg.startswith("-")]
    pure = [path for path in paths if path.startswith(("tools", "data", "./tools"))]
    if pure:
        return [stage("kernels and tools", lambda: pure_tests(args))]
    if not any((ROOT / path).exists() for path in paths):
        names = [f"addons/{name}/tests" for name in hostdb.own_addons()]
        names += [f"tests/{name}/tests" for name in hostdb.test_addons()]
        args = [*args, *(name for name in names if (ROOT / name).is_dir())]
    result = stage("tests", lambda: odoo_tests(args))
    if not result.failed:
        print(result.text.rstrip())
    return [result]


def report(results):
    print()
    print(f"{'stage':<22}{'passed':>8}{'failed':>8}{'skipped':>8}{'seconds':>9}")
    for r in results:
        print(f"{r.name:<22}{r.passed:>8}{r.failed:>8}{r.skipped:>8}{r.seconds:>9.0f}")
    passed, failed, skipped = (
        sum(getattr(r, field) for r in results)
        for field in ("passed", "failed", "skipped")
    )
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


def main(args):
    LOGS.mkdir(exist_ok=True)
    try:
        with hostdb.lock("tests"):
            results = run_some(args) if args else run_all()
    except HostError as error:
        sys.exit(f"crm test: {error}")
    return report(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Every static check; ``./crm lint [NAME...]`` runs all or the named ones.

The linters live in .host/lint, apart from the host's own environment. Each check
prints what it found; the last line counts the checks.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

import check_style
import hostdb
from hostdb import HOST, ROOT

LINT = HOST / "lint" / "bin"
#: what must not stand in any file: hosts of package registries, paths of one machine.
#: Written in pieces, so that this file does not contain what it looks for.
FORBIDDEN = re.compile(
    r"py" + r"pi\.org|python" + r"hosted\.org|deb\." + r"debian\.org|"
    r"registry\." + r"npmjs|(?<![\w.$}/])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me)/\w"
)
HOST_MESSAGES = (
    "used-before-assignment,undefined-variable,eval-used,unreachable,"
    "function-redefined,sql-injection,missing-gettext,gettext-variable,"
    "gettext-placeholders,gettext-repr,raise-unlink-override"
)
HOST_PLUGINS = (
    "_pylint_path_setup,pylint.extensions.bad_builtin,_odoo_checker_sql_injection,"
    "_odoo_checker_gettext,_odoo_checker_unlink_override"
)


def run(*command, **environ):
    """Output of a failing command; empty when it succeeds."""
    done = subprocess.run(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        check=False,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "", **environ},
    )
    if not done.returncode:
        return ""
    return done.stdout.strip() or f"{command[0]} failed without a word"


def modules():
    """Folders of all add-ons, relative to the project."""
    own = [f"addons/{name}" for name in hostdb.own_addons()]
    return own + [f"tests/{name}" for name in hostdb.test_addons()]


def tracked():
    """Files of the project: those of git, else all that are not hidden."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    names = done.stdout.split("\0") if not done.returncode else ()
    return sorted(path for name in names if name and (path := ROOT / name).is_file())


def python_paths():
    return [name for name in ("addons", "tests", "tools", "data") if has_python(name)]


def has_python(name):
    return any((ROOT / name).rglob("*.py"))


# --- CHECKS: each returns what is wrong, or nothing ---------------------------


def ruff():
    """ruff: errors, style, security, complexity"""
    return run(LINT / "ruff", "check", "--no-cache", "-q", *python_paths())


def ruff_format():
    """ruff format: every Python file is formatted"""
    return run(LINT / "ruff", "format", "--no-cache", "--check", "-q", *python_paths())


def pylint_odoo():
    """pylint-odoo: rules of the Odoo community"""
    unwanted = "no-search-all,missing-readme,consider-merging-classes-inherited"
    args = ["--rcfile=.pylintrc", f"--disable={unwanted}", *modules()]
    return run(LINT / "pylint", *args)


def oca():
    """OCA module checks: manifests, XML, CSV, translations"""
    found = run(LINT / "oca-checks-odoo-module", *modules())
    files = [path for name in modules() for path in (ROOT / name).glob("i18n/*.po")]
    if files:
        found += run(LINT / "oca-checks-po", *files)
    return found


def style():
    """style: rules of this project (tools/check_style.py)"""
    roots = [ROOT / name for name in modules()]
    roots += [ROOT / "tools", ROOT / "data"]
    found = [line for root in roots for line in check_style.check_root(root)]
    return "\n".join(line.replace(f"{ROOT}/", "") for line in found)


def host_checkers():
    """the host's own checkers: SQL injection, gettext, unlink"""
    source = pathlib.Path(os.environ["PYTHONPATH"])
    folders = [pathlib.Path(path) for path in os.environ["CORE_ADDONS"].split(",")]
    tests = next(p for f in folders if (p := f / "test_lint" / "tests").is_dir())
    args = ["--rcfile=/dev/null", "--score=n", f"--load-plugins={HOST_PLUGINS}"]
    args += ["--disable=all,useless-option-value,unknown-option-value"]
    args.append(f"--enable={HOST_MESSAGES}")
    return run(
        LINT / "pylint", *args, *modules(), PYTHONPATH=f"{tests}{os.pathsep}{source}"
    )


def shell():
    """shell scripts: they parse, and shellcheck finds nothing"""
    scripts = [ROOT / "crm", ROOT / ".ci" / "run", *ROOT.glob("tools/**/*.sh")]
    found = "".join(run("sh", "-n", script) for script in scripts)
    return found + run(LINT / "shellcheck", "--shell=sh", "--severity=style", *scripts)


def hygiene():
    """files: no registry host, no path of one machine, no conflict marks"""
    found = []
    for path in tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            hit = FORBIDDEN.search(line) or re.match(r"(<{7}|>{7}) ", line)
            if hit:
                found.append(f"{path.relative_to(ROOT)}:{number}: {hit[0]}")
    return "\n".join(found)


CHECKS = {
    check.__name__.replace("_", "-"): check
    for check in (
        pylint_odoo,
        host_checkers,
        oca,
        ruff,
        ruff_format,
        style,
        shell,
        hygiene,
    )
}


def main(names):
    unknown = set(names) - set(CHECKS)
    if unknown:
        sys.exit(
            f"crm lint: no check {', '.join(unknown)}; there are {', '.join(CHECKS)}"
        )
    failed = 0
    wanted = names or list(CHECKS)
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = [(name, pool.submit(CHECKS[name])) for name in wanted]
        for name, future in results:
            found = future.result()
            print(f"{'FAILED' if found else 'ok':<7}{CHECKS[name].__doc__}", flush=True)
            if found:
                failed += 1
                print(found)
    print(f"{len(wanted) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

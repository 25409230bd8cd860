#!/usr/bin/env python3
"""Project style checks that no public Odoo linter covers (stdlib only).

Usage: check_style.py PATH...      Exit status 1 when something is found.
Silence one line with a reason:    self.sudo()  # style: CRM109 portal token was checked
"""

import ast
import csv
import pathlib
import re
import sys

MAX_LINES = 40
MAX_FILE_LINES = 400
QUERY_METHODS = {"search", "search_count", "search_read", "search_fetch", "_read_group"}
SIDE_EFFECTS = {"write", "create", "unlink", "message_post"}
DEPRECATED = {"read_group", "name_get", "check_access_rights", "check_access_rule"}
COMMITS = {"commit", "_commit_progress"}
TODAY = {"date.today", "datetime.today", "datetime.now", "datetime.utcnow"}
SUPPRESS = re.compile(r"#\s*style:\s*(CRM\d{3})\s+\S+")


def field_type(node):
    """Return 'Many2one' for ``fields.Many2one(...)``, else None."""
    func = getattr(node, "func", None)
    if isinstance(func, ast.Attribute) and getattr(func.value, "id", "") == "fields":
        return func.attr
    return None


def body_lines(func):
    doc = ast.get_docstring(func, clean=False)
    return func.end_lineno - func.lineno + 1 - (len(doc.splitlines()) if doc else 0)


def decorators(func):
    return [ast.unparse(d) for d in func.decorator_list]


def called(node):
    """Yield (call node, method name) for each ``x.method(...)`` below node."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            yield call, call.func.attr


def check_class(cls):
    attrs = {
        node.targets[0].id: node
        for node in cls.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    if "_sql_constraints" in attrs:
        yield (
            attrs["_sql_constraints"],
            "CRM101",
            "ignored by Odoo 19: models.Constraint",
        )
    if "_name" in attrs and not {"_inherit", "_description"} & set(attrs):
        yield cls, "CRM102", "model without _description"
    for name, node in attrs.items():
        kind = field_type(node.value)
        if kind == "Many2one" and not name.endswith("_id"):
            yield node, "CRM103", f"Many2one {name} must end with _id"
        if kind in ("One2many", "Many2many") and not name.endswith("_ids"):
            yield node, "CRM103", f"{kind} {name} must end with _ids"
        for keyword in node.value.keywords if kind else ():
            if keyword.arg == "default" and isinstance(keyword.value, ast.Call):
                yield node, "CRM104", f"default of {name} is evaluated at import"
    for func in cls.body:
        if isinstance(func, ast.FunctionDef):
            yield from check_method(func)


def check_method(func):
    yield from check_definition(func)
    yield from check_loops(func)
    for call, name in called(func):
        yield from check_call(func, call, name)


def check_definition(func):
    decos = decorators(func)
    if body_lines(func) > MAX_LINES:
        yield func, "CRM105", f"{func.name} has {body_lines(func)} lines > {MAX_LINES}"
    if func.name == "create" and "api.model_create_multi" not in decos:
        yield func, "CRM106", "create() without @api.model_create_multi"
    if func.name.startswith("_compute_") and not any("api.depends" in d for d in decos):
        yield func, "CRM107", f"{func.name} without @api.depends"


def check_loops(func):
    for loop in ast.walk(func):
        if isinstance(loop, ast.For):
            for call, name in (hit for stmt in loop.body for hit in called(stmt)):
                if name in QUERY_METHODS:
                    yield call, "CRM108", f"{name}() inside a loop in {func.name}"


def check_call(func, call, name):
    if name == "sudo":
        yield call, "CRM109", "sudo() without a written reason"
    if name == "browse" and call.args and isinstance(call.args[0], ast.Constant):
        yield call, "CRM110", "browse() of a literal id"
    if name in SIDE_EFFECTS and func.name.startswith("_compute_"):
        yield call, "CRM111", f"{name}() inside {func.name}"
    if name in DEPRECATED:
        yield call, "CRM112", f"{name}() is deprecated in Odoo 19"
    if name in COMMITS and not func.name.startswith("_cron_"):
        yield call, "CRM117", f"{name}() outside a _cron_ method"


def check_module(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from check_class(node)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "odoo.osv"
        ):
            yield node, "CRM113", "odoo.osv is deprecated: odoo.fields.Domain"
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("route"):
            options = {k.arg: getattr(k.value, "value", None) for k in node.keywords}
            if options.get("type") == "json":
                yield node, "CRM114", "type='json' is deprecated: 'jsonrpc'"
            if options.get("auth") in ("public", "none"):
                yield node, "CRM115", "public route: needs a written reason"
            if options.get("csrf") is False:
                yield node, "CRM116", "csrf=False needs a written reason"
        if isinstance(node, ast.Call):
            name = ".".join(ast.unparse(node.func).split(".")[-2:])
            if name in TODAY:
                yield node, "CRM118", f"{name}(): fields.Date.context_today(self)"


# --- FILES THAT ARE NO PYTHON, AND THINGS BETWEEN FILES -----------------------


def check_size(path, lines):
    """A file of more than 400 lines hides a topic that wants its own file."""
    if len(lines) > MAX_FILE_LINES:
        yield 1, "CRM119", f"{len(lines)} lines > {MAX_FILE_LINES}: split by topic"


def check_xml(lines):
    for number, line in enumerate(lines, 1):
        if re.search(r"</?tree\b", line):
            yield number, "CRM120", "<tree> is <list> in Odoo 19"
        if re.search(r"view_mode\W[^<]*\btree\b", line):
            yield number, "CRM120", "view_mode names tree: list in Odoo 19"


def check_access(path):
    """Each access row names a group: without one it holds for everybody."""
    with path.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), 2):
            if not (row.get("group_id:id") or row.get("group_id/id")):
                yield number, "CRM121", f"access row {row.get('id')} without a group"


def has_unit_runner(folder):
    """One test runs the JS unit tests of all installed add-ons: they load slowly."""
    tests = folder.glob("*/tests/test_js.py")
    return any("/web/tests" in path.read_text(encoding="utf-8") for path in tests)


def check_tests(addon):
    """Test files are imported; tours and JS unit tests are started by a test."""
    init = addon / "tests" / "__init__.py"
    imported = init.read_text(encoding="utf-8") if init.exists() else ""
    sources = ""
    for path in sorted((addon / "tests").rglob("*.py")):
        sources += path.read_text(encoding="utf-8")
        in_folder = path.parent == addon / "tests" and path.name.startswith("test_")
        if in_folder and not re.search(rf"\b{path.stem}\b", imported):
            yield path, "CRM122", f"{path.stem} is not imported in tests/__init__.py"
    for path in sorted((addon / "static" / "tests").rglob("*.js")):
        text = path.read_text(encoding="utf-8")
        for tour in re.findall(r"web_tour\.tours\W+add\(\s*[\"'](\w+)", text):
            if tour not in sources:
                yield path, "CRM123", f"no test starts the tour {tour}"
        if path.name.endswith(".test.js") and not has_unit_runner(addon.parent):
            yield path, "CRM123", "no test runs the add-on's JS unit tests"


def check_file(path):
    """Yield (line, code, text) for one file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix in (".py", ".js"):
        yield from check_size(path, lines)
    if path.suffix == ".xml":
        yield from check_xml(lines)
    if path.name == "ir.model.access.csv":
        yield from check_access(path)
    if path.suffix == ".py" and "tests" not in path.parts:
        hits = {
            (node.lineno, code, text)
            for node, code, text in check_module(ast.parse("\n".join(lines)))
        }
        for line, code, text in sorted(hits):
            silenced = SUPPRESS.search(lines[line - 1])
            if not (silenced and silenced.group(1) == code):
                yield line, code, text


def check_root(root):
    """Yield each finding below ``root`` (a folder or a file) as one line of text."""
    root = pathlib.Path(root)
    files = [root] if root.is_file() else sorted(root.rglob("*"))
    for path in files:
        if path.suffix in (".py", ".js", ".xml", ".csv") and "lib" not in path.parts:
            for line, code, text in check_file(path):
                yield f"{path}:{line}: {code} {text}"
        if path.name == "__manifest__.py":
            hidden = path.parent.name.startswith("test_")
            if not hidden and not (path.parent / "README.md").exists():
                yield f"{path}:1: CRM124 the add-on has no README.md"
            for where, code, text in check_tests(path.parent):
                yield f"{where}:1: {code} {text}"


def main(roots):
    findings = [line for root in roots for line in check_root(root)]
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

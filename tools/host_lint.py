"""What the host's own lint tests say of our add-ons, told from the rest."""

import ast
import re

import hostdb
from hostdb import ROOT

#: those that look at third-party add-ons
CLASSES = (
    "ManifestLinter",
    "PotLinter",
    "RoutesLinter",
    "TestConflictMarkers",
    "TestDocstring",
    "TestDunderinit",
    "TestI18n",
    "TestIndex",
    "TestJsTranslations",
    "TestLintOverrideSignatures",
    "TestNaming",
    "TestOnchangeDomains",
    "TestTestHoles",
)
#: fields that TestIndex wants to have an index of their own, and which one serves them.
#: The first two are of a table that a refresh may write as a whole: each further index
#: would have to be kept up for every row.
INDEXED_OTHERWISE = {
    "crm.customer.scorecard.partner_id": "first key of _partner_uniq",
    "crm.customer.scorecard.rfm_group_id": "first key of _group_idx",
    "crm.measure.value.measure_id": "first key of _value_unique",
}
EXCEPTED = re.compile(
    rf"^({'|'.join(map(re.escape, INDEXED_OTHERWISE))}) \(inverse of .*\n?",
    re.MULTILINE,
)


def concerns_us(text):
    """Whether these errors name an add-on, a model or a field of ours.

    The tests name an add-on by its folder, a model or field by its dotted name.
    """
    names = [*hostdb.own_addons(), *hostdb.test_addons(), *own_models()]
    named = rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)"
    field = r"\.crm_\w+ \(inverse|inverse of [\w.]+\.crm_"
    return bool(re.search(f"{named}|{field}", EXCEPTED.sub("", text)))


def own_models():
    """Names of the models that our add-ons define; not of those they extend."""
    found = set()
    for folder in (ROOT / "addons", ROOT / "tests"):
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    found |= _defined(node)
    return sorted(found)


def _defined(node):
    """Name of the model that a class defines, as a set; empty if it extends one."""
    values = {}
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            values[line.targets[0].id] = [
                part.value
                for part in ast.walk(line.value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
    return {
        name
        for name in values.get("_name", ())
        if name not in values.get("_inherit", ())
    }

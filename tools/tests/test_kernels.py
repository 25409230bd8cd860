"""Doctests of the add-ons' plain Python, imported without Odoo and its models.

Each ``addons/<name>/tools`` is imported below a bare package of the same name, so
that neither ``__init__.py`` of the add-on nor Odoo is needed. A kernel that
imports Odoo fails here.
"""

import doctest
import importlib
import importlib.abc
import pathlib
import sys
import types

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))


class NoOdoo(importlib.abc.MetaPathFinder):
    """Refuses ``import odoo``; ``odoo.addons.<ours>`` resolves to the bare packages."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname == "odoo" or fullname.startswith("odoo."):
            raise ImportError(f"a kernel must not import {fullname}")


def kernel_names():
    """Dotted names of all kernel modules, the tools' own scripts included."""
    for package in sorted(ROOT.glob("addons/*/tools")):
        addon = package.parent.name
        bare = types.ModuleType(addon)
        bare.__path__ = [str(package.parent)]
        sys.modules[addon] = bare
        for path in sorted(package.rglob("*.py")):
            parts = path.relative_to(package.parent).with_suffix("").parts
            yield ".".join([addon, *(part for part in parts if part != "__init__")])
    for path in sorted((ROOT / "tools").glob("*.py")):
        yield path.stem


@pytest.fixture(autouse=True)
def without_odoo():
    finder = NoOdoo()
    sys.meta_path.insert(0, finder)
    yield
    sys.meta_path.remove(finder)


@pytest.mark.parametrize("name", kernel_names())
def test_doctests(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert not result.failed

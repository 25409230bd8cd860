#!/usr/bin/env python3
"""export_terms.py DATABASE FOLDER MODULE...: FOLDER/MODULE.pot of each module.

The host's own exporter, for several modules in one process.
"""

import os
import pathlib
import sys

import odoo.init  # noqa: F401  (fills the namespace that the next imports use)
from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import config
from odoo.tools.translate import trans_export


def main(name, target, *modules):
    options = ["-c", os.environ["ODOO_RC"], "-d", name, "--no-http"]
    config.parse_config([*options, "--log-level=warn"], setup_logging=True)
    with Registry(name).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        for module in modules:
            with open(pathlib.Path(target) / f"{module}.pot", "wb") as out:
                trans_export(None, [module], out, "po", env)


if __name__ == "__main__":
    main(*sys.argv[1:])

import importlib.util
from pathlib import Path

from odoo.modules import Manifest


def run_migration(cr, to_version, from_version):
    """Run the script of crm_strategy that leads to ``to_version`` of a database."""
    root = Path(Manifest.for_addon("crm_strategy").path)
    path = root / "migrations" / to_version / "post-migrate.py"
    spec = importlib.util.spec_from_file_location("crm_strategy_migration", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.migrate(cr, from_version)

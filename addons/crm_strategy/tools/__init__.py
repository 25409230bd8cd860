"""Plain Python without Odoo: formulas, decision tables, parsers."""

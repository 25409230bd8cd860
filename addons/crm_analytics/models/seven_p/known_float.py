"""Figures that may be unknown."""

from odoo import fields


class KnownFloat(fields.Float):
    """A number, empty and not 0 where nothing is known.

    A customer who was never late differs from one to whom nothing was delivered.
    """

    def convert_to_cache(self, value, record, validate=True):
        if value is None or value is False:
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value


class KnownMonetary(fields.Monetary):
    """An amount, empty and not 0 where nothing is known."""

    def convert_to_cache(self, value, record, validate=True):
        if value is None or value is False:
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_read(self, value, record, use_display_name=True):
        return False if value is None else value

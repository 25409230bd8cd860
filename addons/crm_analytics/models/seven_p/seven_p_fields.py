"""Fields of figures that may be unknown."""

from odoo import fields


class Score(fields.Integer):
    """Points from 0 to 100; empty, not 0, where nothing is known."""

    aggregator = "avg"

    def convert_to_cache(self, value, record, validate=True):
        if value is None or value is False:
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value


class Points(fields.Json):
    """The points of the factors, in the order of their slots; written by SQL only."""

    _column_type = ("_int2", "int2[]")

from collections import Counter
from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date

OUTSIDE = "none"


class CrmSegmentMigration(models.AbstractModel):
    """How customers moved between the segments of a scheme from one day to another.

    Rows are the segments at the end of the first day, columns those at the end of
    the second, both in the time zone of the user. Who was in no segment on the
    first day is new, who is in none on the second has left; who was in none on
    both is not shown. A stay counts on a day if it covers the day's last instant,
    so a customer who moves at noon counts in the new segment only.

    A move up the list of segments (its first is the best) is good, one down bad.
    The figures are those of the customers that the user may see.
    """

    _name = "crm.segment.migration"
    _inherit = ["crm.matrix"]
    _description = "Segment Migration"

    # an archived customer was in his segments all the same
    _matrix_active_test = False

    @api.model
    def _check_matrix_access(self):
        self.env["crm.segment.membership"].check_access("read")

    # --- FILTERS

    @api.model
    def _get_filters(self):
        schemes = self.env["crm.segmentation"].search([("kind", "=", "exclusive")])
        today = fields.Date.context_today(self)
        return [
            {
                "key": "segmentation_id",
                "label": self.env._("Scheme"),
                "type": "selection",
                "choices": [(scheme.id, scheme.display_name) for scheme in schemes],
                "default": schemes[:1].id,
            },
            {
                "key": "date_from",
                "label": self.env._("From"),
                "type": "date",
                "default": self._get_default_date_from,
                "max": today,
            },
            {
                "key": "date_to",
                "label": self.env._("To"),
                "type": "date",
                "default": today,
                "max": today,
            },
        ]

    @api.model
    def _get_default_date_from(self, values):
        """Return the day three months ago, or that of the first stay if later."""
        today = fields.Date.context_today(self)
        first = self.env["crm.segment.membership"].search(
            [("segmentation_id", "=", values["segmentation_id"])],
            order="date_start",
            limit=1,
        )
        first_day = fields.Date.context_today(self, first.date_start or None)
        return min(max(first_day, today - relativedelta(months=3)), today)

    @api.model
    def _check_values(self, values):
        if values["date_from"] > values["date_to"]:
            raise UserError(
                self.env._(
                    "The first date lies after the second one. Choose an earlier "
                    "first date or a later second one."
                )
            )
        if values["date_to"] > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "Nobody knows yet who will be in which segment. Choose dates up "
                    "to today."
                )
            )

    # --- GRID

    @api.model
    def _get_axes(self, values):
        segments = self._get_segments(values)
        items = [
            {
                "key": str(segment.id),
                "label": segment.name,
                "hint": segment.description or "",
                "tone": False if segment.active else "muted",
            }
            for segment in segments
        ]
        new = {
            "key": OUTSIDE,
            "label": self.env._("New"),
            "hint": self.env._("In no segment of this scheme on the first date"),
            "tone": "muted",
        }
        left = {
            "key": OUTSIDE,
            "label": self.env._("Left"),
            "hint": self.env._("In no segment of this scheme on the second date"),
            "tone": "muted",
        }
        return [*items, new], [*items, left]

    @api.model
    def _get_segments(self, values):
        """Return the scheme's segments, best first; archived ones if they count."""
        segments = self.env["crm.segment"].with_context(active_test=False)
        segments = segments.search(
            [("segmentation_id", "=", values["segmentation_id"])], order="sequence, id"
        )
        archived = segments.filtered(lambda segment: not segment.active)
        if archived:
            stays = Domain("segment_id", "in", archived.ids) & Domain.OR(
                self._get_stay_domain(values, day)
                for day in (values["date_from"], values["date_to"])
            )
            groups = self.env["crm.segment.membership"]._read_group(
                stays, ["segment_id"]
            )
            in_use = {segment.id for [segment] in groups}
            segments -= archived.filtered(lambda segment: segment.id not in in_use)
        return segments

    @api.model
    def _get_matrix(self, values):
        scheme = self.env["crm.segmentation"].browse(values["segmentation_id"])
        days = {
            key: format_date(self.env, values[key]) for key in ("date_from", "date_to")
        }
        payload = {
            "title": self.env._("Segment Migration"),
            "definition": self.env._(
                "Customers by their segment at the end of the first date (rows) and "
                "of the second (columns)."
            ),
            "row_title": self.env._("Segment on %(day)s", day=days["date_from"]),
            "column_title": self.env._("Segment on %(day)s", day=days["date_to"]),
            "measures": self._get_measures(),
            "legend": [
                {"label": self.env._("Moved to a better segment"), "tone": "good"},
                {"label": self.env._("Moved to a lesser segment"), "tone": "bad"},
            ],
            "cells": {},
        }
        if scheme:
            payload["title"] = self.env._(
                "Segment Migration: %(scheme)s", scheme=scheme.display_name
            )
            payload["cells"] = self._get_cells(values)
        if not payload["cells"]:
            payload["empty"] = self._get_empty(scheme)
        return payload

    @api.model
    def _get_measures(self):
        return [
            {"key": "count", "label": self.env._("Customers"), "type": "integer"},
            {
                "key": "row_share",
                "label": self.env._("Share of Row"),
                "hint": self.env._("Of the customers in the segment on the first date"),
                "type": "percent",
                "share_of": "count",
                "share_by": "row",
            },
            {
                "key": "share",
                "label": self.env._("Share of Total"),
                "hint": self.env._("Of all customers in the grid"),
                "type": "percent",
                "share_of": "count",
            },
        ]

    @api.model
    def _get_empty(self, scheme):
        """Say why there is nothing to show and what to do about it."""
        empty = {
            "title": self.env._("No customer was in a segment on these dates"),
            "text": self.env._(
                "Choose other dates, or refresh the scheme so that its segments get "
                "their customers."
            ),
            "action": "crm_strategy.crm_segmentation_action",
            "action_label": self.env._("Segmentation Schemes"),
        }
        if not scheme:
            empty["title"] = self.env._("No scheme with one segment per customer yet")
            empty["text"] = self.env._(
                "Migration compares segments that exclude each other, such as value "
                "classes. Create such a scheme and refresh it."
            )
        return empty

    @api.model
    def _get_cells(self, values):
        """Count the customers of each move, by one statement, in memory."""
        self.env["crm.screen.read.mixin"]._prepare_planner()
        order = {segment.id: i for i, segment in enumerate(self._get_segments(values))}
        counts = Counter()
        for before, after, count in self.env.execute_query(self._get_moves_sql(values)):
            counts[before, after] += count
        cells = {}
        for (before, after), count in counts.items():
            cell = {"count": count}
            if before and after and before != after:
                cell["tone"] = "good" if order[after] < order[before] else "bad"
            cells[self._cell_key(before or OUTSIDE, after or OUTSIDE)] = cell
        return cells

    @api.model
    def _get_moves_sql(self, values) -> SQL:
        """Return the number of customers per segment before and after.

        Who has been in one segment all the time has one row, a *steady* one, as the
        database allows one open exclusive stay per scheme: these are counted as
        they are. Pairs are formed for those with any other stay on either day.
        """
        days = [values["date_from"], values["date_to"]]
        first, last = (self._get_end_of_day(day) for day in days)
        domain = Domain.OR(self._get_stay_domain(values, day) for day in days)
        return SQL(
            """WITH stay AS MATERIALIZED (
                   SELECT *, is_exclusive IS TRUE AND date_end IS NULL
                             AND date_start < %(first)s AS is_steady
                     FROM %(stays)s s
               ), mover AS MATERIALIZED (
                   SELECT DISTINCT partner_id FROM stay WHERE NOT is_steady
               ), move AS MATERIALIZED (
                   SELECT * FROM stay
                    WHERE partner_id IN (SELECT partner_id FROM mover)
               )
               SELECT segment_id, segment_id, COUNT(*)
                 FROM stay
                WHERE is_steady AND partner_id NOT IN (SELECT partner_id FROM mover)
             GROUP BY segment_id
            UNION ALL
               SELECT b.segment_id, a.segment_id,
                      COUNT(DISTINCT COALESCE(b.partner_id, a.partner_id))
                 FROM (SELECT * FROM move WHERE date_start < %(first)s
                          AND (date_end IS NULL OR date_end >= %(first)s)) b
            FULL JOIN (SELECT * FROM move WHERE date_start < %(last)s
                          AND (date_end IS NULL OR date_end >= %(last)s)) a
                   ON a.partner_id = b.partner_id
             GROUP BY b.segment_id, a.segment_id""",
            stays=self._get_stays_sql(domain),
            first=first,
            last=last,
        )

    @api.model
    def _get_stays_sql(self, domain) -> SQL:
        """Return the stays that meet ``domain``, as far as the user may see them."""
        memberships = self.env["crm.segment.membership"]
        names = ("partner_id", "segment_id", "is_exclusive", "date_start", "date_end")
        memberships.flush_model(names)
        query = memberships._search(domain)
        partners = self.env["res.partner"].with_context(active_test=False)._search([])
        if partners.where_clause:
            # few are hidden from most users: that table is the smaller one to make
            query.add_where(
                SQL(
                    "%s NOT IN (SELECT %s FROM %s WHERE (%s) IS NOT TRUE)",
                    SQL.identifier(query.table, "partner_id"),
                    SQL.identifier(partners.table, "id"),
                    partners.from_clause,
                    partners.where_clause,
                )
            )
        return query.subselect(
            *(memberships._field_to_sql(query.table, name, query) for name in names)
        )

    # --- DRILL-DOWN

    @api.model
    def _get_cell_domain(self, values, row_key, column_key):
        before = self._get_place_domain(values, values["date_from"], row_key)
        after = self._get_place_domain(values, values["date_to"], column_key)
        if row_key is None and column_key is None:
            return before | after
        if OUTSIDE in (row_key, column_key) and row_key == column_key:
            return Domain.FALSE
        if row_key is None:
            return after if column_key != OUTSIDE else before & after
        if column_key is None:
            return before if row_key != OUTSIDE else before & after
        return before & after

    @api.model
    def _get_place_domain(self, values, day, key):
        """Return the customers in the segment ``key`` on ``day``; None: in any."""
        operator = "not any" if key == OUTSIDE else "any"
        segment_id = int(key) if key not in (None, OUTSIDE) else None
        stay = self._get_stay_domain(values, day, segment_id)
        return Domain("segment_membership_ids", operator, stay)

    @api.model
    def _get_stay_domain(self, values, day, segment_id=None):
        """Return the stays that cover the last instant of ``day``."""
        end = self._get_end_of_day(day)
        place = (
            ("segment_id", "=", segment_id)
            if segment_id
            else ("segmentation_id", "=", values["segmentation_id"])
        )
        return [
            place,
            ("date_start", "<", end),
            "|",
            ("date_end", "=", False),
            ("date_end", ">=", end),
        ]

    @api.model
    def _get_end_of_day(self, day):
        """Return the UTC instant at which ``day`` ends for the user, as a string."""
        midnight = datetime.combine(day + timedelta(days=1), time.min)
        instant = self.env.tz.localize(midnight).astimezone(pytz.utc)
        return fields.Datetime.to_string(instant.replace(tzinfo=None))

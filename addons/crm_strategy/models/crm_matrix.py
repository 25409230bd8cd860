import contextlib
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class CrmMatrix(models.AbstractModel):
    """The server side of a two-way grid: rows x columns x several measures.

    A grid is an abstract model of its own that inherits this one, and a client
    action that names it::

        class CrmRfmGrid(models.AbstractModel):
            _name = "crm.rfm.grid"
            _inherit = ["crm.matrix"]
            _matrix_res_model = "crm.customer.scorecard"

        <record id="crm_rfm_grid_action" model="ir.actions.client">
            <field name="name">RFM Grid</field>
            <field name="tag">crm_strategy.matrix_action</field>
            <field name="path">rfm-grid</field>
            <field name="params" eval="{'matrix_model': 'crm.rfm.grid'}" />
        </record>

    It implements four methods; screen, drill-down and XLSX come with them:

    ``_get_filters()`` -> list of filters, in the order of the screen
        ``key``; ``label``; ``type`` (``selection``, ``date`` or ``boolean``);
        ``default`` (a value, or a function of the values of the filters before
        it); for a selection ``choices``: list of ``(value, label)``, where the
        value is an integer, a string or False (for "all"); for a date ``max``,
        the last day that the calendar offers.
    ``_get_axes(values)`` -> ``(rows, columns)``
        lists of ``key`` (string without ``|``); ``label``; and, optional,
        ``hint`` (hover text) and ``tone`` (``good``, ``bad`` or ``muted``).
    ``_get_matrix(values)`` -> dict
        ``title``; ``definition`` (what each figure means, hover text);
        ``row_title``, ``column_title``; ``measures`` (below); ``cells``:
        ``{"row|column": cell}`` as made by :meth:`_cell_key`. A cell maps
        measure keys to numbers; optional ``tone`` (``good``, ``bad``), ``label``
        (short text above the figure, as the name of a group), ``hint`` (hover
        text) and ``color`` (0 to 11 of the host's palette). Cells without
        customers are left out. Optional: ``computed_at`` (datetime, UTC; now if
        absent), ``legend`` (list of ``label`` with ``tone`` or ``color``),
        ``row_totals``, ``column_totals`` (by key) and ``total`` if sums of the cells
        would be wrong, and ``empty`` if there is nothing to show: ``title``, ``text``,
        ``action`` (xml id) and ``action_label`` of the next step.
    ``_get_cell_domain(values, row_key, column_key)`` -> domain
        of exactly the ``_matrix_res_model`` records that the cell counts; a key
        that is None stands for the whole row, column or (both) grid. A grid that
        counts archived records sets ``_matrix_active_test`` to False.

    A measure has ``key``; ``label``; ``type`` (``integer``, ``float``,
    ``monetary`` with ``currency_id``, or ``percent``: 0.5 is shown as 50 %);
    optional ``hint``. A share needs no figures of its own: ``share_of`` names
    another measure and ``share_by`` (``total``, ``row`` or ``column``) what it
    is divided by; cells and totals are filled in here.

    ``values`` is a dict with one checked value per filter: dates are ``date``,
    selections one of the choices (False if there is none), booleans ``bool``.
    ``_check_values`` may refuse a combination with a UserError.

    All reading happens with the rights of the user; a subclass that writes SQL
    puts the ``_search`` of the models it reads into it.
    """

    _name = "crm.matrix"
    _description = "Two-Way Grid"

    # what a cell counts (False: archived records as well), who may open the grid
    _matrix_res_model = "res.partner"
    _matrix_active_test = True
    _matrix_group = "crm_strategy.group_user"

    # --- TO IMPLEMENT

    @api.model
    def _get_filters(self):
        return []

    @api.model
    def _get_axes(self, values):
        raise NotImplementedError

    @api.model
    def _get_matrix(self, values):
        raise NotImplementedError

    @api.model
    def _get_cell_domain(self, values, row_key, column_key):
        raise NotImplementedError

    @api.model
    def _check_values(self, values):
        """Raise UserError if ``values`` do not go together."""

    # --- CALLED BY THE SCREEN

    @api.model
    @api.readonly
    def get_matrix(self, params=None):
        """Return the grid for the filter values ``params``, ready to be shown.

        The dict of ``_get_matrix`` with ``rows``, ``columns``, ``filters`` (with
        ``value``), ``res_model`` and ``computed_at`` added, every total and share
        filled in. With ``empty`` set there are no rows and cells.
        """
        filters, values = self._get_filter_values(params)
        payload = {
            "definition": "",
            "row_title": "",
            "column_title": "",
            "rows": [],
            "columns": [],
            "measures": [],
            "cells": {},
            "legend": [],
            "empty": False,
            "computed_at": fields.Datetime.now(),
            **self._get_matrix(values),
            "res_model": self._matrix_res_model,
            "filters": filters,
        }
        payload["computed_at"] = fields.Datetime.to_string(payload["computed_at"])
        if payload["empty"]:
            payload["cells"] = {}
        else:
            payload["rows"], payload["columns"] = self._get_axes(values)
        self._fill_totals(payload)
        self._fill_shares(payload)
        return payload

    @api.model
    @api.readonly
    def open_cell(self, params=None, row_key=None, column_key=None, measure=None):
        """Return the action that lists the records behind a cell or a total.

        :param row_key: None for the total of the column
        :param column_key: None for the total of the row
        :param measure: key of the measure that is looked at
        """
        _filters, values = self._get_filter_values(params)
        rows, columns = self._get_axes(values)
        labels = []
        for key, axis in ((row_key, rows), (column_key, columns)):
            found = [item["label"] for item in axis if item["key"] == key]
            if key is not None and not found:
                raise UserError(
                    self.env._(
                        "This cell is no longer part of the grid. Reload the page."
                    )
                )
            labels += found
        model, domain = self._get_cell_records(values, row_key, column_key, measure)
        is_own = model == self._matrix_res_model
        return {
            "type": "ir.actions.act_window",
            "name": " / ".join(labels) or self.env._("All Customers"),
            "res_model": model,
            "views": [[False, "list"], [False, "form"]],
            "domain": list(Domain(domain)),
            "context": {
                "create": False,
                "active_test": self._matrix_active_test if is_own else False,
            },
            "target": "current",
        }

    @api.model
    def _get_cell_records(self, values, row_key, column_key, _measure):
        """Return model and domain of the records that a measure of a cell counts.

        A grid whose measures count different records overrides this.
        """
        domain = self._get_cell_domain(values, row_key, column_key)
        return self._matrix_res_model, domain

    # --- FILTERS

    @api.model
    def _get_filter_values(self, params):
        """Check ``params`` as sent by a client; unknown keys are ignored.

        :return: the filters as the client gets them, and the dict of values
        """
        self._check_matrix_access()
        if params is not None and not isinstance(params, dict):
            raise self._invalid_filters()
        filters, values = [], {}
        for definition in self._get_filters():
            key, default = definition["key"], definition.get("default")
            value = (params or {}).get(key)
            if value is None:
                value = default(values) if callable(default) else default
            check = getattr(self, f"_check_{definition['type']}_filter")
            values[key] = value = check(definition, value)
            filters.append(
                {
                    "key": key,
                    "label": definition["label"],
                    "type": definition["type"],
                    "choices": [list(c) for c in definition.get("choices", [])],
                    "value": self._to_json(value),
                    "max": self._to_json(definition.get("max", False)),
                }
            )
        self._check_values(values)
        return filters, values

    @api.model
    def _check_matrix_access(self):
        if not self.env.user.has_group(self._matrix_group):
            raise AccessError(
                self.env._(
                    "You are not allowed to open this grid. "
                    "Ask an administrator for access."
                )
            )

    @api.model
    def _check_selection_filter(self, definition, value):
        choices = [choice[0] for choice in definition["choices"]]
        if not choices:
            return False
        for choice in choices:
            if type(choice) is type(value) and choice == value:
                return choice
        raise UserError(
            self.env._(
                "%(filter)s: this choice does not exist (any more). Choose another.",
                filter=definition["label"],
            )
        )

    @api.model
    def _check_date_filter(self, definition, value):
        if isinstance(value, date):
            return value
        day = None
        if isinstance(value, str) and len(value) == len("2026-12-31"):
            with contextlib.suppress(ValueError):
                day = fields.Date.to_date(value)
        if day:
            return day
        raise UserError(
            self.env._(
                "%(filter)s: this is not a date. Enter one as 2026-12-31.",
                filter=definition["label"],
            )
        )

    @api.model
    def _check_boolean_filter(self, definition, value):
        if not isinstance(value, bool):
            raise self._invalid_filters()
        return value

    @api.model
    def _invalid_filters(self):
        return UserError(
            self.env._("The filters of this grid are not valid. Reset them.")
        )

    @api.model
    def _to_json(self, value):
        return fields.Date.to_string(value) if isinstance(value, date) else value

    # --- TOTALS AND SHARES

    @api.model
    def _cell_key(self, row_key, column_key):
        return f"{row_key}|{column_key}"

    @api.model
    def _fill_totals(self, payload):
        """Sum the cells by row, by column and altogether, unless given."""
        keys = [m["key"] for m in payload["measures"] if not m.get("share_of")]
        rows = {row["key"]: dict.fromkeys(keys, 0) for row in payload["rows"]}
        columns = {col["key"]: dict.fromkeys(keys, 0) for col in payload["columns"]}
        total = dict.fromkeys(keys, 0)
        for cell_key, cell in payload["cells"].items():
            row_key, column_key = cell_key.split("|")
            for totals in (rows[row_key], columns[column_key], total):
                for key in keys:
                    totals[key] += cell.get(key, 0)
        payload.setdefault("row_totals", rows)
        payload.setdefault("column_totals", columns)
        payload.setdefault("total", total)

    @api.model
    def _fill_shares(self, payload):
        """Fill in the measures that are a share of another one."""
        rows, columns = payload["row_totals"], payload["column_totals"]
        total = payload["total"]
        for measure in payload["measures"]:
            base = measure.get("share_of")
            if not base:
                continue
            for cell_key, cell in payload["cells"].items():
                row_key, column_key = cell_key.split("|")
                whole = {"row": rows[row_key], "column": columns[column_key]}.get(
                    measure.get("share_by"), total
                )
                cell[measure["key"]] = self._ratio(cell.get(base, 0), whole[base])
            # a row's own total is the whole of "share by row", as a column's is
            for axis, totals in (("row", rows), ("column", columns)):
                for item in totals.values():
                    whole = item if measure.get("share_by") == axis else total
                    item[measure["key"]] = self._ratio(item[base], whole[base])
            total[measure["key"]] = self._ratio(total[base], total[base])

    @api.model
    def _ratio(self, part, whole):
        return part / whole if whole else 0.0

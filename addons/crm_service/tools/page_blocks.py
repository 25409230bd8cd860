"""The parts that a page about a customer or a product is put together from.

Plain Python: a section of a page is a list of blocks, a block is a dictionary, and
both the screen and the print know how to show each kind of block. So whoever adds a
section says what it shows and never how.

=========  ===================================================================
block      shows
=========  ===================================================================
figures    a few numbers beside each other, each with a label
facts      labels with a value each, one below the other
tags       short words on coloured ground
text       a paragraph
table      rows and columns, how many rows there are in all
=========  ===================================================================

A value stands in a *cell*: it says its type, so that it is written as the reader's
language writes it.
"""

TYPES = (
    "text",
    "badge",
    "monetary",
    "integer",
    "float",
    "percent",
    "date",
    "datetime",
    "phone",
    "email",
)
TONES = ("good", "bad", "warn", "info", "muted")


def cell(value, kind="text", **options) -> dict:
    """Return a value as a page shows it.

    :param options: ``currency_id`` of an amount, ``res_model`` and ``res_id`` of the
        record that a click opens, or ``action`` that it starts, ``tone`` (one of
        ``TONES``), ``note`` (text or cell, small, below)

    >>> cell("Ada") == {"value": "Ada", "type": "text"}
    True
    >>> cell(5, "monetary", currency_id=1)["currency_id"]
    1

    What is empty is shown as nothing, and a zero as a zero:

    >>> cell(None)["value"], cell("")["value"], cell(0, "integer")["value"]
    (False, False, 0)
    >>> cell(1, "colour")
    Traceback (most recent call last):
    ...
    ValueError: A page has no cell of type colour.
    """
    if kind not in TYPES:
        raise ValueError(f"A page has no cell of type {kind}.")
    is_empty = value is None or value == ""
    return {"value": False if is_empty else value, "type": kind, **options}


def figure(name, label, value, **options) -> dict:
    """Return a number with its label; ``options``: ``drill``, ``hint``.

    >>> figure("orders", "Orders", cell(3, "integer"), drill="orders")["drill"]
    'orders'
    """
    return {"name": name, "label": label, "cell": value, **options}


def figures(name, shown) -> dict:
    return {"type": "figures", "name": name, "figures": list(shown)}


def fact(label, value) -> dict:
    return {"label": label, "cell": value}


def facts(name, shown) -> dict:
    """Return labels and values, without those that have no value.

    >>> block = facts("who", [fact("Owner", cell("Ann")), fact("Fax", cell(None))])
    >>> [row["label"] for row in block["facts"]]
    ['Owner']
    """
    kept = [row for row in shown if row["cell"]["value"] is not False]
    return {"type": "facts", "name": name, "facts": kept}


def tags(name, label, shown) -> dict:
    """Return short words: dictionaries with ``text``, optional ``hint``, ``tone``."""
    return {"type": "tags", "name": name, "label": label, "tags": list(shown)}


def text(name, content, label="", tone="") -> dict:
    return {
        "type": "text",
        "name": name,
        "label": label,
        "content": content,
        "tone": tone,
    }


def column(label, align="start", is_kept=False) -> dict:
    """Return a column; one that is kept stands there even if no row says anything."""
    return {"label": label, "align": align, "is_kept": is_kept}


def row(key, cells, tone="") -> dict:
    return {"key": key, "cells": list(cells), "tone": tone}


def table(name, label, columns, rows, **options) -> dict:
    """Return a table; ``options``: ``count`` of all, ``drill``, ``empty``, ``note``.

    A column in which no row says anything is left out:

    >>> rows = [row(1, [cell(""), cell(2)])]
    >>> block = table("t", "", [column("A"), column("B")], rows)
    >>> [shown["label"] for shown in block["columns"]], len(block["rows"][0]["cells"])
    (['B'], 1)

    >>> block = table("t", "Orders", [column("Order")], [row(1, [cell("S1")])], count=9)
    >>> block["more"]
    8
    >>> table("t", "", [], [])["more"]
    0
    """
    rows = list(rows)
    count = options.pop("count", None)
    kept = [
        place
        for place, shown in enumerate(columns)
        if shown["is_kept"]
        or not rows
        or any(line["cells"][place]["value"] is not False for line in rows)
    ]
    for line in rows:
        line["cells"] = [line["cells"][place] for place in kept]
    return {
        "type": "table",
        "name": name,
        "label": label,
        "columns": [columns[place] for place in kept],
        "rows": rows,
        "count": len(rows) if count is None else count,
        "more": max(0, (count or 0) - len(rows)),
        **options,
    }


def is_empty(block) -> bool:
    """Return whether there is nothing to show in a block.

    >>> is_empty(tags("t", "", [])), is_empty(text("t", "Hello"))
    (True, False)
    >>> is_empty(table("t", "", [], [], empty="Nothing yet"))
    False
    """
    if block["type"] == "text":
        return not block["content"]
    if block["type"] == "table":
        return not block["rows"] and not block.get("empty")
    return not block[block["type"]]

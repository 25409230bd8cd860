"""Whole tables between PostgreSQL and numpy, by binary COPY and without formatting.

Columns are ``i4`` (integer), ``i8`` (bigint) or ``f8`` (double precision), never NULL:
what is not known is no number (NaN).
"""

import io

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
STEP = 100_000


def _row_type(kinds):
    import numpy as np  # noqa: PLC0415 see bg_nbd

    cells = [("count", ">i2")]
    for place, kind in enumerate(kinds):
        cells += [(f"size{place}", ">i4"), (f"value{place}", f">{kind}")]
    return np.dtype(cells)


def decode(data, kinds):
    """Return one array per column of the text of a binary COPY.

    >>> import numpy as np
    >>> columns = np.array([7, 8]), np.array([0.5, -1.0])
    >>> [c.tolist() for c in decode(encode(columns, ("i4", "f8")), ("i4", "f8"))]
    [[7, 8], [0.5, -1.0]]
    """
    import numpy as np  # noqa: PLC0415 see bg_nbd

    row = _row_type(kinds)
    count = (len(data) - len(HEADER) - len(TRAILER)) // row.itemsize
    rows = np.frombuffer(data, row, count, len(HEADER))
    return [rows[f"value{place}"].astype(kind) for place, kind in enumerate(kinds)]


def encode(columns, kinds):
    """Return the text of a binary COPY of the arrays in ``columns``.

    >>> import numpy as np
    >>> len(encode((np.array([1]), np.array([np.nan])), ("i4", "f8")))
    43
    """
    import numpy as np  # noqa: PLC0415 see bg_nbd

    row = _row_type(kinds)
    rows = np.zeros(len(columns[0]), row)
    rows["count"] = len(kinds)
    for place, (kind, values) in enumerate(zip(kinds, columns, strict=True)):
        rows[f"size{place}"] = np.dtype(kind).itemsize
        rows[f"value{place}"] = values
    return HEADER + rows.tobytes() + TRAILER


def read(cr, query, kinds):
    """Return one array per column of the rows of ``query`` (text).

    :param cr: cursor of psycopg2
    """
    target = io.BytesIO()
    cr.copy_expert(f"COPY ({query}) TO STDOUT BINARY", target, 1 << 20)
    return decode(target.getbuffer(), kinds)


def write(cr, table, names, columns, kinds):
    """Append the arrays in ``columns`` to the columns ``names`` of ``table``."""
    for low in range(0, len(columns[0]), STEP):
        part = [values[low : low + STEP] for values in columns]
        cr.copy_expert(
            f"COPY {table} ({', '.join(names)}) FROM STDIN BINARY",
            io.BytesIO(encode(part, kinds)),
            1 << 20,
        )

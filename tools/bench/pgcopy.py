"""Columns of numpy arrays into PostgreSQL, by binary COPY and without formatting."""

import io
import itertools

import numpy as np
from psycopg2 import sql

#: marks NULL in the columns of kind ``i4?`` and ``ts?``
NULL = -1
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"


def digits(prefix, numbers, width, suffix=""):
    """Fixed-width ASCII strings: prefix, zero-padded number, suffix."""
    head, tail = prefix.encode(), suffix.encode()
    out = np.empty((len(numbers), len(head) + width + len(tail)), np.uint8)
    out[:, : len(head)] = np.frombuffer(head, np.uint8)
    rest = np.array(numbers, np.int64)
    for place in range(width - 1, -1, -1):
        out[:, len(head) + place] = 48 + rest % 10
        rest //= 10
    if tail:
        out[:, len(head) + width :] = np.frombuffer(tail, np.uint8)
    return out.reshape(-1).view(f"S{out.shape[1]}")


class Encoder:
    """Encodes rows of one width; one method per kind of column.

    A column is ``(name, kind, data)``; data is one array, or a scalar for all rows.
    Kinds: ``i4``, ``date`` (days since 2000), ``ts`` (microseconds since 2000),
    ``f8``, ``bool``, ``num`` (hundredths), ``str``, ``jsonb``, ``enum`` (data is
    ``(codes, list of bytes)``); ``i4?`` and ``ts?`` are NULL where equal to NULL.
    Every method returns ``(dtype, values)`` pairs, the length first.
    """

    FIXED = {
        "i4": (">i4", 4),
        "date": (">i4", 4),
        "ts": (">i8", 8),
        "f8": (">f8", 8),
        "bool": ("u1", 1),
    }

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows

    def encode(self):
        """Return the rows as bytes."""
        cells = [((">i2",), len(self.columns))]
        for _name, kind, data in self.columns:
            cells += self._cell(kind, data)
        dtype = [(str(place), *kind) for place, (kind, _v) in enumerate(cells)]
        block = np.zeros(len(self.rows), np.dtype(dtype))
        for place, (_kind, values) in enumerate(cells):
            block[str(place)] = values
        return block.tobytes()

    def _cell(self, kind, data):
        if kind in self.FIXED:
            dtype, size = self.FIXED[kind]
            return [((">i4",), size), ((dtype,), self._take(data))]
        if kind in ("i4?", "ts?"):
            return self._optional(kind, self._take(data))
        if kind == "num":
            return self._numeric(np.asarray(self._take(data), np.int64))
        return self._text(kind, data)

    def _take(self, data):
        return data if np.isscalar(data) else data[self.rows]

    def _optional(self, kind, values):
        first = values if np.isscalar(values) else values[0]
        if first == NULL:
            return [((">i4",), -1)]
        dtype, size = self.FIXED[kind[:-1]]
        return [((">i4",), size), ((dtype,), values)]

    def _numeric(self, hundredths):
        """The server's format: digits of base 10,000, here always three of them."""
        sign = np.where(hundredths < 0, 0x4000, 0)
        units, cents = np.divmod(np.abs(hundredths), 100)
        head = np.stack(np.broadcast_arrays(3, 1, sign, 2), -1)
        groups = np.stack([units // 10000, units % 10000, cents * 100], -1)
        return [((">i4",), 14), ((">i2", (4,)), head), ((">i2", (3,)), groups)]

    def _text(self, kind, data):
        if kind == "enum":
            codes, texts = data
            value = texts[int(codes[self.rows[0]])]
            width = len(value)
        elif isinstance(data, str):
            value, width = data.encode(), len(data.encode())
        else:
            value, width = data[self.rows], data.dtype.itemsize
        body = [((f"S{width}",), value)] if width else []
        if kind == "jsonb":
            return [((">i4",), width + 1), (("u1",), 1), *body]
        return [((">i4",), width), *body]


def rows_to_bytes(columns, low, high):
    """Encode the rows from ``low`` to ``high``, kept in their order.

    Rows whose choices of variable width (text of an enum, NULL or not) agree have
    the same width and are encoded at once.
    """
    key = np.zeros(high - low, np.int64)
    for _name, kind, data in columns:
        if kind == "enum":
            key = key * len(data[1]) + data[0][low:high]
        elif kind in ("i4?", "ts?") and not np.isscalar(data):
            key = key * 2 + (data[low:high] == NULL)
    kinds, kind_of = np.unique(key, return_inverse=True)
    if len(kinds) == 1:
        return Encoder(columns, np.arange(low, high)).encode()
    order = np.argsort(kind_of, kind="stable")
    bounds = np.searchsorted(kind_of[order], np.arange(len(kinds) + 1))
    rows = [b""] * (high - low)
    for first, last in itertools.pairwise(bounds):
        places = order[first:last]
        block = Encoder(columns, places + low).encode()
        width = len(block) // len(places)
        for turn, place in enumerate(places.tolist()):
            rows[place] = block[turn * width : (turn + 1) * width]
    return b"".join(rows)


class Stream:
    """The binary COPY text of ``count`` rows, read piece by piece."""

    def __init__(self, columns, count, step=200_000):
        self.pieces = self._make(columns, count, step)
        self.buffer = io.BytesIO(HEADER)

    @staticmethod
    def _make(columns, count, step):
        for low in range(0, count, step):
            yield rows_to_bytes(columns, low, min(count, low + step))
        yield TRAILER

    def read(self, size=-1):
        data = self.buffer.read(size)
        while not data:
            piece = next(self.pieces, None)
            if piece is None:
                return b""
            self.buffer = io.BytesIO(piece)
            data = self.buffer.read(size)
        return data


def copy(cursor, table, count, columns):
    """Append ``count`` rows; columns that the table does not have are left out.

    Columns of the table that are not given take their default.
    """
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped",
        (table,),
    )
    known = {name for [name] in cursor.fetchall()}
    columns = [column for column in columns if column[0] in known]
    statement = sql.SQL("COPY {} ({}) FROM STDIN BINARY").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(name) for name, _kind, _data in columns),
    )
    cursor.copy_expert(statement, Stream(columns, count), 1 << 20)
    if "id" in known:
        cursor.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), MAX(id)) FROM {}"
            ).format(sql.Identifier(table)),
            (table,),
        )

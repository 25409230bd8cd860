"""Rows of whole numbers out of PostgreSQL into numpy, by binary COPY.

The server sends ``PGCOPY``, flags and the length of an extension, then each row as the
number of its columns (2 bytes) and, per column, its length (4 bytes) and its bytes, and
at the end the number -1 in place of a number of columns. Where all columns are whole
numbers without NULL, every row is equally wide, so a block of rows is one numpy array,
and nothing is looked at row by row. Memory stays at what the numbers themselves need.

It imports numpy, so models import it only where they need it.
"""

import io

import numpy as np

MAGIC = b"PGCOPY\n\xff\r\n\0"
HEADER = len(MAGIC) + 8
TRAILER = b"\xff\xff"
KINDS = {"i4": 4, "i8": 8}
#: bytes that are kept before they are taken apart
BLOCK = 1 << 22


class Receiver(io.RawIOBase):
    """Takes the bytes of a binary COPY, block by block, and keeps the columns.

    >>> import struct
    >>> rows = Receiver(["i4", "i8"])
    >>> row = struct.pack(">hiiiq", 2, 4, 7, 8, -1)
    >>> data = MAGIC + bytes(8) + row + row + TRAILER
    >>> for place in range(0, len(data), 5):
    ...     _ = rows.write(data[place : place + 5])
    >>> [column.tolist() for column in rows.columns()]
    [[7, 7], [-1, -1]]

    No row at all gives empty columns, and what is no such row an error:

    >>> rows = Receiver(["i4"])
    >>> _ = rows.write(MAGIC + bytes(8) + TRAILER)
    >>> [column.tolist() for column in rows.columns()]
    [[]]
    >>> rows = Receiver(["i4"])
    >>> _ = rows.write(MAGIC + bytes(8) + struct.pack(">hi", 1, -1) + bytes(4))
    Traceback (most recent call last):
    ...
    ValueError: A column of whole numbers without NULL was expected.
    """

    def __init__(self, kinds):
        super().__init__()
        cells = [("fields", ">i2")]
        for place, kind in enumerate(kinds):
            cells += [(f"length{place}", ">i4"), (f"value{place}", f">{kind}")]
        self._sizes = [KINDS[kind] for kind in kinds]
        self._dtype = cells
        self._kinds = list(kinds)
        self._rest = b""
        self._is_begun = False
        self._blocks = [[] for _kind in kinds]

    def writable(self):
        return True

    def write(self, data):  # pylint: disable=method-required-super
        """Take bytes as they come, whole rows or not."""
        taken = len(data)
        rest = self._rest + bytes(data)
        if not self._is_begun:
            if len(rest) < HEADER:
                self._rest = rest
                return taken
            rest = rest[HEADER:]
            self._is_begun = True
        self._rest = self._take(rest)
        return taken

    def _take(self, data):
        """Keep the whole rows of ``data``; return what is left over."""
        dtype = np.dtype(self._dtype)
        count = len(data) // dtype.itemsize
        if not count:
            return data
        rows = np.frombuffer(data, dtype, count)
        for place, size in enumerate(self._sizes):
            if (rows[f"length{place}"] != size).any():
                raise ValueError("A column of whole numbers without NULL was expected.")
            self._blocks[place].append(rows[f"value{place}"].astype(self._kinds[place]))
        return data[count * dtype.itemsize :]

    def columns(self):
        """Return the columns as arrays; to be called when all bytes are here."""
        if self._rest not in (b"", TRAILER):
            raise ValueError("The copy ended within a row.")
        columns = []
        for place, kind in enumerate(self._kinds):
            blocks = self._blocks[place]
            columns.append(np.concatenate(blocks) if blocks else np.empty(0, kind))
            self._blocks[place] = []
        return columns


def fetch(cursor, statement, kinds):
    """Return the columns of ``statement`` (text with its values in it) as arrays.

    :param cursor: a psycopg2 cursor; it hands over row by row, so a buffer written
        in C stands between it and the receiver
    :param kinds: ``i4`` or ``i8`` for each column
    """
    receiver = Receiver(kinds)
    with io.BufferedWriter(receiver, BLOCK) as buffer:
        cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", buffer)
        buffer.flush()
        return receiver.columns()

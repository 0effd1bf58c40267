"""Records as PostgreSQL's binary COPY sends them, looked at as arrays: nothing is parsed, row by row or at all.

No value is null, so each row has the same length. Its numbers are big-endian, its days count from 2000.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

HEADER = 19
"""Bytes before the first row: signature, flags and the length of an extension that there is not."""
NEVER = 2**31 - 1
"""The day `infinity`."""
EPOCH = 10_957
"""2000-01-01 by days from 1970."""

_DAYS = ("event_on", "effective_on", "expires_on", "ended_on")
_FIELDS = {"citizen": ">i8", "item": ">i2", **dict.fromkeys(_DAYS, ">i4")}
_ROW = np.dtype(
    [("fields", ">i2"), *((f"{kind}{name}", code) for name, value in _FIELDS.items()
                          for kind, code in (("length of ", ">i4"), ("", value)))]
)  # fmt: skip
BLOCK = 65_536 * _ROW.itemsize
"""Bytes of a batch."""


def schema() -> pa.Schema:
    """The columns of the batches."""
    days = [(name, pa.date32()) for name in _DAYS]
    return pa.schema([("citizen", pa.int64()), ("item", pa.dictionary(pa.int16(), pa.string())), *days])


def batches(sent: Iterable[memoryview], codes: list[str]) -> Iterator[pa.RecordBatch]:
    """What was sent, in parts of some `BLOCK`; an item is sent as its place among `codes`."""
    names, rows = pa.array(codes, pa.string()), iter(sent)
    waiting = bytearray(next(rows, memoryview(b""))[HEADER:])
    for row in rows:
        waiting += row
        if len(waiting) >= BLOCK:
            yield _batch(waiting, names)
            waiting = bytearray()
    yield _batch(waiting, names)


def _batch(block: bytearray, names: pa.Array) -> pa.RecordBatch:
    """Whole rows; the two bytes at the very end are none."""
    rows = np.frombuffer(block, _ROW, count=len(block) // _ROW.itemsize)
    places = _arrow(rows["item"].astype(np.int16), pa.int16())
    columns = [_arrow(rows["citizen"].astype(np.int64), pa.int64()), pa.DictionaryArray.from_arrays(places, names)]
    days = [_day(rows[name].astype(np.int32)) for name in _DAYS]
    return pa.RecordBatch.from_arrays([*columns, *days], schema=schema())


def _day(days: NDArray[np.int32]) -> pa.Array:
    """Days of Arrow; null where there is none."""
    there = np.packbits(days != NEVER, bitorder="little")
    return pa.Array.from_buffers(pa.date32(), len(days), [pa.py_buffer(there), pa.py_buffer(days + EPOCH)])


def _arrow(values: NDArray[np.int16 | np.int64], kind: pa.DataType) -> pa.Array:
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])

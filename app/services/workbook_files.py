"""A hostile workbook made harmless: what calamine opens is a copy that we wrote, of parts that we have read to the end.

An XLSX file is a zip of XML. Sizes that a zip declares may lie, a small part may unpack to terabytes, and two cells at
opposite corners of a sheet would make any reader allocate the whole grid between them. So every part is unpacked once,
block by block, against a limit; its XML is looked through; and only then is it stored, uncompressed, in the copy.
"""

from __future__ import annotations

import errno
import tempfile
import zipfile
import zlib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, NoReturn
from xml.parsers import expat

from app.domain.errors import Refusal
from app.services.workbook_parts import Part, reader_of

FILE_MOST = 64 * 2**20
"""Bytes of a workbook as it is sent."""
UNPACKED_MOST = 512 * 2**20
"""Bytes of its XML."""
PARTS_MOST = 2_000
RATIO_MOST = 300
"""How much smaller than its XML a workbook may be; office programs reach some tens."""
BLOCK = 1 << 16

_READ = ("[Content_Types].xml", "_rels/", "xl/")
_XML = (".xml", ".rels")
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, ValueError, RuntimeError)
"""What zipfile and expat raise for a damaged or encrypted file."""


@contextmanager
def harmless(blocks: Iterable[bytes]) -> Iterator[tuple[IO[bytes], dict[str, Part]]]:
    """The copy, and what is in its parts by their names. Both files are unnamed, so that a kill leaves none behind.

    Raises Refusal `workbook-unreadable` or `workbook-too-large`.
    """
    with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as copy:
        _spool(blocks, sent)
        try:
            with zipfile.ZipFile(sent) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as clean:
                parts = _copy(archive, clean)
        except _BROKEN:
            _unreadable()
        except OSError as failure:
            if failure.errno != errno.EINVAL:  # a place before the file's beginning; a full disk is no fault of a file
                raise
            _unreadable()
        copy.seek(0)
        yield copy, parts


def _spool(blocks: Iterable[bytes], sent: IO[bytes]) -> None:
    size = 0
    for block in blocks:
        size += len(block)
        _hold("64 MiB", size <= FILE_MOST)
        sent.write(block)


def _copy(archive: zipfile.ZipFile, clean: zipfile.ZipFile) -> dict[str, Part]:
    entries = archive.infolist()
    _hold(f"{PARTS_MOST} parts", len(entries) <= PARTS_MOST)
    declared = sum(entry.file_size for entry in entries)
    _hold("512 MiB unpacked", declared <= UNPACKED_MOST)
    _hold(f"{RATIO_MOST}:1", declared <= 2**20 + RATIO_MOST * sum(entry.compress_size for entry in entries))
    wanted = [entry for entry in entries if entry.filename.startswith(_READ) and entry.filename.endswith(_XML)]
    if len({entry.filename.lower() for entry in wanted}) < len(wanted):
        _unreadable()
    if any(entry.compress_type not in _PACKED for entry in wanted):
        _unreadable()
    parts: dict[str, Part] = {}
    lengths: array[int] = array("L")
    left = UNPACKED_MOST
    for entry in sorted(wanted, key=lambda entry: "sharedstrings" not in entry.filename.lower()):
        parts[entry.filename] = part = Part()
        left = _copy_part(archive, clean, entry, reader_of(entry.filename, part, lengths), left)
    return parts


def _copy_part(
    archive: zipfile.ZipFile, clean: zipfile.ZipFile, entry: zipfile.ZipInfo, reader: expat.XMLParserType, left: int
) -> int:
    """Read and store one part; how many bytes the others may still have."""
    with archive.open(entry) as packed, clean.open(entry.filename, "w") as stored:
        while block := packed.read(BLOCK):
            left -= len(block)
            _hold("512 MiB unpacked", left >= 0)
            reader.Parse(block, False)
            stored.write(block)
    reader.Parse(b"", True)
    return left


def _hold(limit: str, kept: bool) -> None:
    if not kept:
        raise Refusal("workbook-too-large", limit=limit)


def _unreadable() -> NoReturn:
    raise Refusal("workbook-unreadable")

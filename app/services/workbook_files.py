"""A hostile workbook made harmless: what calamine opens is a workbook of ours around sheets that we read to the end.

An XLSX file is a zip of XML. Sizes that a zip declares may lie, a small part may unpack to terabytes, and two cells at
opposite corners of a sheet would make any reader allocate the whole grid between them. So the parts that we need (list
of sheets, shared texts, visible sheets) are unpacked once, block by block, against a limit, and their XML is looked
through. The copy holds shared texts, sheets, and a list of sheets that we write: it names one, so calamine reaches
nothing else. Styles, macros, links, names and pivot tables stay behind; a day's number is read without its style.
"""

from __future__ import annotations

import errno
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, NoReturn
from xml.parsers import expat

from app.domain.errors import Refusal
from app.services.workbook_parts import PARTS_MOST, Cells, Listing, Reader, Relations, Texts, parser_for

FILE_MOST = 64 * 2**20
"""Bytes of a workbook as it is sent."""
UNPACKED_MOST = 512 * 2**20
"""Bytes of the XML that is read."""
RATIO_MOST = 300
"""How much smaller than that XML its parts may be; office programs reach some tens."""
BLOCK = 1 << 16

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, ValueError, RuntimeError)
"""What zipfile and expat raise for a damaged or encrypted file."""

_ROOT, _BOOK, _RELATIONS = "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_TEXTS = "xl/sharedStrings.xml"
_SHEET = "xl/worksheets/sheet{}.xml"
_OUR_BOOK = """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>"""
_OUR_RELATION = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"
 Target="/{}"/></Relationships>"""


@dataclass(frozen=True, slots=True)
class Harmless:
    """A workbook of one sheet to open, what its XML says, and whether the calendar of its days begins in 1904."""

    copy: IO[bytes]
    sheet: Cells
    from_1904: bool


@contextmanager
def harmless(blocks: Iterable[bytes]) -> Iterator[Harmless]:
    """The one visible sheet with content. Both files are unnamed, so that a kill leaves none behind.

    Raises Refusal `workbook-unreadable`, `workbook-too-large`, `workbook-sheets` or `file-empty`.
    """
    with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as copy:
        _spool(blocks, sent)
        try:
            with zipfile.ZipFile(sent) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as clean:
                sheet, from_1904 = _cleaned(_Package(archive), clean)
        except _BROKEN:
            _unreadable()
        except OSError as failure:
            if failure.errno != errno.EINVAL:  # a place before the file's beginning; a full disk is no fault of a file
                raise
            _unreadable()
        copy.seek(0)
        yield Harmless(copy, sheet, from_1904)


def _spool(blocks: Iterable[bytes], sent: IO[bytes]) -> None:
    size = 0
    for block in blocks:
        size += len(block)
        _hold("64 MiB", size <= FILE_MOST)
        sent.write(block)


class _Package:
    """A zip whose parts are read once each; the limits are over those that are read."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        entries = archive.infolist()
        _hold(f"{PARTS_MOST} parts", len(entries) <= PARTS_MOST)
        if len({entry.filename.lower() for entry in entries}) < len(entries):
            _unreadable()
        self._archive = archive
        self._entries = {entry.filename: entry for entry in entries}
        self._unpacked = self._packed = 0

    def read(self, name: str, reader: Reader) -> Iterator[bytes]:
        """A part's blocks, each after `reader` was told of it; zipfile unpacks no more of it than the zip declares."""
        entry = self._entries.pop(name, None)
        if entry is None or entry.compress_type not in _PACKED:
            _unreadable()
        self._unpacked += entry.file_size
        self._packed += entry.compress_size
        _hold("512 MiB unpacked", self._unpacked <= UNPACKED_MOST)
        _hold(f"{RATIO_MOST}:1", self._unpacked <= 2**20 + RATIO_MOST * self._packed)
        parser = parser_for(reader)
        with self._archive.open(entry) as packed:
            while block := packed.read(BLOCK):
                parser.Parse(block, False)
                yield block
        parser.Parse(b"", True)


def _cleaned(package: _Package, clean: zipfile.ZipFile) -> tuple[Cells, bool]:
    """Write the copy; its sheet, and whether its calendar begins in 1904."""
    listing, relations, texts = Listing(), Relations(), Texts()
    for name, reader in ((_BOOK, listing), (_RELATIONS, relations)):
        for _ in package.read(name, reader):
            pass
    shared = relations.shared_texts()
    if shared is not None:
        _store(clean, _TEXTS, package.read(shared, texts))
    filled: dict[str, Cells] = {}
    for number, part in enumerate(relations.visible_sheets(listing)):
        cells, path = Cells(texts.lengths), _SHEET.format(number)
        _store(clean, path, package.read(part, cells))
        filled |= {path: cells} if cells.filled else {}
    if len(filled) != 1:
        raise Refusal("workbook-sheets" if filled else "file-empty")
    ((path, cells),) = filled.items()
    clean.writestr(_ROOT, _OUR_RELATION.format("officeDocument", _BOOK))
    clean.writestr(_BOOK, _OUR_BOOK)
    clean.writestr(_RELATIONS, _OUR_RELATION.format("worksheet", path))
    return cells, listing.from_1904


def _store(clean: zipfile.ZipFile, name: str, blocks: Iterable[bytes]) -> None:
    with clean.open(name, "w") as stored:
        for block in blocks:
            stored.write(block)


def _hold(limit: str, kept: bool) -> None:
    if not kept:
        raise Refusal("workbook-too-large", limit=limit)


def _unreadable() -> NoReturn:
    raise Refusal("workbook-unreadable")

"""Looking through a workbook's XML as it streams past: which sheets it has, how large they are, what is odd in them."""

from __future__ import annotations

import posixpath
import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn, Protocol
from xml.parsers import expat

from app.domain.errors import Refusal

PARTS_MOST = 2_000
ROWS_MOST = 250_000
COLUMNS_MOST = 100
CELLS_MOST = 3_000_000
"""Of the grid from the first cell to the last: a reader holds every cell of it, empty ones too."""
TEXT_MOST = 128 * 2**20
"""Characters of all cells, and of the texts that cells share: a workbook keeps such a text once, however many cells
show it, and a reader copies it to each."""

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Reader(Protocol):
    """Hears one part of a workbook as it streams past."""

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None:
        """An element begins."""

    def text(self, data: str, /) -> None:
        """Some characters of a text."""


def parser_for(reader: Reader) -> expat.XMLParserType:
    """A parser that tells `reader`; raises ExpatError, or Refusal as `workbook_files.harmless` says.

    A document type has no place in a workbook and could define entities that unfold without end. Encodings other than
    UTF-8 have none either: calamine takes the bytes as they are, and two readers must not see two files.
    """
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _unreadable
    parser.XmlDeclHandler = _check_encoding
    parser.StartElementHandler, parser.CharacterDataHandler = reader.start, reader.text
    return parser


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() != "utf-8":
        _unreadable()


def _unreadable(*_: object) -> NoReturn:
    raise Refusal("workbook-unreadable")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it: its name, whether people see it, and the relation that says where it is."""

    name: str
    visible: bool
    relation: str


@dataclass(slots=True)
class Listing:
    """The workbook's own part: its sheets, and whether its calendar begins in 1904."""

    sheets: list[SheetEntry] = field(default_factory=list)
    from_1904: bool = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A sheet, or the workbook's properties."""
        name = _local(tag)
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            visible = attributes.get("state", "visible") == "visible"
            self.sheets.append(SheetEntry(attributes.get("name", ""), visible, relation))
            _hold(len(self.sheets) <= PARTS_MOST)

    def text(self, data: str) -> None:
        """Says nothing of sheets."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One thing that a workbook points to: its kind (the last word of its type) and its part, none if it is outside."""

    kind: str
    part: str | None


@dataclass(slots=True)
class Relations:
    """What the workbook points to, by the ids that its sheets use."""

    found: dict[str, Relation] = field(default_factory=dict)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A relation."""
        if _local(tag) != "Relationship":
            return
        key, target = attributes.get("Id", ""), attributes.get("Target", "")
        if key in self.found:
            _unreadable()
        inside = attributes.get("TargetMode", "Internal") == "Internal"
        part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/") if inside else None
        self.found[key] = Relation(attributes.get("Type", "").rpartition("/")[2], part)
        _hold(len(self.found) <= PARTS_MOST)

    def text(self, data: str) -> None:
        """Says nothing of relations."""

    def shared_texts(self) -> str | None:
        """The part with the texts that cells share, if there is one; raises Refusal where there are several."""
        parts = [relation.part for relation in self.found.values() if relation.kind == "sharedStrings"]
        if len(parts) > 1 or None in parts:
            _unreadable()
        return parts[0] if parts else None

    def visible_sheets(self, listing: Listing) -> list[str]:
        """The parts of the sheets that people see; raises Refusal where one has none, or two share one or a name."""
        relations = [self.found.get(entry.relation) for entry in listing.sheets]
        parts = [relation.part for relation in relations if relation and relation.part]
        names = {entry.name.casefold() for entry in listing.sheets}
        if not len(listing.sheets) == len(set(parts)) == len(names) or not names:
            _unreadable()
        return [part for entry, part in zip(listing.sheets, parts, strict=True) if entry.visible]


@dataclass(slots=True)
class Texts:
    """The texts that cells share: how long each is."""

    lengths: array[int] = field(default_factory=lambda: array("L"))
    characters: int = 0

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        """A text begins."""
        if _local(tag) == "si":
            self.lengths.append(0)
            _hold(len(self.lengths) <= CELLS_MOST)

    def text(self, data: str) -> None:
        """Some of its characters."""
        self.characters += len(data)
        _hold(self.characters <= TEXT_MOST)
        if self.lengths:
            self.lengths[-1] += len(data)


@dataclass(slots=True)
class Cells:
    """A sheet, whose cells share texts of these `lengths`. Rows and columns count from 0; `odd` holds cells that cannot
    be read, by row and reason, as a mask with a bit for each column."""

    lengths: array[int]
    filled: bool = False
    odd: dict[int, dict[str, int]] = field(default_factory=dict)
    row: int = -1
    column: int = -1
    right: int = 0
    bottom: int = 0
    kind: str | None = None
    shared: str = ""
    shown: int = 0
    covered: int = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A row, a cell or what is in one."""
        self._settle()
        name = _local(tag)
        if name == "c":
            self._cell(attributes)
        elif name in ("v", "is"):
            self._value()
        elif name == "f":
            self._value()
            self._mark(self.row, 1 << self.column, "formula")
        elif name == "row":
            self.row, self.column = int(attributes.get("r", self.row + 2)) - 1, -1
        elif name == "mergeCell":
            self._merged(attributes.get("ref", ""))

    def text(self, data: str) -> None:
        """The number of a shared text, whole or in pieces."""
        if self.kind == "s":
            self.shared += data[:20]

    def _settle(self) -> None:
        if self.shared:
            number = int(self.shared) if self.shared.strip().isdecimal() else -1
            self.shown += self.lengths[number] if 0 <= number < len(self.lengths) else 0
            self.shared = ""
            _hold(self.shown <= TEXT_MOST)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        if "r" in attributes:
            self.row, self.column = _place(attributes["r"])
        else:
            self.column += 1
        self.kind = attributes.get("t")

    def _value(self) -> None:
        """Only a cell with a value takes room; office programs leave formats on many empty ones."""
        _hold(0 <= self.row < ROWS_MOST and 0 <= self.column < COLUMNS_MOST)
        self.right, self.bottom = max(self.right, self.column + 1), max(self.bottom, self.row + 1)
        _hold(self.right * self.bottom <= CELLS_MOST)
        self.filled = True
        if self.kind == "e":
            self._mark(self.row, 1 << self.column, "error-cell")

    def _merged(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        right = min(right, COLUMNS_MOST)
        self.covered += max(0, bottom - top) + 1
        _hold(self.covered <= ROWS_MOST)
        mask = (1 << (right + 1)) - (1 << left) if left <= right else 0
        for row in range(top, bottom + 1):
            self._mark(row, mask, "merged-cell")

    def _mark(self, row: int, columns: int, code: str) -> None:
        masks = self.odd.setdefault(row, {})
        masks[code] = masks.get(code, 0) | columns


def _hold(kept: bool) -> None:
    if not kept:
        limit = f"{ROWS_MOST:,} × {COLUMNS_MOST}, {CELLS_MOST:,}"
        raise Refusal("workbook-too-large", limit=limit)


def _place(ref: str) -> tuple[int, int]:
    """`B5` → (4, 1). Raises Refusal `workbook-unreadable`."""
    found = _CELL.fullmatch(ref)
    if found is None:
        _unreadable()
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1

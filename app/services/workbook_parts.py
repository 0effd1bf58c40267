"""Looking through a workbook's XML as it streams past: where its sheets are, how large, what is odd in them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from app.domain.errors import Refusal

ROWS_MOST = 250_000
COLUMNS_MOST = 100
CELLS_MOST = 3_000_000
"""Of the grid from the first cell to the last: a reader holds every cell of it, empty ones too."""
TEXT_MOST = 128 * 2**20
"""Characters of all cells: a workbook keeps a text once, however many cells show it, and a reader copies it to each."""

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it: its name, whether people see it, and the relation that says where it is."""

    name: str
    visible: bool
    relation: str


@dataclass(slots=True)
class Part:
    """What one part says. Rows and columns count from 0; `odd` holds cells that cannot be read, by row and reason,
    as a mask with a bit for each column."""

    sheets: list[SheetEntry] = field(default_factory=list)
    dates_from_1904: bool = False
    targets: dict[str, str] = field(default_factory=dict)
    filled: bool = False
    odd: dict[int, dict[str, int]] = field(default_factory=dict)

    def mark(self, row: int, columns: int, code: str) -> None:
        """Note cells of a row that cannot be read: `columns` is their mask, `code` why."""
        masks = self.odd.setdefault(row, {})
        masks[code] = masks.get(code, 0) | columns


def reader_of(name: str, part: Part, lengths: array[int]) -> expat.XMLParserType:
    """A parser that fills `part` as it is fed; raises ExpatError, or Refusal as `workbook_files.harmless` says.

    `lengths` are those of the texts that cells share, filled by the part that lists them, which is read first. A
    document type has no place in a workbook and could define entities that unfold without end.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if name.endswith(".rels"):
        parser.StartElementHandler = _Relations(part).start
    elif "sharedstrings" in name.lower():
        texts = _Texts(lengths)
        parser.StartElementHandler, parser.CharacterDataHandler = texts.start, texts.text
    else:
        cells = _Cells(part, lengths)
        parser.StartElementHandler, parser.CharacterDataHandler = cells.start, cells.text
    return parser


def _refuse_doctype(*_: object) -> NoReturn:
    raise Refusal("workbook-unreadable")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


@dataclass(slots=True)
class _Relations:
    part: Part

    def start(self, _name: str, attributes: Mapping[str, str]) -> None:
        if "Id" in attributes and "Target" in attributes:
            self.part.targets[attributes["Id"]] = attributes["Target"]


@dataclass(slots=True)
class _Texts:
    lengths: array[int]

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        if _local(tag) == "si":
            self.lengths.append(0)

    def text(self, data: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(data)


@dataclass(slots=True)
class _Cells:
    """Elements of the workbook's own part and of its sheets; their names are different, so one reader does for both."""

    part: Part
    lengths: array[int]
    row: int = -1
    column: int = -1
    right: int = 0
    bottom: int = 0
    kind: str | None = None
    shared: str = ""
    shown: int = 0
    covered: int = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._settle()
        name = _local(tag)
        if name == "c":
            self._cell(attributes)
        elif name in ("v", "is"):
            self._value()
        elif name == "f":
            self._value()
            self.part.mark(self.row, 1 << self.column, "formula")
        elif name == "row":
            self.row, self.column = int(attributes.get("r", self.row + 2)) - 1, -1
        elif name == "mergeCell":
            self._merged(attributes.get("ref", ""))
        elif name in ("sheet", "workbookPr"):
            self._workbook(name, attributes)

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
        self.part.filled = True
        if self.kind == "e":
            self.part.mark(self.row, 1 << self.column, "error-cell")

    def _merged(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        right = min(right, COLUMNS_MOST)
        self.covered += max(0, bottom - top) + 1
        _hold(self.covered <= ROWS_MOST)
        mask = (1 << (right + 1)) - (1 << left) if left <= right else 0
        for row in range(top, bottom + 1):
            self.part.mark(row, mask, "merged-cell")

    def _workbook(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.part.dates_from_1904 = attributes.get("date1904") in ("1", "true")
            return
        relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
        visible = attributes.get("state", "visible") == "visible"
        self.part.sheets.append(SheetEntry(attributes.get("name", ""), visible, relation))


def _hold(kept: bool) -> None:
    if not kept:
        limit = f"{ROWS_MOST:,} × {COLUMNS_MOST}, {CELLS_MOST:,}"
        raise Refusal("workbook-too-large", limit=limit)


def _place(ref: str) -> tuple[int, int]:
    """`B5` → (4, 1). Raises Refusal `workbook-unreadable`."""
    found = _CELL.fullmatch(ref)
    if found is None:
        raise Refusal("workbook-unreadable")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1

"""Reading a TOML table field by field, noting everything that is wrong with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from app.domain.wording import Words

Member = TypeVar("Member", bound=StrEnum)


LARGEST = 10_000_000
"""The most that a number of a file may be, so that every sum of them stays a 64-bit integer in every engine."""
LONGEST = 500
"""The most characters of a text."""


class Table:
    """One table of a file. A reader always returns its type, and adds to `problems` where it had to make a value up."""

    def __init__(self, data: dict[str, Any], where: str, problems: list[str]) -> None:
        self._data, self._where, self._problems = data, where, problems
        self._read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def over(self, known: Mapping[str, Any]) -> Table:
        """The same table, with what is `known` for the fields that it leaves out."""
        table = Table({**known, **self._data}, self._where, self._problems)
        table._read = set(self._read)
        return table

    def wrong(self, name: str, problem: str) -> None:
        """Note a problem with the field `name`."""
        self._problems.append(f"{self._where}{name}: {problem}")

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number of at most ten million either way; TOML's floats and booleans are none."""
        value = self._take(name, default)
        if type(value) is int and _is_number(value):
            return value
        self.wrong(name, f"must be a whole number from -{LARGEST} to {LARGEST}")
        return 0

    def flag(self, name: str, default: bool | None = None) -> bool:
        """true or false."""
        value = self._take(name, default)
        if isinstance(value, bool):
            return value
        self.wrong(name, "must be true or false")
        return False

    def text(self, name: str) -> str:
        """A text that is not blank, on one line, at most `LONGEST` characters long."""
        value = self._take(name, None)
        if not isinstance(value, str) or not value.strip():
            self.wrong(name, "must be a text")
        elif len(value) > LONGEST or not value.isprintable():
            self.wrong(name, f"must be one line of at most {LONGEST} characters that can be printed")
        else:
            return value
        return ""

    def optional_text(self, name: str) -> str | None:
        """A text that is not blank, or None where the field is absent."""
        return self.text(name) if name in self else None

    def words(self, name: str) -> Words:
        """The text in both languages: fields `<name>_zh` and `<name>_en`."""
        return Words(zh=self.text(f"{name}_zh"), en=self.text(f"{name}_en"))

    def one_of(self, name: str, kind: type[Member]) -> Member:
        """One of an enumeration's values."""
        value = self._take(name, None)
        if isinstance(value, str) and value in list(kind):
            return kind(value)
        self.wrong(name, "must be one of " + ", ".join(kind))
        return next(iter(kind))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of codes, at least one."""
        value = self._take(name, None)
        if isinstance(value, list) and value and all(isinstance(entry, str) and _is_code(entry) for entry in value):
            return tuple(value)
        self.wrong(name, "must be a list of codes")
        return ("",)

    def steps(self, name: str) -> tuple[tuple[int, int], ...]:
        """A list of pairs of whole numbers."""
        value = self._take(name, None)
        if isinstance(value, list) and value and all(_is_pair(entry) for entry in value):
            return tuple((first, second) for first, second in value)
        self.wrong(name, "must be a list of [from_months, percent]")
        return ((0, 100),)

    def tables(self, name: str) -> tuple[Table, ...]:
        """The tables of an array, none where it is absent."""
        value = self._take(name, [])
        if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
            return tuple(
                Table(entry, f"{self._where}{name}[{number}].", self._problems) for number, entry in enumerate(value)
            )
        self.wrong(name, "must be an array of tables")
        return ()

    def finish(self) -> None:
        """Note every field that nobody asked for."""
        for name in sorted(self._data.keys() - self._read):
            self.wrong(name, "is not known here")

    def _take(self, name: str, default: Any) -> Any:
        self._read.add(name)
        return self._data.get(name, default)


def _is_pair(entry: object) -> bool:
    return isinstance(entry, list) and len(entry) == 2 and all(_is_number(number) for number in entry)


def _is_number(value: object) -> bool:
    return type(value) is int and abs(value) <= LARGEST


def _is_code(text: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9_]{0,63}", text) is not None

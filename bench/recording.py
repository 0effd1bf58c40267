"""What one request says to PostgreSQL, statement by statement, so that the floor can say the same with nothing around.

Recorded from the driver itself; ids, hashes and random bytes are found by their form and made anew for each request.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import psycopg

_FRESH = re.compile(r"[0-9a-f]{32,64}")
_LOCK = 1 << 40
"""A whole number beyond this is the number of a lock."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `alone` where it commits by itself."""

    query: str
    values: Any
    alone: bool


@dataclass(slots=True)
class Fresh:
    """One request of the floor's: whose it is (32 digits), and what stands for each recorded id, the same each time."""

    recorded: str
    digits: str
    made: dict[str, str] = field(default_factory=dict)

    def values(self, given: Any) -> Any:
        """The recorded values as this request sends them."""
        if isinstance(given, Mapping):
            return {name: self._one(value) for name, value in given.items()}
        return [self._one(value) for value in given] if isinstance(given, Sequence) else given

    def _one(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) >= 32:
            return _FRESH.sub(self._text, value)
        if isinstance(value, bytes) and len(value) in (16, 32):
            return os.urandom(len(value))
        if isinstance(value, int) and abs(value) > _LOCK:
            return secrets.randbits(62)
        return value

    def _text(self, found: re.Match[str]) -> str:
        old = found.group()
        if old == self.recorded:
            return self.digits
        return self.made.setdefault(old, secrets.token_hex(32)[: len(old)])


@contextmanager
def recording() -> Iterator[list[Statement]]:
    """Every statement that this process sends through psycopg meanwhile."""
    said: list[Statement] = []
    execute: Callable[..., Any] = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
        said.append(Statement(str(query), params, cursor.connection.autocommit))
        return execute(cursor, query, params, **options)

    with patch.object(psycopg.Cursor, "execute", noted):
        yield said

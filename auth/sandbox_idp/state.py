"""What the sandbox provider remembers between requests: one SQLite file, shared by its workers."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from auth.sandbox_idp.accounts import Account, find_account, index_accounts

TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS secrets (hash TEXT PRIMARY KEY, data TEXT NOT NULL, expires REAL NOT NULL);
"""


class SandboxState:
    """Accounts, the signing key, codes and access tokens; codes and tokens are kept as hashes only."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self.clock = clock
        with self._transaction() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(TABLES)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=30)
        try:
            with db:
                yield db
        finally:
            db.close()

    def index(self, accounts: Path) -> None:
        """Read the accounts file, if it changed."""
        with self._transaction() as db:
            db.execute("BEGIN IMMEDIATE")
            index_accounts(db, accounts)

    def account(self, *, login: str | None = None, sub: str | None = None) -> Account | None:
        """A person by login or by subject."""
        with self._transaction() as db:
            return find_account(db, login=login, sub=sub)

    def fact(self, name: str, make: Callable[[], str]) -> str:
        """A value made once and kept across restarts, such as the signing key."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, make()))
            value: str = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0]
            return value

    def keep(self, secret: str, data: dict[str, Any], seconds: int) -> None:
        """Remember `data` under a code or token for `seconds`."""
        now = self.clock()
        with self._transaction() as db:
            db.execute("DELETE FROM secrets WHERE expires < ?", (now,))
            db.execute("INSERT INTO secrets VALUES (?, ?, ?)", (_hash(secret), json.dumps(data), now + seconds))

    def take(self, secret: str) -> dict[str, Any] | None:
        """What was kept under `secret`, once."""
        with self._transaction() as db:
            row = db.execute("DELETE FROM secrets WHERE hash = ? RETURNING data, expires", (_hash(secret),)).fetchone()
        return json.loads(row[0]) if row and row[1] > self.clock() else None

    def look(self, secret: str) -> dict[str, Any] | None:
        """What is kept under `secret`, and stays kept."""
        with self._transaction() as db:
            row = db.execute("SELECT data, expires FROM secrets WHERE hash = ?", (_hash(secret),)).fetchone()
        return json.loads(row[0]) if row and row[1] > self.clock() else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

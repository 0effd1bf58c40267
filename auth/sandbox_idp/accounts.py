"""The sandbox's people, read from an NDJSON file into an index that holds 100,000 of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.id_number import adult_on, birth_date

FIELDS = ("login", "password", "name", "id_number", "city", "assurance_level")


class AccountsError(ValueError):
    """The accounts file cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Account:
    """One fictional person of the sandbox. `result_only`: others are told that it is someone, and not who (网号)."""

    login: str
    password: str
    name: str
    id_number: str
    city: str
    assurance_level: str
    result_only: bool = False

    @property
    def sub(self) -> str:
        """The provider's subject: stable, and telling nothing."""
        return hashlib.sha256(f"sandbox-idp:{self.login}".encode()).hexdigest()[:32]

    def told(self, today: date) -> dict[str, Any]:
        """What UserInfo says to one who may know: a real name, or results only."""
        told = {"sub": self.sub, "city": self.city, "assurance_level": self.assurance_level}
        if not self.result_only:
            return {**told, "name": self.name, "id_number": self.id_number}
        born = birth_date(self.id_number)
        adult = born is not None and adult_on(born, today)
        return {**told, "network_id": f"net-{self.sub}", "age_over_18": adult}

    def get_user_id(self) -> str:
        """Authlib's name for the subject."""
        return self.sub

    def accepts(self, password: str) -> bool:
        """Whether `password` is this person's; compared in constant time, not hashed: the sandbox guards no one."""
        return hmac.compare_digest(self.password.encode(), password.encode())


def index_accounts(db: sqlite3.Connection, path: Path) -> None:
    """Make table `accounts` hold what the file holds now; costs nothing when the file has not changed."""
    stat = path.stat()
    stamp = f"{path.resolve()}:{stat.st_size}:{stat.st_mtime_ns}"
    db.execute("CREATE TABLE IF NOT EXISTS accounts (login TEXT PRIMARY KEY, sub TEXT UNIQUE, person TEXT NOT NULL)")
    if db.execute("SELECT 1 FROM facts WHERE name = 'accounts' AND value = ?", (stamp,)).fetchone():
        return
    db.execute("DELETE FROM accounts")
    db.executemany("INSERT INTO accounts VALUES (?, ?, ?)", _rows(path))
    db.execute("INSERT OR REPLACE INTO facts VALUES ('accounts', ?)", (stamp,))


def find_account(db: sqlite3.Connection, *, login: str | None = None, sub: str | None = None) -> Account | None:
    """The account with this login, or with this subject."""
    row = db.execute("SELECT person FROM accounts WHERE login = ? OR sub = ?", (login, sub)).fetchone()
    return Account(**json.loads(row[0])) if row else None


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            account = _account(line, number)
            yield account.login, account.sub, json.dumps(asdict(account), ensure_ascii=False)


def _account(line: str, number: int) -> Account:
    try:
        person = json.loads(line)
        told = {field: str(person[field]) for field in FIELDS}
        return Account(**told, result_only=person.get("result_only") is True)
    except (ValueError, TypeError, KeyError) as error:
        raise AccountsError(f"line {number} of the sandbox accounts is not an account: {error!r}") from None

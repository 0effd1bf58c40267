"""The lists of attacks in tests/hostile/attacks/*.toml, one `Attack` each for every door it is tried at."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "attacks"
MEMBERS = {
    *("what", "doors", "status", "error"),
    *("alg", "key", "sign", "claims", "seconds", "without", "header", "headerless", "head", "payload", "token"),
    *("twice", "form", "uri", "client", "userinfo", "metadata", "answer", "scheme", "proofs"),
}
"""What an attack may say; anything else is a slip of the pen."""


@dataclass(frozen=True)
class Attack:
    """One attack at one door, with the status and the error code that must come of it."""

    what: str
    door: str
    status: int
    error: str
    said: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.door}: {self.what}"


def attacks(name: str) -> list[Attack]:
    """The attacks of a file: each line tried at its own doors, or at all that the file names."""
    file = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    doors = file["doors"]
    found = [_attack(doors, door, said) for said in file["attacks"] for door in said.get("doors", doors)]
    shown = [str(attack) for attack in found]
    assert len(set(shown)) == len(shown), sorted({one for one in shown if shown.count(one) > 1})
    return found


def _attack(doors: Mapping[str, Mapping[str, Any]], door: str, said: Mapping[str, Any]) -> Attack:
    assert set(said) <= MEMBERS, said
    usual = doors[door]
    return Attack(said["what"], door, said.get("status", usual["status"]), said.get("error", usual["error"]), said)

"""The floor under our merchants' requests: a bare WSGI view that does what no such service can leave out.

On the same server and PostgreSQL, with the same durability: it checks the same signature, sends the same statements (as
recorded from ours) by the driver alone, signs the same statement where ours signs one, and answers as many bytes.
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from bench.recording import Fresh, Statement

FACTS = "XINYI_BENCH_FLOOR"
_DIGITS = re.compile(rb"[0-9]{32}")
Answer = Callable[[str, list[tuple[str, str]]], object]


@dataclass(frozen=True, slots=True)
class Work:
    """What the floor does for the requests to `path` with `mark`; `recorded` are the digits of the recorded person."""

    path: str
    mark: bytes
    recorded: str
    statements: tuple[Statement, ...]
    signs: bool
    status: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the floor knows: the database (libpq) and the works."""

    database: str
    works: tuple[Work, ...]


def build() -> Callable[[dict[str, Any], Answer], Iterable[bytes]]:
    """The WSGI application; what it does is in the file that the environment names."""
    facts: Facts = pickle.loads(Path(os.environ[FACTS]).read_bytes())
    lines, key = threading.local(), generate_private_key(SECP256R1())

    def answer(environ: dict[str, Any], start: Answer) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET":
            start("200 OK", [("Content-Length", "0")])
            return []
        _check(environ["HTTP_DPOP"])
        said = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        json.loads(said)
        found = _DIGITS.search(environ["PATH_INFO"].encode() + b" " + said)
        at = environ["PATH_INFO"]
        work = next(work for work in facts.works if at.endswith(work.path) and work.mark in said)
        _say(lines, facts.database, work, found.group().decode() if found else "")
        if work.signs:
            key.sign(work.body, ECDSA(SHA256()))
        start(work.status, [("Content-Type", "application/json"), ("Content-Length", str(len(work.body)))])
        return [work.body]

    return answer


def _say(lines: threading.local, database: str, work: Work, digits: str) -> None:
    fresh = Fresh(work.recorded, digits)
    if not hasattr(lines, "alone"):
        lines.alone, lines.together = psycopg.connect(database, autocommit=True), psycopg.connect(database)
    for statement in work.statements:
        cursor = (lines.alone if statement.alone else lines.together).cursor()
        cursor.execute(statement.query, fresh.values(statement.values))
        if cursor.pgresult is not None and cursor.pgresult.nfields:
            cursor.fetchall()
    lines.together.commit()


def _check(proof: str) -> None:
    head, _, rest = proof.partition(".")
    payload, _, signature = rest.partition(".")
    raw = _decoded(signature)
    signed = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    _key(head).verify(signed, f"{head}.{payload}".encode(), ECDSA(SHA256()))
    json.loads(_decoded(payload))


@lru_cache(maxsize=64)
def _key(head: str) -> EllipticCurvePublicKey:
    jwk = json.loads(_decoded(head))["jwk"]
    x, y = (int.from_bytes(_decoded(jwk[part]), "big") for part in "xy")
    return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

"""Proofs of deletion: a JWS (RFC 7515) that says by which rule and when something was deleted, and never what.

Its commitment is to the record as an export of one's data told it; who kept such an export can show that it was this
record (`xinyi receipt verify PROOF --record RECORD`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import jwt
from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.retention import SALT_BYTES, commitment, rule_of
from app.store import deletion_proofs as store
from app.store import exporting, models
from app.store.base import new_id
from app.store.deletion_proofs import DeletionProof
from app.store.keys import KeyRing
from app.store.records import RecordRow

TYPE = "deletion-proof+jwt"
ALGORITHM = "ES256"
_TABLE = models.load().tables["records"]
Sign = Callable[[Mapping[str, Any]], str]
"""Signs the claims of a proof; the compact JWS."""


def signer(keys: KeyRing, issuer: str) -> Sign:
    """Signs with the deployment's key for receipts, in the name of `issuer`."""

    def sign(claims: Mapping[str, Any]) -> str:
        key = keys.current("receipt")
        pem = key.private.as_pem(private=True)
        return jwt.encode({"iss": issuer, **claims}, pem, ALGORITHM, headers={"typ": TYPE, "kid": key.kid})

    return sign


def no_key(_: Mapping[str, Any]) -> str:
    """For those who prove nothing: raises LookupError."""
    raise LookupError("no key to sign a proof with")


def prove(session: Session, rows: Sequence[RecordRow], sign: Sign, now: datetime) -> Sequence[DeletionProof]:
    """Keep the proofs that these records are deleted now; returns them."""
    proofs = [_proof(row, sign, now) for row in rows]
    store.add(session, proofs)
    return proofs


def _proof(row: RecordRow, sign: Sign, now: datetime) -> DeletionProof:
    salt, day = os.urandom(SALT_BYTES), day_of(now)
    told = exporting.plain(_TABLE, {column.name: getattr(row, column.name) for column in _TABLE.columns})
    proof_id, rule, committed = new_id("prf"), rule_of(row.ended_on), commitment(salt, told)
    claims = {
        "jti": proof_id,
        "iat": int(now.timestamp()),
        "rule": str(rule),
        "deleted_on": day.isoformat(),
        "commitment": committed.hex(),
        "salt": salt.hex(),
    }
    return DeletionProof(
        citizen_id=row.citizen_id,
        id=proof_id,
        rule=rule,
        deleted_on=day,
        salt=salt,
        commitment=committed,
        signed=sign(claims),
    )


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[DeletionProof]:
    """A person's proofs, newest first, older than the id `before`."""
    return store.listed(session, citizen_id, before=before, limit=limit)

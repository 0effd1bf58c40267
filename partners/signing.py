"""Decisions signed for partners: a JWT (RFC 7519) that anyone verifies with the keys of /oauth/jwks alone."""

from __future__ import annotations

from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from app.domain.decision import Decision
from app.domain.scenario import Path
from app.web.kit import kit
from app.web.offers import benefit_json

TYPE = "decision+jwt"
ALGORITHM = "ES256"


def sign(decision: Decision) -> str:
    """The statement of a decision for its partner: path and benefit, no reason, score or name (guardrail 9)."""
    key = kit().keys.current("decision")
    private = cast(EllipticCurvePrivateKey, key.private.private_key)
    return jwt.encode(_claims(decision), private, algorithm=ALGORITHM, headers={"typ": TYPE, "kid": key.kid})


def _claims(decision: Decision) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "iss": kit().settings.base_url,
        "aud": decision.partner_id,
        "jti": decision.decision_id,
        "iat": int(decision.decided_at.timestamp()),
        "exp": int(decision.valid_until.timestamp()),
        "livemode": decision.livemode,
        "citizen_ref": decision.citizen_ref,
        "scenario": decision.scenario,
        "path": decision.path.value,
    }
    if decision.path is Path.CREDIT and decision.benefit:
        claims["benefit"] = benefit_json(decision.benefit)
    return claims

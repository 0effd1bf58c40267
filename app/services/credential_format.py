"""A credential as an SD-JWT VC: signed by our key, bound to the phone's, with decoys (RFC 9901 section 4.2.5).

Every credential has the same number of digests whatever it can show, so that a reader learns of a claim by its
disclosure only, never by a gap. The library makes salts, digests and the signature; decoys are claims without a
disclosure.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer

from app.domain import credential
from app.services.es256 import point_of
from app.services.holders import HONOURS
from app.store.keys import SigningKey


def sign(envelope: Mapping[str, Any], claims: Mapping[str, Any], *, key: SigningKey, holder: Mapping[str, Any]) -> str:
    """The credential with all its disclosures: `<JWT>~<disclosure>~…~`. `holder`: the public JWK of the phone."""
    decoys: list[str] = []
    issuer = SDJWTIssuer(
        {**envelope, **_hidden(claims, decoys)},
        JWK.from_json(json.dumps(key.private.as_dict(private=True))),
        JWK.from_json(json.dumps(point_of(holder))),
        sign_alg="ES256",
        extra_header_parameters={"typ": credential.TYPE, "kid": key.kid},
    )
    shown = [one.b64 for one in issuer.ii_disclosures if one.value not in decoys]
    return "~".join((issuer.serialized_sd_jwt, *shown, ""))


def _hidden(claims: Mapping[str, Any], decoys: list[str]) -> dict[Any, Any]:
    """The claims, each hidden behind a digest, and decoys for those that are missing; notes the decoys' values."""

    def decoy() -> str:
        decoys.append(secrets.token_urlsafe(16))
        return decoys[-1]

    hidden: dict[Any, Any] = {}
    for name in credential.CLAIMS:
        one = decoy()
        hidden[SDObj(name if name in claims else one)] = claims.get(name, one)
    honours = [*claims["honours"], *(decoy() for _ in HONOURS)][: max(len(HONOURS), len(claims["honours"]))]
    secrets.SystemRandom().shuffle(honours)
    return {**hidden, "honours": [SDObj(one) for one in honours]}

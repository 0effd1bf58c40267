"""Tokens as an attacker makes them: any header, any claim, any key, and no library's scruples in between."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

DEEP = "[" * 1200 + "]" * 1200
LONG = "x" * 5000


def forge(
    said: Mapping[str, Any],
    *,
    claims: Mapping[str, Any],
    header: Mapping[str, Any],
    keys: Mapping[str, Any],
    words: Mapping[str, Any],
    now: int,
) -> str:
    """The token of an attack: `claims` and `header` are those of a right one, which it bends.

    `keys`: private keys (or bytes, for HMAC) by the names that attacks use, `own` being the right one. `words` stand
    for `{word}` in the attack's texts.
    """
    if "token" in said:
        return str(fill(said["token"], words))
    head = {**header, **fill(said.get("header", {}), words), **({"alg": said["alg"]} if "alg" in said else {})}
    body = {**claims, **fill(said.get("claims", {}), words)}
    body |= {name: now + seconds for name, seconds in said.get("seconds", {}).items()}
    first = _json(head, said.get("headerless", ()), said.get("head"), words)
    second = _json(body, said.get("without", ()), said.get("payload"), words)
    signing_input = f"{_b64(first)}.{_b64(second)}"
    key = keys[said.get("key", "own")]
    return f"{signing_input}.{_b64(_signature(str(said.get('sign', head.get('alg'))), key, signing_input.encode()))}"


def fill(value: Any, words: Mapping[str, Any]) -> Any:
    """The value with each `{word}` replaced: by what it stands for where it is all of a text, else within the text."""
    if isinstance(value, dict):
        return {name: fill(inner, words) for name, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, words) for inner in value]
    if not isinstance(value, str):
        return value
    if value[:1] == "{" and value[1:-1] in words:
        return words[value[1:-1]]
    for word, meaning in words.items():
        if isinstance(meaning, str):
            value = value.replace(f"{{{word}}}", meaning)
    return value


def unpacked(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a right token, to be bent."""
    first, second = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    return first, second


def _json(value: Mapping[str, Any], without: Any, raw: str | None, words: Mapping[str, Any]) -> bytes:
    kept = {name: inner for name, inner in value.items() if name not in without}
    text = json.dumps(kept) if raw is None else str(fill(raw, {**words, "members": json.dumps(kept)[1:-1]}))
    return text.encode()


def _signature(algorithm: str, key: Any, data: bytes) -> bytes:
    match key:
        case bytes():
            return hmac.digest(key, data, hashlib.sha256)
        case _ if algorithm == "none":
            return b""
        case ec.EllipticCurvePrivateKey():
            size = (key.key_size + 7) // 8
            r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        case ed25519.Ed25519PrivateKey():
            return key.sign(data)
        case rsa.RSAPrivateKey() if algorithm == "PS256":
            return key.sign(data, padding.PSS(padding.MGF1(SHA256()), SHA256().digest_size), SHA256())
        case rsa.RSAPrivateKey():
            return key.sign(data, padding.PKCS1v15(), SHA256())
    raise AssertionError(f"no way to sign with {type(key)}")


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

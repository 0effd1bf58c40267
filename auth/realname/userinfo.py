"""UserInfo of the real-name platform: who the person is, or only that it is someone (result-only, 网号).

Claims: `name`, `id_number`, `city`, `assurance_level`; or `network_id`, `age_over_18`, `assurance_level` and, where the
platform knows and may tell them, `city` and `name` (国家网络身份认证公共服务管理办法, Order 173: the platform confirms,
and gives a plaintext identity only by law or with the person's own consent).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.id_number import birth_date
from app.store.citizens import NetworkIdentity, Person, RealName
from auth.jose import is_token
from auth.realname.provider import LoginRefused

LEVELS = ("al1", "al2", "al3")
LONGEST = 64


def person_of(claims: Mapping[str, Any], *, issuer: str, home_city: str) -> Person:
    """The person that UserInfo speaks of; raises LoginRefused where it speaks of no one, or of one in two ways.

    `home_city` stands in where a result-only answer names none; empty: such an answer is refused.
    """
    if "network_id" not in claims:
        return _real_name(claims)
    if "id_number" in claims:
        raise LoginRefused("UserInfo gives a number and a network identity")
    return _network_identity(claims, issuer, home_city)


def _real_name(claims: Mapping[str, Any]) -> RealName:
    id_number = _text(claims, "id_number").upper()
    if birth_date(id_number) is None:
        raise LoginRefused("UserInfo gives something that is not an identity number")
    return RealName(_text(claims, "name"), id_number, _text(claims, "city"), _level(claims))


def _network_identity(claims: Mapping[str, Any], issuer: str, home_city: str) -> NetworkIdentity:
    network_id, adult = claims["network_id"], claims.get("age_over_18")
    if not isinstance(network_id, str) or not is_token(network_id) or not isinstance(adult, bool):
        raise LoginRefused("UserInfo gives a network identity without an id or an age result")
    return NetworkIdentity(
        issuer=issuer,
        network_id=network_id,
        adult=adult,
        city=_text({"city": home_city} | dict(claims), "city"),
        assurance_level=_level(claims),
        name=_text(claims, "name") if "name" in claims else None,
    )


def _level(claims: Mapping[str, Any]) -> str:
    level = _text(claims, "assurance_level")
    if level not in LEVELS:
        raise LoginRefused("UserInfo gives an unknown assurance level")
    return level


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST or not value.isprintable():
        raise LoginRefused(f"UserInfo lacks {name}, or it is no text")
    return value

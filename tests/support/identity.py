"""A small city for identity tests: a real sandbox platform, registered clients, people who can log in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from joserfc.jwk import ECKey
from requests.adapters import BaseAdapter
from sqlalchemy.orm import Session

from app.cli.client import XinyiClient
from app.services import factors
from app.services.clients import register_client
from app.services.operators import add_operator
from app.store import partners
from app.web.kit import EXTENSION, Kit
from auth import nonces, views
from auth.realname.platform import cookieless
from auth.sandbox_idp import create_idp
from tests.support.people import id_number
from tests.support.wire import WsgiAdapter

APP_CALLBACK = "http://127.0.0.1:8000/app/callback"
PARTNER_CALLBACK = "https://shop.example/callback"
DESK_CALLBACK = "http://127.0.0.1:8000/desk/callback"
TOTP_SECRET = "XINYITESTXINYITESTXINYITESTXINYI"
"""Every operator's in tests."""
PEOPLE = {"lin": 1, "wang": 2, "zhao": 3}


@dataclass
class City:
    """The app, its platform, and clients that log in for real."""

    app: Flask
    kit: Kit
    platform: Any
    keys: dict[str, ECKey] = field(default_factory=dict)
    partner_ids: dict[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return self.kit.settings.base_url

    def http(self) -> requests.Session:
        """A browser of its own."""
        http = requests.Session()
        http.mount(self.base_url, WsgiAdapter(self.app))
        http.mount(self.kit.settings.upstream_issuer, self.platform)
        return http

    def client(self, client_id: str = "xinyi-app", redirect_uri: str = APP_CALLBACK, **options: Any) -> XinyiClient:
        """A client in a browser of its own, which has heard the server's nonce."""
        options.setdefault("http", self.http())
        options.setdefault("assertion_key", self.keys.get(client_id))
        clock = self.kit.clock
        client = XinyiClient(
            self.base_url, client_id, redirect_uri=redirect_uri, clock=lambda: clock().timestamp(), **options
        )
        client.dpop_nonce = nonces.current(self.kit.pii, clock())
        return client

    def citizen(self, login: str = "lin") -> XinyiClient:
        """The citizen app, logged in."""
        client = self.client()
        client.login_citizen(login, f"demo-{login}")
        return client

    def partner(self, client_id: str = "shop", **options: Any) -> XinyiClient:
        """A partner's client."""
        return self.client(client_id, PARTNER_CALLBACK, **options)

    def desk(self) -> XinyiClient:
        """The operators' desk."""
        return self.client("xinyi-desk", DESK_CALLBACK)

    def operator(self, login: str = "zhao") -> XinyiClient:
        """The desk, with an operator logged in by real name and one-time code."""
        desk = self.desk()
        desk.login_citizen(login, f"demo-{login}", "openid operator", totp_secret=TOTP_SECRET)
        return desk


def build_city(app: Flask, session: Session, tmp_path: Path) -> City:
    """Register everyone and connect the app to a sandbox platform of its own."""
    kit: Kit = app.extensions[EXTENSION]
    city = City(app, kit, WsgiAdapter(_sandbox(kit, tmp_path)))
    moment = kit.clock()
    register_client(
        session,
        client_id="xinyi-app",
        kind="app",
        profile="app",
        jwks={},
        redirect_uris=[APP_CALLBACK],
        scopes=["openid", "profile", "citizen"],
        name="信易+",
        now=moment,
    )
    register_client(
        session,
        client_id="xinyi-desk",
        kind="desk",
        profile="app",
        jwks={},
        redirect_uris=[DESK_CALLBACK],
        scopes=["openid", "operator"],
        name="信用办工作台",
        now=moment,
    )
    for client_id in ("shop", "cafe"):
        _add_partner(city, session, client_id)
    operator_id = add_operator(session, kit.pii, id_number=id_number(3), name="赵经办", roles=["admin"], now=moment)
    factors.enrol(session, kit.pii, operator_id, TOTP_SECRET, moment)
    session.commit()
    connect(app, kit.settings.upstream_issuer, city.platform)
    return city


def connect(app: Flask, issuer: str, adapter: BaseAdapter) -> None:
    """Let the app reach its real-name platform through this adapter and nothing else."""
    platform = app.extensions[views.EXTENSION].platform
    platform.http = cookieless()
    platform.http.mount(issuer, adapter)
    platform.forget()


def _sandbox(kit: Kit, tmp_path: Path) -> Flask:
    accounts = tmp_path / "accounts.ndjson"
    accounts.write_text("\n".join(json.dumps(_account(login)) for login in PEOPLE) + "\n", encoding="utf-8")
    settings = kit.settings
    return create_idp(
        accounts,
        settings.upstream_issuer,
        client_id=settings.upstream_client_id,
        client_secret=settings.upstream_client_secret,
        redirect_uris=(settings.base_url + views.CALLBACK,),
        clock=lambda: kit.clock().timestamp(),
    )


def _account(login: str) -> dict[str, str]:
    return {
        "login": login,
        "password": f"demo-{login}",
        "name": {"lin": "林小满", "wang": "王一诺", "zhao": "赵经办"}[login],
        "id_number": id_number(PEOPLE[login]),
        "city": "xiamen",
        "assurance_level": "al2",
    }


def _add_partner(city: City, session: Session, client_id: str) -> None:
    moment = city.kit.clock()
    partner = partners.add(
        session,
        name_zh=f"{client_id} 商户",
        name_en=f"{client_id} merchant",
        scenarios=["xm-bike-rental", "xm-library-loans"],
        livemode=False,
        now=moment,
    )
    city.partner_ids[client_id] = partner.id
    city.keys[client_id] = key = ECKey.generate_key("P-256", auto_kid=True)
    register_client(
        session,
        client_id=client_id,
        kind="partner",
        profile="fapi2",
        jwks={"keys": [key.as_dict(private=False)]},
        redirect_uris=[PARTNER_CALLBACK],
        scopes=["partner", "card_scans", "eligibility", "orders", "score:read"],
        name=partner.name_zh,
        partner_id=partner.id,
        now=moment,
    )

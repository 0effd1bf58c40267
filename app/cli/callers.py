"""Who `xinyi curl` can speak as: everyone in `demo.json`. Their sessions are kept."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from app.cli.client import OAuthError, Tokens, XinyiClient
from app.cli.demo_facts import DESK_CLIENT
from app.cli.keyfiles import read_key
from app.config import SettingsError

DESK_SCOPE = "openid operator"
SPARE_SECONDS = 20


class Caller:
    """One who calls the API of a running demo. Its tokens and proof key are kept in `folder`, readable by us alone."""

    def __init__(self, facts: dict[str, Any], who: str, folder: Path) -> None:
        self.facts, self.who, self.kept = facts, who, folder / f"{who.partition(':')[0]}.json"
        self.client = _client(facts, who)
        self.client.http.headers["User-Agent"] = "xinyi curl"
        self._restore()

    def request(self, method: str, path: str, **options: Any) -> Any:
        """One call, logged in when need be, once more when the kept session has ended; the `requests` response."""
        if self.client.tokens is None:
            self.log_in()
        answer = self._ask(method, path, options)
        if answer is None or answer.status_code == 401:
            self.log_in()
            answer = self._ask(method, path, options)
        self._keep()
        return answer

    def log_in(self) -> None:
        """A new session; raises OAuthError where it is refused."""
        self.client.tokens = None
        found = _found(self.facts, self.who)
        if "private_key_path" in found:
            self.client.client_credentials(" ".join(found.get("scopes", ("records",))))
        else:
            scope = DESK_SCOPE if "roles" in found else " ".join(self.facts["app"]["scopes"])
            self.client.login_citizen(self.who, found["password"], scope, totp_secret=found.get("totp_secret", ""))
        self._keep()

    def _ask(self, method: str, path: str, options: dict[str, Any]) -> Any:
        with suppress(OAuthError):
            return self.client.request(method, path, **options)
        return None

    def _restore(self) -> None:
        with suppress(FileNotFoundError, ValueError, TypeError, KeyError):
            kept = json.loads(self.kept.read_text())
            tokens = Tokens(**kept["tokens"])
            if kept["base_url"] != self.facts["base_url"]:
                return
            if tokens.refresh_token or tokens.expires_at > time.time() + SPARE_SECONDS:
                self.client.tokens, self.client.dpop_key = tokens, ECKey.import_key(kept["dpop_key"])

    def _keep(self) -> None:
        if self.client.tokens is None:
            return
        kept = {
            "base_url": self.facts["base_url"],
            "tokens": asdict(self.client.tokens),
            "dpop_key": self.client.dpop_key.as_dict(private=True),
        }
        self.kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self.kept.with_suffix(".half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file)
        half.replace(self.kept)


def _found(facts: dict[str, Any], who: str) -> dict[str, Any]:
    """The entry of `demo.json` for `who`; a resident who is not listed has the password of those who are.

    A partner's client that came later is given as CLIENT_ID:KEY_FILE.
    """
    clients = (*facts["partners"], *facts["departments"], *facts.get("registers", ()))
    for entry in (*facts["citizens"], *facts["operators"], *clients):
        if who in (entry.get("login"), entry.get("client_id"), entry.get("name"), entry.get("code")):
            return dict(entry)
    client_id, _, key = who.partition(":")
    if key and not Path(key).is_file():
        raise SettingsError(f"there is no key file {key}")
    if key:
        return {"client_id": client_id, "private_key_path": key, "scopes": ()}
    if who.rpartition("-")[2].isdigit():
        return {"login": who, "password": facts["citizens"][0]["password"]}
    known = ", ".join(entry.get("login") or entry["client_id"] for entry in (*facts["citizens"], *facts["partners"]))
    raise SettingsError(f"nobody here is called {who!r}; there are {known}, …")


def _client(facts: dict[str, Any], who: str) -> XinyiClient:
    found = _found(facts, who)
    if "private_key_path" in found:
        key = read_key(Path(found["private_key_path"]))
        redirect = found.get("redirect_uri", "")
        return XinyiClient(facts["base_url"], found["client_id"], assertion_key=key, redirect_uri=redirect)
    if "roles" in found:
        return XinyiClient(facts["base_url"], DESK_CLIENT, redirect_uri=facts["base_url"] + "/desk/callback")
    app = facts["app"]
    return XinyiClient(facts["base_url"], app["client_id"], redirect_uri=app["redirect_uri"])


def consent_of(facts: dict[str, Any], partner: str, citizen: str, scope: str, term_days: int) -> dict[str, str]:
    """Walk a citizen through a partner's consent; the consent's id and the partner's name of the citizen."""
    client = _client(facts, partner)
    tokens = client.login_citizen(citizen, _found(facts, citizen)["password"], f"openid {scope}", term_days=term_days)
    return {"consent_id": tokens.consent_id or "", "citizen_ref": tokens.sub or ""}

"""Tells people and programs what a running demo offers: `var/demo.json` (spec/api.md) and the lines on the screen."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from app.cli.demo_data.entities import REGISTER, REGISTER_CLIENT, REGISTER_NAME
from app.cli.demo_data.partners import DemoPartner
from app.cli.demo_data.people import PASSWORD
from app.cli.demo_data.plan import THREE_CITIES, Plan
from app.cli.demo_facts import APP_CLIENT, demo_file
from app.cli.demo_folder import DemoFolder
from app.cli.demo_registration import PARTNER_REDIRECT, SCOPES, app_redirect, register_apps
from app.services import partners
from app.store import oauth
from app.web.kit import Kit

PAIRING_LIFE = timedelta(days=1)
LOGIN_FORM = {"login": "login", "password": "password"}


def write_facts(kit: Kit, folder: DemoFolder, plan: Plan = THREE_CITIES) -> dict[str, Any]:
    """Write `demo.json` for this run, with fresh pairing links, whole or not at all; returns what it says."""
    register_apps(kit)
    base_url, office = kit.settings.base_url, {operator.login for operator in plan.operators}
    facts = {
        "base_url": base_url,
        "issuer": base_url,
        "app": {"client_id": APP_CLIENT, "redirect_uri": app_redirect(base_url), "scopes": list(SCOPES["app"])},
        "citizens": [
            {"login": role.login, "password": PASSWORD, "city": role.city, "note": role.note}
            for role in plan.cast if role.login not in office
        ],
        "partners": [_partner(kit, folder, partner) for partner in plan.partners],
        "departments": [
            {
                "name": department.name,
                "code": department.code,
                "client_id": department.client_id,
                "private_key_path": str(folder.key(department.client_id)),
                "sample_files": [str(folder.samples / department.code / file.name) for file in department.files],
            }
            for department in plan.departments
        ],
        "registers": [_register(folder)],
        "operators": [
            {
                "login": operator.login,
                "password": PASSWORD,
                "roles": list(operator.roles),
                "totp_secret": folder.totp(operator.login).read_text("ascii"),
            }
            for operator in plan.operators
        ],
        "identity_provider": {"issuer": kit.settings.upstream_issuer, **LOGIN_FORM},
    }  # fmt: skip
    path = demo_file(kit.settings)
    half = path.with_suffix(".half")
    half.touch(mode=0o600)
    half.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", "utf-8")
    half.replace(path)
    return facts


def show(facts: dict[str, Any], console: Console) -> None:
    """Print addresses, logins and what to do first."""
    table = Table("login", "city", "what for", title=f"logins; everyone's password is {PASSWORD}", title_justify="left")
    for person in (*facts["citizens"], *facts["operators"]):
        note = person.get("note") or f"credit office: {', '.join(person['roles'])}; code: xinyi otp {person['login']}"
        table.add_row(person["login"], person.get("city", ""), note)
    console.print(table)
    console.print(f"the citizen's app       {facts['base_url']}/app")
    console.print(f"office desk             {facts['base_url']}/desk")
    for partner in facts["partners"]:
        console.print(f"counter of {partner['name']:<13}{partner['counter_pairing_url']}", soft_wrap=True)
    console.print(f"real-name platform      {facts['identity_provider']['issuer']}")
    login = facts["citizens"][0]["login"]
    console.print(f"try the API             .venv/bin/xinyi curl --as {login} GET /citizen/v1/home", soft_wrap=True)
    console.print("Ctrl-C stops everything; the next start finds it as it was.")


def _register(folder: DemoFolder) -> dict[str, Any]:
    """The register of legal entities."""
    return {
        "name": REGISTER_NAME,
        "code": REGISTER,
        "client_id": REGISTER_CLIENT,
        "private_key_path": str(folder.key(REGISTER_CLIENT)),
        "scopes": list(SCOPES["register"]),
    }


def _partner(kit: Kit, folder: DemoFolder, partner: DemoPartner) -> dict[str, Any]:
    with kit.sessions.begin() as session:
        client = oauth.client(session, partner.client_id)
        if client is None or client.partner_id is None:
            raise LookupError(partner.client_id)
        link = partners.pairing_link(session, client.partner_id, kit.clock(), life=PAIRING_LIFE)
    return {
        "name": partner.name_zh,
        "client_id": partner.client_id,
        "private_key_path": str(folder.key(partner.client_id)),
        "redirect_uri": PARTNER_REDIRECT,
        "scopes": list(SCOPES["partner"]),
        "scenarios": list(partner.scenarios),
        "counter_pairing_url": f"{kit.settings.base_url}/counter#pair={link.token}",
    }

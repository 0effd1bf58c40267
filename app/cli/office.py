"""`xinyi client`: what a deployment needs before its desk can be used, noted in the trail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.demo_registration import SCOPES
from app.cli.keyfiles import make_key
from app.cli.place import workplace
from app.domain.errors import Refusal
from app.services import clients
from app.services.clients import PROFILES
from app.store import operator_actions
from app.web.kit import Kit

HAND = "command-line"
"""Who did it, in the operators' trail: someone with a shell on this machine."""


@click.group()
def client() -> None:
    """OAuth clients: the citizen app, the desk, partners, departments."""


@client.command("add")
@click.argument("client_id")
@click.option("--kind", required=True, type=click.Choice(sorted(set(PROFILES) - {"counter"})))
@click.option("--name", required=True, help="what citizens read")
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="of an app, a desk, a partner's consent page")
@click.option("--jwk", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="its public key, a JWK file")
@click.option("--partner-id", help="whose client it is")
@click.option("--department", help="the department's code in the catalogue")
@click.option("--register", is_flag=True, help="of a department: it registers legal entities, and sends no records")
@click.option("--live", is_flag=True, help="for live data, not the sandbox")
def add_client(client_id: str, kind: str, name: str, jwk: Path | None, register: bool, live: bool, **more: Any) -> None:
    """Register CLIENT_ID, or replace it. Its private key stays with it; we keep the public one."""
    if register and kind != "department":
        raise click.UsageError("--register is for a department")
    keys = [json.loads(jwk.read_text())] if jwk else []
    with workplace() as kit, kit.sessions.begin() as session:
        try:
            clients.register_client(
                session, client_id=client_id, kind=kind, profile=PROFILES[kind], name=name, jwks={"keys": keys},
                redirect_uris=more["redirect_uris"], scopes=SCOPES["register" if register else kind],
                partner_id=more["partner_id"], department_id=more["department"], livemode=live, now=kit.clock(),
            )  # fmt: skip
        except Refusal as refused:
            faults = "; ".join(f"{error.pointer}: {error.detail}" for error in refused.errors)
            raise click.ClickException(faults or refused.code) from refused
        note(session, kit, "client.add", client_id, {"kind": kind})
    click.echo(f"{client_id} is registered")


@client.command("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new_key(file: Path) -> None:
    """Write a new ES256 private key to FILE (mode 600) and print its public JWK, for `xinyi client add --jwk`."""
    if file.exists():
        raise click.ClickException(f"{file} is there already")
    click.echo(json.dumps(make_key(file), indent=2))


def note(session: Session, kit: Kit, action: str, target: str, data: dict[str, Any]) -> None:
    """Write what someone with a shell did into the operators' trail."""
    operator_actions.note(session, HAND, action, target, data, "", kit.clock())

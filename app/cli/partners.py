"""`xinyi partner …`: partners from a shell on the machine, each deed noted in the operators' trail.

What needs two people, resuming and going live, is done at the desk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.office import note
from app.cli.place import workplace
from app.domain.errors import Refusal
from app.domain.partner import CONTACT_ROLES
from app.services import partner_going_live, partner_keys, partner_profile, partners
from app.store import oauth
from app.store import partners as store
from app.web.kit import Kit
from app.web.texts import say

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def partner() -> None:
    """Partner merchants, their keys and their counters."""


@partner.command("list")
def list_partners() -> None:
    """Every partner: id, state, stage, names, scenarios."""
    with workplace() as kit, kit.sessions() as session:
        for row in partners.listed(session, before=None, limit=1_000):
            scenarios = ", ".join(row["scenarios"])
            click.echo(
                f"{row['id']}  {row['status']}  {row['stage']}  {row['name_zh']} ({row['name_en']})  {scenarios}"
            )


@partner.command()
@click.argument("partner_id")
def show(partner_id: str) -> None:
    """One partner: terms, keys, and what is open before it may go live."""
    with _changing(partner_id) as (kit, session):
        row, now = partners.found(session, partner_id), kit.clock()
        seen = partner_profile.with_contacts(session, kit.pii, partner_id)
        click.echo(
            json.dumps({**seen, "created_at": f"{seen['created_at']:%Y-%m-%d}"}, ensure_ascii=False, default=str)
        )
        for key in partner_keys.of_partner(session, row, now):
            click.echo(f"key {key['id']}  {key['status']}  {key['kid']}  {key['client_id'] or ''}")
        for code, done in partner_going_live.stand(session, partner_id)["items"].items():
            click.echo(
                f"{'done' if done else 'open'}  {code}" + ("" if done else f": {say(f'checklist.{code}.how', 'en')}")
            )
        note(session, kit, "partner.show", partner_id, {})


@partner.command()
@click.argument("name_zh")
@click.argument("name_en")
@click.option("--scenario", "scenarios", multiple=True, required=True, help="one that it may serve; more by repeating")
@click.option("--jwk", type=FILE, help="its public key, a JWK file (xinyi client key)")
@click.option("--website", help="its https address")
@click.option("--orders-per-day", type=click.IntRange(1), help="how many orders it may open on a day")
@click.option("--order-fen", type=click.IntRange(1), help="the most that an order of it may be for, in fen")
def add(name_zh: str, name_en: str, scenarios: tuple[str, ...], jwk: Path | None, **terms: Any) -> None:
    """Take a partner on, in the sandbox, and print its client's id (without --jwk: its own)."""
    with _changing("") as (kit, session):
        partners.check_scenarios(kit.registry, scenarios)
        keys = [partner_keys.checked(_read(jwk))] if jwk else []
        made = store.add(
            session, name_zh=name_zh, name_en=name_en, scenarios=scenarios, livemode=False, now=kit.clock(), **terms
        )
        told = made.id
        if keys:
            told = partner_keys.first_client(session, made, keys, by=partner_keys.DESK, now=kit.clock())
        note(session, kit, "partner.add", made.id, {"name_zh": name_zh, "scenarios": list(scenarios)})
        click.echo(told)


@partner.command()
@click.argument("partner_id")
@click.option("--role", required=True, type=click.Choice(CONTACT_ROLES))
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--phone")
def contact(partner_id: str, **given: str | None) -> None:
    """Say whom to call at PARTNER_ID, besides those known already of other roles."""
    new = {name: value for name, value in given.items() if value}
    with _changing(partner_id) as (kit, session):
        kept = partner_profile.contacts(kit.pii, partners.found(session, partner_id))
        others = [one for one in kept if one["role"] != new["role"]]
        partner_profile.put_contacts(session, kit.pii, partner_id, [*others, new])
        note(session, kit, "partner.contacts", partner_id, {})


@partner.command("revoke-key")
@click.argument("partner_id")
@click.argument("key_id")
def revoke_key(partner_id: str, key_id: str) -> None:
    """End a key of PARTNER_ID at once, with every token that it led to; `xinyi partner show` lists them."""
    with _changing(partner_id) as (kit, session):
        found = partners.found(session, partner_id)
        partner_keys.revoke_for(session, found, key_id, by=partner_keys.DESK, now=kit.clock())
        note(session, kit, "partner.revoke-key", partner_id, {"key_id": key_id})
        click.echo(f"{key_id} is revoked")


@partner.command()
@click.argument("name")
def pair(name: str) -> None:
    """Print a one-time link that pairs a counter of the partner NAME (its id, or its client's id)."""
    with _changing(name) as (kit, session):
        known = oauth.client(session, name)
        partner_id = known.partner_id if known and known.partner_id else name
        link = partners.pairing_link(session, partner_id, kit.clock())
        note(session, kit, "partner.pair", partner_id, {})
        click.echo(f"{kit.settings.base_url}/counter#pair={link.token}")


@partner.command()
@click.argument("partner_id")
@click.option("--reason", default="", help="why, for the desk")
def suspend(partner_id: str, reason: str) -> None:
    """Let PARTNER_ID open nothing new, at once, in an emergency; two operators let it serve again at the desk."""
    with _changing(partner_id) as (kit, session):
        partners.set_status(session, partner_id, active=False, reason=reason, now=kit.clock())
        note(session, kit, "partner.suspend", partner_id, {"reason": reason} if reason else {})
        click.echo(f"{partner_id} is suspended")


def _read(jwk: Path) -> dict[str, Any]:
    try:
        read = json.loads(jwk.read_text("utf-8"))
    except ValueError as fault:
        raise click.ClickException(f"{jwk}: not a JWK") from fault
    return read if isinstance(read, dict) else {}


@contextmanager
def _changing(partner_id: str) -> Iterator[tuple[Kit, Session]]:
    """A transaction whose refusals are one line for a person."""
    with workplace() as kit, kit.sessions.begin() as session:
        try:
            yield kit, session
        except Refusal as refused:
            faults = "; ".join(f"{error.pointer}: {error.detail}" for error in refused.errors)
            nobody = f"no partner {partner_id!r}; see `xinyi partner list`"
            raise click.ClickException(nobody if refused.code == "not-found" else faults or refused.code) from refused

"""`xinyi key …`: signing keys, data keys and the master secret, all changed while the city is served."""

from __future__ import annotations

from typing import Any

import click

from app.cli.office import note
from app.cli.place import workplace
from app.domain.signing_key import USES
from app.services import data_keys, signing_keys
from app.services.signing_keys import KeyRefused
from app.store.data_keys import FIELD
from app.store.sealing import sealed_columns


@click.group()
def key() -> None:
    """Signing keys, data keys and the master secret (docs/operations.md, Keys)."""


@key.command("list")
def list_keys() -> None:
    """Every key with its state; no secret is shown."""
    with workplace() as kit:
        kit.keys.jwks()
        with kit.sessions() as session:
            for one in signing_keys.listed(session, kit.clock()):
                until = f", verifies until {one.until:%Y-%m-%d %H:%M}" if one.until else ""
                click.echo(f"{one.use:<10}{one.kid}  {one.state}, signs from {one.signs_from:%Y-%m-%d %H:%M}{until}")
            for row in data_keys.listed(session):
                newest = row.purpose != FIELD or row.version == kit.pii.version
                state = "in use" if newest else "empty" if row.emptied_at else "being emptied: xinyi key reencrypt"
                click.echo(f"{row.purpose:<10}version {row.version}, wrapped by {row.wrapped_by}  {state}")


@key.command()
@click.argument("uses", nargs=-1, type=click.Choice(list(USES)))
@click.option("--now", "at_once", is_flag=True, help="sign with it from now on, without the usual notice")
def rotate(uses: tuple[str, ...], at_once: bool) -> None:
    """Announce the next signing key of USES (default: all that the worker rotates). A key announced already stays."""
    chosen = uses or [use for use, needs in USES.items() if needs.scheduled]
    with workplace() as kit:
        kit.keys.jwks()
        with kit.sessions.begin() as session:
            for use in chosen:
                kid = signing_keys.rotate(session, kit.pii, use, now=kit.clock(), at_once=at_once)
                note(session, kit, "key.rotate", kid, {"use": use, "at_once": at_once})
            signs = {one.kid: one for one in signing_keys.listed(session, kit.clock())}
            for one in signs.values():
                if one.use in chosen and one.state in ("announced", "signing"):
                    click.echo(f"{one.use:<10}{one.kid}  {one.state}, signs from {one.signs_from:%Y-%m-%d %H:%M}")


@key.command()
@click.argument("kid")
def retire(kid: str) -> None:
    """Sign with the key KID no more; what it signed verifies on, and the next key of its use takes over."""
    _change(kid, "retired", {})


@key.command()
@click.argument("kid")
@click.option("--now", "at_once", is_flag=True, help="although it may still be needed: everything it signed dies")
def withdraw(kid: str, at_once: bool) -> None:
    """Publish the key KID no more and forget its private part. After a theft: --now."""
    _change(kid, "withdrawn", {"at_once": at_once})


def _change(kid: str, done: str, options: dict[str, Any]) -> None:
    change = {"retired": signing_keys.retire, "withdrawn": signing_keys.withdraw}[done]
    with workplace() as kit, kit.sessions.begin() as session:
        try:
            change(session, kit.pii, kid, now=kit.clock(), **options)
        except KeyRefused as refused:
            raise click.ClickException(str(refused)) from refused
        note(session, kit, f"key.{done}", kid, options)
    click.echo(f"{kid} is {done}")


@key.command("rotate-data")
def rotate_data() -> None:
    """Begin a new data key: everything written from now on is sealed under it, and old rows stay readable."""
    with workplace() as kit, kit.sessions.begin() as session:
        version, new = data_keys.rotate(session, kit.pii)
        if new:
            note(session, kit, "key.rotate-data", str(version), {})
    click.echo(f"version {version} writes" + ("" if new else " already; first: xinyi key reencrypt"))


@key.command()
@click.option("--batch", default=500, show_default=True, type=click.IntRange(1, 10_000), help="rows a transaction")
def reencrypt(batch: int) -> None:
    """Seal every row under the newest data key, in small transactions, while the city is served."""
    total = 0
    with workplace() as kit:
        version = kit.pii.renew()
        for column in sealed_columns():
            after: Any = ()
            while True:
                with kit.sessions.begin() as session:
                    part = data_keys.reencrypt(session, kit.pii, column, after=after, limit=batch)
                after, total = part.last, total + part.changed
                if part.found < batch:
                    break
        with kit.sessions.begin() as session:
            whole = data_keys.finish(session, kit.pii, kit.clock())
            note(session, kit, "key.reencrypt", str(version), {"rows": total})
    click.echo(f"{total} fields are now under version {version}; " + (EMPTIED if whole else AGAIN))


EMPTIED = "nothing is left under older ones"
AGAIN = "run it again in a minute, when every process has learned of the new key"


@key.command()
def rewrap() -> None:
    """Wrap the data keys under XINYI_MASTER_SECRET, with XINYI_MASTER_SECRET_OLD still set to the one before."""
    with workplace() as kit, kit.sessions.begin() as session:
        done = data_keys.rewrap(session, kit.pii)
        if done:
            note(session, kit, "key.rewrap", "data-keys", {"keys": done})
    click.echo(f"{done} data keys wrapped anew; XINYI_MASTER_SECRET_OLD may go once every process has the new one")

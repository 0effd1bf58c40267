"""`xinyi log`: prove that nobody changed the access log."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.cli.place import workplace
from app.config import SettingsError
from app.services import access, runs
from app.services.access import Verdict
from app.web.kit import Kit

RUNS = "runs"
"""Stands in an anchor for the chain of runs over whole cities."""
Anchor = Mapping[str, tuple[int, bytes]]
"""Citizen → where the chain ended when it was anchored: its length and last link."""


@click.group()
def log() -> None:
    """The access log that every citizen sees."""


@dataclass
class Tally:
    """What a verification found, summed up."""

    people: int = 0
    rows: int = 0
    erased: int = 0
    unnamed: int = 0
    faults: int = 0

    def add(self, citizen_id: str, verdict: Verdict) -> None:
        """Count one chain; say what is wrong with it."""
        self.people, self.rows, self.erased = self.people + 1, self.rows + verdict.rows, self.erased + verdict.erased
        self.unnamed += verdict.unnamed
        if not verdict.whole:
            self.faults += 1
            click.echo(f"{citizen_id}: row {verdict.number} was {verdict.fault}")

    def add_runs(self, fault: int | None, anchored: bool) -> None:
        """Count the chain of runs over whole cities, where there were any."""
        if fault is not None or not anchored:
            self.faults += 1
            click.echo(f"runs: run {fault} was changed or dropped" if fault else "runs: not those of the anchor")


@log.command()
@click.option("--citizen", "one", metavar="ID", help="one person's chain, by citizen id; default: everyone's")
@click.option("--anchor", "file", type=click.Path(path_type=Path), metavar="FILE", help="also hold them to this anchor")
def verify(one: str | None, file: Path | None) -> None:
    """Recompute every chain. Exits with 1 and names each row that was changed, dropped or inserted."""
    anchor, tally = dict(_read(file)) if file else {}, Tally()
    of_runs = anchor.pop(RUNS, None)
    with workplace() as kit:
        with kit.sessions() as session:
            people = [one] if one else sorted({*access.people(session), *anchor})
        for citizen_id in people:
            with _still(kit) as session:
                verdict = _verdict(session, citizen_id, anchor)
            tally.add(citizen_id, verdict)
        with _still(kit) as session:
            tally.add_runs(runs.fault(session), runs.is_anchored(session, *of_runs) if of_runs else True)
    found = f"{tally.people} chains, {tally.rows} looks, {tally.erased} erased on leaving, {tally.faults} broken"
    if tally.unnamed:
        found += f"; {tally.unnamed} looks no longer name what was deleted"
    click.echo(found + (f"; {len(anchor)} anchored" if file else ""))
    sys.exit(1 if tally.faults else 0)


@log.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def anchor(file: Path) -> None:
    """Write where every chain ends to FILE, to be kept outside: who rewrites whole chains later is found out by it."""
    digest, chains = hashlib.sha256(), 0
    try:
        with workplace() as kit, kit.sessions() as session, file.open("wb") as written:
            for citizen_id, length, link in chain(access.heads(session), _of_runs(session)):
                line = json.dumps([citizen_id, length, link.hex()]).encode() + b"\n"
                written.write(line)
                digest.update(line)
                chains += 1
    except OSError as failure:
        raise SettingsError(f"{file}: {failure.strerror}") from failure
    click.echo(f"{chains} chains; SHA-256 of the file: {digest.hexdigest()}")


@contextmanager
def _still(kit: Kit) -> Iterator[Session]:
    """The database as of one moment: a look that comes in meanwhile is no fault."""
    with kit.sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def _of_runs(session: Session) -> Iterator[tuple[str, int, bytes]]:
    length, link = runs.anchored(session)
    if length:
        yield RUNS, length, link


def _verdict(session: Session, citizen_id: str, anchor: Anchor) -> Verdict:
    if citizen_id in anchor:
        return access.verify_anchored(session, citizen_id, *anchor[citizen_id])
    return access.verify(session, citizen_id)


def _read(file: Path) -> Anchor:
    try:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        return {str(citizen_id): (int(length), bytes.fromhex(link)) for citizen_id, length, link in lines}
    except OSError as failure:
        raise SettingsError(f"{file}: {failure.strerror}") from failure
    except (ValueError, TypeError) as failure:
        raise SettingsError(f"{file} is no anchor of `xinyi log anchor`") from failure

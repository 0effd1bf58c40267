"""`xinyi score population`: everyone's score of the day, in one run."""

from __future__ import annotations

import importlib
import importlib.util
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import click
from rich.console import Console
from rich.status import Status

from app.cli.packs import score
from app.cli.place import workplace
from app.config import SettingsError
from app.domain.calendar import day_of
from app.domain.pack import Pack, pack_of_city

NEEDED = ("duckdb", "ibis")


def _memory(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,5}(MB|GB)", value):
        raise click.BadParameter("such as 512MB or 2GB")
    return value


@score.command()
@click.option("--city", metavar="CODE", help="one home city only; default: each that has a pack")
@click.option("--memory", default="2GB", show_default=True, callback=_memory, help="what the calculation may take")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 256), help="of the calculation")
def population(city: str | None, memory: str, threads: int) -> None:
    """Score every member in one run, which shows all at once; a killed one leaves nothing."""
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        raise SettingsError(f"{', '.join(missing)} is not installed: pip install 'xinyi-plus[batch]'")
    engine = importlib.import_module("app.cli.population_run")
    limits = engine.Limits(memory=memory, threads=threads)
    with _ended_by_sigterm(), workplace() as kit:
        moment = kit.clock()
        day = day_of(moment)
        for pack in _packs(kit.shelf(kit.statements, moment), city):
            began = time.monotonic()
            with Console(stderr=True).status(pack.city) as status:
                run, written = engine.run_city(kit, pack, day, limits, partial(_show, status))
            if city is None and not run.members:
                continue
            click.echo(
                f"{pack.city}, {pack.code} {pack.version}, as of {day}: {run.members} members in "
                f"{time.monotonic() - began:.1f} s; {written.history} scores changed, {written.days} next days, "
                f"{written.left} left to the worker"
            )


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that the run's files go."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _show(status: Status, step: str, done: int, of: int) -> None:
    status.update(f"{step} {done}/{of}")


def _packs(packs: Mapping[str, Pack], city: str | None) -> list[Pack]:
    """The pack of a city, or every city's; raises SettingsError for a city without one."""
    cities = sorted({pack.city for pack in packs.values()})
    if city not in (None, *cities):
        raise SettingsError(f"no pack for the city {city!r}; there are {', '.join(cities)}")
    return [pack for one in cities if city in (None, one) and (pack := pack_of_city(packs, one))]

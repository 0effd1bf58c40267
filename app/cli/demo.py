"""`xinyi demo`: a whole city on this machine, in the foreground, until Ctrl-C."""

from __future__ import annotations

import fcntl
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from app.cli import demo_marker
from app.cli.demo_build import build, home_pack, plan_for
from app.cli.demo_children import addresses, children, refuse_taken, wait_until_healthy
from app.cli.demo_data.plan import Plan
from app.cli.demo_folder import DemoFolder
from app.cli.demo_marker import Marker
from app.cli.demo_report import show, write_facts
from app.cli.place import DATABASE
from app.cli.processes import Children, end_leftovers
from app.config import Settings, SettingsError, load
from app.domain.calendar import day_of
from app.factory import build_kit
from app.store import embedded
from app.store.embedded import Server
from app.web.kit import Kit
from migrations import commands

CITIZENS, SEED = 2_000, 1
TEND_SECONDS = 1.0
LIMIT_SCALE = 1000  # everyone in a demo has one address

console = Console()


@click.command()
@click.option("--citizens", type=click.IntRange(40, 9_000_000), help=f"size of the city [default: {CITIZENS}]")
@click.option("--city", help="one city alone, from its pack, such as suzhou [default: hangzhou, xiamen, zhoushan]")
@click.option("--seed", type=int, help=f"another seed makes other people [default: {SEED}]")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1024, 65_534), help="and the next one")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="web server processes")
@click.option("--fresh", is_flag=True, help="throw the city away and build it anew")
@click.option("--remove", is_flag=True, help="remove the demo with its database, and start nothing")
def demo(
    city: str | None, citizens: int | None, seed: int | None, port: int, workers: int, fresh: bool, remove: bool
) -> None:
    """Build a fictional city once, and run it until Ctrl-C."""
    settings = load()
    if settings.production:
        raise SettingsError("the demo does not run in production: its people, keys and passwords are for trying out")
    if city is not None:
        home_pack(city)
    folder = DemoFolder(Path(settings.var_dir).resolve())
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    with _alone(folder), suppress(KeyboardInterrupt):
        end_leftovers(folder.notebook)
        if remove:
            embedded.remove(folder.postgresql)
            return
        refuse_taken(port)
        address, platform = addresses(port)
        settings = replace(
            settings, base_url=address, upstream_issuer=platform, var_dir=str(folder.var),
            department_files=str(folder.departments), limit_scale=LIMIT_SCALE, webhook_loopback=True,
        )  # fmt: skip
        with _postgresql(settings, folder) as (settings, server):
            kit = build_kit(settings)
            built = _build_once(kit, folder, _wanted(kit, city, citizens, seed, fresh), fresh)
            _run(kit, folder, plan_for(kit, built.city), workers, server)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _alone(folder: DemoFolder) -> Iterator[None]:
    """One demo a folder: the lock goes with this process, however it ends."""
    folder.home.mkdir(parents=True, exist_ok=True)
    with (folder.home / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"a demo already runs in {folder.var}; XINYI_VAR_DIR chooses another folder") from None
        yield


@contextmanager
def _postgresql(settings: Settings, folder: DemoFolder) -> Iterator[tuple[Settings, Server | None]]:
    """The settings with a database; our own server where no DATABASE_URL is given, stopped at the end."""
    if settings.database_url:
        yield settings, None
        return
    console.print("starting PostgreSQL …")
    server = embedded.start(folder.postgresql)
    try:
        if not embedded.database_exists(server.url, DATABASE):
            embedded.create_database(server.url, DATABASE)
        yield replace(settings, database_url=embedded.with_name(server.url, DATABASE)), server
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        server.stop()


def _wanted(kit: Kit, city: str | None, citizens: int | None, seed: int | None, fresh: bool) -> Marker:
    """What is asked for; where nothing is, what is here already."""
    found = demo_marker.read(kit.engine)
    here = found if found and found.whole and not fresh else None
    today = day_of(kit.clock()).isoformat()
    return Marker(
        seed=seed if seed is not None else here.seed if here else SEED,
        citizens=citizens or (here.citizens if here else CITIZENS),
        day=here.day if here else today,
        whole=True,
        city=city or (here.city if here else None),
    )


def _build_once(kit: Kit, folder: DemoFolder, wanted: Marker, fresh: bool) -> Marker:
    """Build the city that is wanted, unless it is here; raises SettingsError where another one is."""
    plan, found = plan_for(kit, wanted.city), demo_marker.read(kit.engine)
    if found and found.whole and not fresh:
        if found != wanted:
            raise SettingsError(f"here is {_named(found)}; --fresh builds anew")
        if not all(folder.totp(operator.login).exists() for operator in plan.operators):
            raise SettingsError("this city was built by an older version, without second factors; --fresh builds anew")
        commands.upgrade(kit.engine)
        return found
    started = time.monotonic()
    demo_marker.clear(kit.engine)
    demo_marker.write(kit.engine, replace(wanted, whole=False))
    commands.upgrade(kit.engine)
    build(kit, folder, wanted, console)
    demo_marker.write(kit.engine, wanted)
    console.print(f"the city was built in {time.monotonic() - started:.0f} s")
    return wanted


def _named(marker: Marker) -> str:
    return f"a city of {marker.citizens} people, seed {marker.seed}" + (f", {marker.city}" if marker.city else "")


def _run(kit: Kit, folder: DemoFolder, plan: Plan, workers: int, server: Server | None) -> None:
    family = Children(folder.notebook, console.print)
    try:
        for child in children(kit.settings, folder.accounts, folder.logs, workers):
            family.start(child)
        wait_until_healthy(kit.settings, family.children)
        facts = write_facts(kit, folder, plan)
        show(facts, console)
        while True:
            time.sleep(TEND_SECONDS)
            family.tend()
            if server is not None and embedded.start(folder.postgresql).started:
                console.print("PostgreSQL ended; started again")
    finally:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        console.print("stopping …")
        family.stop()
        kit.engine.dispose()

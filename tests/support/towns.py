"""A demo city in this process, served on loopback, so that all it says, answers and keeps can be looked through."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread

from flask import Flask, Response, request
from rich.console import Console
from sqlalchemy import Engine
from werkzeug.serving import WSGIRequestHandler, make_server

from app.cli.demo_build import build
from app.cli.demo_folder import DemoFolder
from app.cli.demo_marker import Marker
from app.cli.demo_report import write_facts
from app.cli.worker import Worker
from app.config import Settings
from app.domain.calendar import day_of
from app.factory import build_engine, build_kit, create_app
from app.web.kit import Kit
from auth.sandbox_idp import create_idp
from auth.views import CALLBACK
from tests.support.cities import City, free_ports

PEOPLE, SEED = 60, 1


@dataclass(frozen=True)
class Exchange:
    """One request that reached us, with the form and the cookies it sent, and our answer."""

    method: str
    url: str
    sent: dict[str, str]
    status: int
    headers: str
    body: str


@dataclass
class Town:
    """A served demo city: `said` is what its threads logged at DEBUG, `exchanges` what was asked and answered."""

    kit: Kit
    city: City
    said: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)


class Unlogged(WSGIRequestHandler):
    """As our gunicorn (app/cli/gunicorn_settings.py): no line for each request."""

    def log_request(self, *_: object) -> None:
        """Nothing."""


class Ear(logging.Handler):
    """Hears what the city's threads say, with their stacks; the tests' own thread plays the citizens' browsers."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.said = said
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        if current_thread() is not main_thread():
            self.said.append(self.format(record))


@contextmanager
def listening(said: list[str]) -> Iterator[None]:
    """Everything at DEBUG, but for what the product itself quiets."""
    root, ear = logging.getLogger(), Ear(said)
    loud = [root, *(logging.getLogger(name) for name in ("sqlalchemy", "urllib3", "werkzeug", "requests", "psycopg"))]
    before = [logger.level for logger in loud]
    root.addHandler(ear)
    for logger in loud:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(ear)
        for logger, level in zip(loud, before, strict=True):
            logger.setLevel(level)


@contextmanager
def running(engine: Engine, folder: Path) -> Iterator[Town]:
    """The demo city built into the empty, migrated database of `engine`, with web server, worker and platform."""
    port = free_ports()
    files = DemoFolder(folder)
    settings = Settings(
        base_url=f"http://127.0.0.1:{port}",
        upstream_issuer=f"http://127.0.0.1:{port + 1}",
        database_url=engine.url.render_as_string(hide_password=False),
        var_dir=str(folder),
        department_files=str(files.departments),
        limit_scale=1000,
    )
    with ExitStack() as stack:
        town = Town(build_kit(settings, engine=build_engine(settings)), City(folder, port))
        stack.enter_context(listening(town.said))
        stack.callback(town.kit.engine.dispose)
        marker = Marker(SEED, PEOPLE, day_of(town.kit.clock()).isoformat(), whole=True)
        build(town.kit, files, marker, Console(quiet=True))
        write_facts(town.kit, files)
        stack.enter_context(_served(port, _noting(create_app(kit=town.kit), town.exchanges)))
        stack.enter_context(_served(port + 1, _platform(settings, files)))
        stack.enter_context(_working(town.kit))
        yield town


def _platform(settings: Settings, files: DemoFolder) -> Flask:
    return create_idp(
        files.accounts,
        settings.upstream_issuer,
        client_id=settings.upstream_client_id,
        client_secret=settings.upstream_client_secret,
        redirect_uris=(settings.base_url + CALLBACK,),
    )


def _noting(app: Flask, exchanges: list[Exchange]) -> Flask:
    """`app`, with each request and answer noted, static files apart."""

    def note(answer: Response) -> Response:
        if not answer.direct_passthrough:
            headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
            asked = request.method, request.url, {**request.form.to_dict(), **dict(request.cookies)}
            exchanges.append(Exchange(*asked, answer.status_code, headers, answer.get_data(as_text=True)))
        return answer

    app.after_request(note)
    return app


@contextmanager
def _served(port: int, app: Flask) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Unlogged)
    with _thread(server.serve_forever, server.shutdown):
        yield
    server.server_close()


@contextmanager
def _working(kit: Kit) -> Iterator[None]:
    stop = Event()
    with _thread(lambda: Worker(kit).run(stop), stop.set):
        yield


@contextmanager
def _thread(work: Callable[[], object], end: Callable[[], None]) -> Iterator[None]:
    """`work` in a thread; `end` ends it, also where a test fails, which would else wait for it forever."""
    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        end()
        thread.join()

"""Which demo city a database holds, noted in the database itself: a build that was killed is known and begun anew."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Engine, inspect, text

from app.config import SettingsError

PREFIX = "xinyi demo: "


@dataclass(frozen=True, slots=True)
class Marker:
    """A demo city: its seed, its size and the day it was built for. `whole` once everything is in.

    `city` is the one home city it was made of, or None: the three of the usual demo.
    """

    seed: int
    citizens: int
    day: str
    whole: bool
    city: str | None = None

    @property
    def today(self) -> date:
        """The day the city was built for."""
        return date.fromisoformat(self.day)


def read(engine: Engine) -> Marker | None:
    """The marker of the database, or None."""
    with engine.connect() as connection:
        comment = connection.scalar(
            text("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()")
        )
    return Marker(**json.loads(comment.removeprefix(PREFIX))) if comment and comment.startswith(PREFIX) else None


def write(engine: Engine, marker: Marker) -> None:
    """Note `marker` as the comment of the database."""
    note = (PREFIX + json.dumps(asdict(marker))).replace("'", "''")
    with engine.begin() as connection:
        name = connection.dialect.identifier_preparer.quote(engine.url.database or "")
        connection.execute(text(f"COMMENT ON DATABASE {name} IS '{note}'".replace(":", r"\:")))


def clear(engine: Engine) -> None:
    """Empty a database whose build was cut off; raises SettingsError where it holds anything that is not a demo's."""
    if read(engine) is None and inspect(engine).get_table_names():
        raise SettingsError("the database of DATABASE_URL holds something that is not a demo city; give an empty one")
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))

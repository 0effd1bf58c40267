"""A population run that dies in the middle of its switch: all is written and nothing committed when it says so."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from sqlalchemy import create_engine

from app.cli.population_run import run_city
from app.config import load
from app.domain.calendar import day_of
from app.domain.pack import pack_of_city
from app.factory import build_kit
from app.services import population
from tests.support.population import FEW


def wait(*_: Any) -> int:
    """Stand where the run's row would be written."""
    print("in the middle", flush=True)  # noqa: T201 - the test waits for this line
    time.sleep(60)
    return 0


if __name__ == "__main__":
    engine = create_engine(os.environ["DATABASE_URL"], connect_args={"application_name": "killed"})
    kit = build_kit(load(), engine=engine)
    pack = pack_of_city(kit.packs, sys.argv[1])
    assert pack is not None
    population.runs.append = wait
    run_city(kit, pack, day_of(kit.clock()), FEW)

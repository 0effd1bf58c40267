"""The running city that the journeys share. XINYI_E2E_VAR names the folder of one that runs already."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.support.browsers import Phone, chromium, launched, phone
from tests.support.cities import City, free_ports


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys come first: so they are one process's share (`--dist worksteal`) and there is one city.

    pytest-xdist's own groups do nothing under pytest 9.2 (xdist 3.8 renames a node that takes no new name).
    """
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A demo city of 60 people, with everything running."""
    running = os.environ.get("XINYI_E2E_VAR")
    if running:
        city = City(Path(running), 0)
        city.port = urlsplit(city.facts["base_url"]).port or 80
        yield city
        return
    city = City(tmp_path_factory.mktemp("city"), free_ports())
    city.start()
    yield city
    assert city.stop() == 0, city.said()
    city.remove()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; what needs it is skipped where there is none."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    with launched() as browser:
        yield browser


@pytest.fixture
def new_phone(browser: Browser, city: City) -> Iterator[Callable[..., Phone]]:
    """Makes phones; in the end none may have seen an error or a violation of its pages' policy."""
    phones: list[Phone] = []

    def make(**options: object) -> Phone:
        phones.append(phone(browser, city, **options))
        return phones[-1]

    yield make
    faults = [fault for device in phones for fault in (*device.faults, *device.violations())]
    for device in phones:
        device.context.close()
    assert not faults

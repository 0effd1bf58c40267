"""The year is the longest of all tests: under xdist it begins early, so that nobody waits for it in the end."""

from __future__ import annotations

import pytest

BEGINS = 2, 3
"""Where in the order: at the start of the third of three processes' shares (`-n 3 --dist worksteal`)."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put it where a process begins."""
    year = [item for item in items if "tests/year/" in item.path.as_posix()]
    others = [item for item in items if item not in year]
    at = len(others) * BEGINS[0] // BEGINS[1]
    items[:] = [*others[:at], *year, *others[at:]]

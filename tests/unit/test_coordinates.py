"""GCJ-02 and back: the vectors that other implementations print, and the way back to a centimetre."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.coordinates import to_gcj02, to_wgs84

VECTORS = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]
"""github.com/googollee/eviltransform, its own tests."""


@pytest.mark.parametrize(("wgs", "gcj"), VECTORS)
def test_the_published_vectors(wgs, gcj) -> None:
    assert to_gcj02(wgs) == pytest.approx(gcj, abs=1e-9)
    assert to_wgs84(gcj, "gcj02") == pytest.approx(wgs, abs=2e-7)


@given(st.floats(18, 53), st.floats(75, 134))
def test_there_and_back(latitude: float, longitude: float) -> None:
    assert to_wgs84(to_gcj02((latitude, longitude)), "gcj02") == pytest.approx((latitude, longitude), abs=2e-7)


def test_outside_china_and_for_wgs84_nothing_moves() -> None:
    assert to_gcj02((51.5, -0.12)) == (51.5, -0.12)
    assert to_wgs84((24.48, 118.09), "wgs84") == (24.48, 118.09)

"""Logins, codes and sessions taken apart and put together wrongly: each trick ends at a page or an error of its own."""

from __future__ import annotations

import pytest

from tests.hostile import codes, forms, logins
from tests.hostile.scene import Scene
from tests.hostile.tricks import Trick


@pytest.mark.parametrize("trick", [*logins.trick, *forms.trick, *codes.trick], ids=str)
def test_a_trick_gets_nowhere(scene: Scene, trick: Trick) -> None:
    answer = trick.play(scene)
    assert answer.status_code == trick.status, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Location" not in answer.headers
    if trick.error == "page":
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "code=" not in answer.text
    elif trick.error:
        assert answer.json()["error"] == trick.error

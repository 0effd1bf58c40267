"""Redirect URIs that are almost the registered one: refused where they are pushed, without a redirect, or redeemed."""

from __future__ import annotations

import pytest

from tests.hostile.forge import LONG
from tests.hostile.matrix import Attack, attacks
from tests.hostile.scene import Scene
from tests.support.oauth import code_for, error_of, par, redeem


@pytest.mark.parametrize("attack", attacks("redirects"), ids=str)
def test_a_redirect_uri_is_refused(scene: Scene, attack: Attack) -> None:
    uri = attack.said["uri"].replace("{long}", LONG)
    client = scene.city.client() if attack.said.get("client") == "xinyi-app" else scene.visitor
    code = code_for(client) if attack.door == "token" else ""
    with scene.nothing_changes():
        answer = redeem(client, code, redirect_uri=uri) if code else par(client, redirect_uri=uri)
        assert error_of(answer) == (attack.status, attack.error)
        assert "Location" not in answer.headers

"""A real-name platform in an attacker's hands, or an attacker in its place: no one is logged in by what they send."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import requests

from app.cli.client import XinyiClient
from tests.hostile.forge import LONG, fill
from tests.hostile.matrix import Attack, attacks
from tests.hostile.scene import Scene
from tests.support.hostile_platform import HostilePlatform
from tests.support.oauth import browser
from tests.support.upstream import mount, take_over, visit


@pytest.fixture
def platform(scene: Scene) -> Iterator[HostilePlatform]:
    yield take_over(scene.city)
    mount(scene.city, scene.city.platform)


def bend(scene: Scene, platform: HostilePlatform, attack: Attack) -> None:
    """Let the platform say what the attack says; its ID token is right but for that."""
    platform.userinfo, platform.metadata = attack.said.get("userinfo", {}), attack.said.get("metadata", {})
    secret = scene.city.kit.settings.upstream_client_secret.encode()
    platform.id_token = scene.forged(attack.said, platform.key, platform.token, secret=secret)


def come_back(
    scene: Scene, client: XinyiClient, platform: HostilePlatform, sent: dict[str, str], attack: Attack
) -> requests.Response:
    changes = fill(attack.said.get("answer", {}), {"long": LONG})
    answer = {"code": "c", "state": sent["state"], "iss": platform.issuer, **changes}
    query = urlencode({name: value for name, value in answer.items() if value})
    return client.http.get(f"{scene.city.base_url}/oauth/login/callback?{query}", allow_redirects=False)


@pytest.mark.parametrize("attack", attacks("id_tokens"), ids=str)
def test_what_the_platform_says_is_refused(scene: Scene, platform: HostilePlatform, attack: Attack) -> None:
    client = scene.city.client()
    page, sent = visit(client)
    platform.nonce = sent["nonce"]
    bend(scene, platform, attack)
    with scene.nothing_changes("upstream_logins"):
        answer = come_back(scene, client, platform, sent, attack)
        assert (answer.status_code, answer.headers["Content-Type"]) == (attack.status, "text/html; charset=utf-8")
        assert answer.headers["Cache-Control"] == "no-store"
    assert browser(client).get(page).form_with("start_login"), "no one is logged in"


def test_a_right_platform_logs_in(scene: Scene, platform: HostilePlatform) -> None:
    client, right = scene.city.client(), Attack("right", "callback", 303, "", {})
    _, sent = visit(client)
    platform.nonce = sent["nonce"]
    bend(scene, platform, right)
    assert come_back(scene, client, platform, sent, right).status_code == 303

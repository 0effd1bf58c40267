"""`xinyi partner …`: a partner from a shell, with the same rules as at the desk, and a trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from joserfc.jwk import ECKey
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.cli import main
from app.services import desk
from app.store import oauth

Run = Callable[..., Result]
ADD = ("partner", "add", "鹭岛单车", "Egret Bikes", "--scenario", "xm-bike-rental")


@pytest.fixture
def run(real_db: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`xinyi …` on a database of this test's own."""
    monkeypatch.setenv("DATABASE_URL", real_db.url.render_as_string(hide_password=False))
    monkeypatch.setenv("XINYI_VAR_DIR", str(tmp_path / "var"))
    return lambda *arguments, **more: CliRunner().invoke(main, arguments, **more)


def test_a_partner_is_taken_on_shown_and_its_key_revoked(run: Run, tmp_path: Path, real_db: Engine) -> None:
    jwk = tmp_path / "shop.jwk"
    jwk.write_text(run("client", "key", str(tmp_path / "shop.pem")).output)
    client_id = run(*ADD, "--jwk", str(jwk), "--orders-per-day", "9").output.strip()
    assert client_id.startswith("test_")
    listed = run("partner", "list").output
    partner_id = listed.split()[0]
    assert "sandbox" in listed
    assert (
        run(
            "partner", "contact", partner_id, "--role", "technical", "--name", "陈工", "--email", "api@egret.example"
        ).exit_code
        == 0
    )
    told = run("partner", "show", partner_id).output
    assert ('"orders_per_day": 9' in told, "陈工" in told, "done  contacts" in told) == (True, True, True)
    assert "open  order-completed: Scan" in told
    key_id = next(line.split()[1] for line in told.splitlines() if line.startswith("key "))
    assert run("partner", "revoke-key", partner_id, key_id).exit_code == 0
    with Session(real_db) as session:
        client = oauth.client(session, client_id)
        trail = desk.trail(session, before=None, limit=9)
    assert client is not None
    assert client.jwks == {"keys": []}
    assert [row["action"] for row in trail][:4] == [
        "partner.revoke-key", "partner.show", "partner.contacts", "partner.add",
    ]  # fmt: skip
    assert "陈工" not in json.dumps([row["data"] for row in trail], ensure_ascii=False)


def test_what_is_wrong_is_one_line_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    private = tmp_path / "private.jwk"
    private.write_text(json.dumps(ECKey.generate_key("P-256").as_dict(private=True)))
    for arguments, said in (
        ((*ADD, "--jwk", str(private)), "private key"),
        ((*ADD[:-1], "no-such"), "No such scenario"),
        (("partner", "show", "nobody"), "xinyi partner list"),
        (("partner", "contact", "nobody", "--role", "technical", "--name", "x", "--email", "x"), "xinyi partner list"),
        (("partner", "revoke-key", "nobody", "key_x"), "xinyi partner list"),
    ):
        told = run(*arguments)
        assert (told.exit_code, said in told.output, len(told.output.strip().splitlines())) == (1, True, 1), told.output
    assert run("partner", "list").output == ""

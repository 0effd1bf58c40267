"""Pages for people: open to all, in both languages, under a policy without foreign or inline script or style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from app.web.assets import static_url_path
from app.web.errors import PROBLEMS

PAGES = ("/", "/app", "/app/callback", "/counter", "/desk", "/desk/callback", "/problems", "/problems/not-found")
STATIC = Path(__file__).resolve().parents[2] / "app" / "web" / "static"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_for_anyone_and_forbids_what_is_not_ours(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_no_inline_script_style_or_handler(client: FlaskClient, path: str) -> None:
    html = client.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html), "nothing is loaded from elsewhere"


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_problem_has_a_page_in_both_languages(client: FlaskClient, code: str) -> None:
    known = PROBLEMS[code]
    chinese = client.get(f"/problems/{code}", headers={"Accept-Language": "zh-CN"}).text
    english = client.get(f"/problems/{code}", headers={"Accept-Language": "en"}).text
    assert f"<h1>{known.title_zh}</h1>" in chinese
    assert f"<h1>{escape(known.title_en)}</h1>" in english
    assert "{" not in re.sub(r"<[^>]+>", "", chinese + english), "what a text leaves open is shown as an ellipsis"


def test_a_problem_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/problems/nothing-like-this").status_code == 404


def test_a_problem_document_leads_to_its_page(client: FlaskClient) -> None:
    told = client.get("/citizen/v1/home").json
    assert told is not None
    assert client.get(told["type"]).status_code == 200


def test_a_chosen_language_goes_before_the_browsers(client: FlaskClient) -> None:
    client.set_cookie("lang", "en")
    assert "Messages explained" in client.get("/problems", headers={"Accept-Language": "zh-CN"}).text
    client.set_cookie("lang", "nonsense")
    assert "提示说明" in client.get("/problems", headers={"Accept-Language": "zh-CN"}).text


def test_a_page_takes_what_links_add_to_it(client: FlaskClient) -> None:
    assert client.get("/app/callback?code=1&state=2&iss=3&unknown=4").status_code == 200
    assert client.post("/app").status_code == 405


def test_static_files_are_kept_for_good_below_a_digest_of_all(app: Flask, client: FlaskClient) -> None:
    assert app.static_url_path == static_url_path()
    html = client.get("/app").text
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
    assert len(linked) > 20, "all modules are asked for at once"
    for path in linked:
        with client.get(path) as answer:
            assert answer.status_code == 200, path
            assert "max-age=31536000" in answer.headers["Cache-Control"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_module_that_is_imported_is_preloaded(client: FlaskClient) -> None:
    for page, folder in (("/app", "app"), ("/counter", "counter"), ("/desk", "desk")):
        html = client.get(page).text
        modules = [path for part in ("lib", "words", folder) for path in sorted((STATIC / part).glob("*.js"))]
        imported = {
            (module.parent / name).resolve()
            for module in modules
            for name in re.findall(r"from '(\.[^']+)'", module.read_text("utf-8"))
        }
        for module in imported:
            assert f"/{module.relative_to(STATIC).as_posix()}" in html

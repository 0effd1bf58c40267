"""What a counter keeps for when there is no network: files of its page, the words of cards, and no one's data."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient


def files_of(script: str) -> list[str]:
    return re.findall(r'"(/static/[^"]+)"', script)


def test_the_worker_serves_the_counter_and_nothing_else(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/counter/worker.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert answer.headers["Service-Worker-Allowed"] == "/counter"
    assert answer.headers["Cache-Control"] == "no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    assert f'const NAME = "counter {app.static_url_path}";' in answer.text, "another release has files of its own"


def test_every_file_of_the_counters_page_is_kept_and_each_is_there(client: FlaskClient) -> None:
    kept = files_of(client.get("/counter/worker.js").text)
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/counter").text)
    assert set(named) == set(kept)
    for path in kept:
        answer = client.get(path)
        assert answer.status_code == 200, path
        answer.close()


def test_the_words_of_cards_are_there_in_both_languages_for_anyone(client: FlaskClient) -> None:
    answer = client.get("/partner/v1/card-words")
    assert answer.status_code == 200
    words = answer.json["words"]
    assert words["city.xiamen"] == {"zh": "厦门", "en": "Xiamen"}
    assert words["grade.egret.very_good"]["zh"] == "优秀"
    assert words["role.legal_representative"]["zh"] == "法定代表人"
    assert {"honour.bravery", "honour.honour", "kind.company", "pack.qianjiang"} <= set(words)

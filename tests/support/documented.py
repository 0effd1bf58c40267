"""A test client that holds every answer to the OpenAPI document: its status, media type and schema."""

from __future__ import annotations

import weakref
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from app.web.spec import document, path_of

_documents: weakref.WeakKeyDictionary[Flask, dict[str, Any]] = weakref.WeakKeyDictionary()
PROBLEM = "application/problem+json"


def document_of(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of a built app, made once."""
    if app not in _documents:
        _documents[app] = document(app, app.extensions["flask-smorest"]["apis"][""]["ext_obj"])
    return _documents[app]


class DocumentedClient(FlaskClient):
    """Fails the test whose answer is not the documented one."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        self._check(answer)
        return answer

    def _check(self, answer: TestResponse) -> None:
        adapter = self.application.url_map.bind("localhost")
        try:
            rule, _ = adapter.match(answer.request.path, answer.request.method, return_rule=True)
        except HTTPException:
            return
        spec = document_of(self.application)
        operation = spec["paths"].get(path_of(rule.rule), {}).get(answer.request.method.lower())
        if operation is not None and answer.status_code != 304:
            self._compare(spec, operation, answer)

    def _compare(self, spec: dict[str, Any], operation: dict[str, Any], answer: TestResponse) -> None:
        responses, status = operation["responses"], str(answer.status_code)
        where = f"{answer.request.method} {answer.request.path} → {status}"
        assert status in responses or (answer.status_code >= 400 and "default" in responses), f"{where}: undocumented"
        documented = responses.get(status) or responses["default"]
        if "$ref" in documented:
            documented = spec["components"]["responses"][documented["$ref"].split("/")[-1]]
        content = documented.get("content", {})
        if not content:
            assert not answer.data, f"{where}: a body that the document does not have"
            return
        assert answer.mimetype in content, f"{where}: {answer.mimetype} is not in the document"
        if answer.is_json and not answer.headers.get("Content-Encoding"):
            _validate(spec, content[answer.mimetype]["schema"], answer.json, where)


def _validate(spec: dict[str, Any], schema: dict[str, Any], body: Any, where: str) -> None:
    whole = {"components": spec["components"], "allOf": [schema]}
    faults = sorted(Draft202012Validator(whole).iter_errors(body), key=str)
    assert not faults, f"{where}: {[f'{fault.json_path}: {fault.message[:200]}' for fault in faults[:3]]}"

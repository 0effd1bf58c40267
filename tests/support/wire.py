"""`requests` without a network: an adapter that hands each request to a WSGI app in this process."""

from __future__ import annotations

import io
from http.client import HTTPMessage
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from werkzeug.test import Client


class WsgiAdapter(BaseAdapter):
    """Mount it for an origin: `http.mount("http://127.0.0.1:8000", WsgiAdapter(app))`."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self.app = app
        self.seen: list[str] = []

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        self.seen.append(parts.path)
        answer = Client(self.app, use_cookies=False).open(
            parts.path,
            base_url=f"{parts.scheme}://{parts.netloc}",
            query_string=parts.query,
            method=request.method,
            headers=list(request.headers.items()),
            data=request.body,
        )
        message = HTTPMessage()
        for name, value in answer.headers:
            message[name] = value
        raw = HTTPResponse(
            body=io.BytesIO(answer.data),
            headers=HTTPHeaderDict(list(answer.headers)),
            status=answer.status_code,
            preload_content=False,
            decode_content=False,
            original_response=SimpleNamespace(msg=message, close=lambda: None, isclosed=lambda: True),
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        """Nothing was opened."""


class Away(BaseAdapter):
    """A server that does not answer."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        raise requests.ConnectionError("no route", request=request)

    def close(self) -> None:
        """Nothing was opened."""

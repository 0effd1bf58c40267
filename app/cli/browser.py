"""A browser for the command line and the tests: cookies, redirects and plain HTML forms, no scripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

REDIRECTS_MOST = 12
TIMEOUT_SECONDS = 20


class BrowserError(RuntimeError):
    """A page did not offer what was asked of it."""


@dataclass(slots=True)
class Form:
    """One form of a page: where it goes and what its fields hold."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Page:
    """Where the browser stands. `stopped` is true where a redirect led out to the address that was waited for."""

    url: str
    status: int
    html: str
    forms: tuple[Form, ...] = ()
    stopped: bool = False

    def form_with(self, name: str) -> Form | None:
        """The first form with a field or button called `name`."""
        return next((form for form in self.forms if name in form.names), None)


class Browser:
    """Follows redirects until one leads to `stop_at`, the redirect URI that a client owns."""

    def __init__(self, http: requests.Session, stop_at: str) -> None:
        self._http = http
        self._stop_at = stop_at

    def get(self, url: str) -> Page:
        """Open a page."""
        return self._follow("GET", url, {})

    def submit(self, page: Page, form: Form, **fields: str) -> Page:
        """Send a form of `page` with `fields` filled in."""
        return self._follow(form.method, urljoin(page.url, form.action), {**form.fields, **fields})

    def _follow(self, method: str, url: str, fields: dict[str, str]) -> Page:
        for _ in range(REDIRECTS_MOST):
            answer = self._http.request(
                method,
                url,
                data=fields if method == "POST" else None,
                params=fields if method == "GET" and fields else None,
                allow_redirects=False,
                timeout=TIMEOUT_SECONDS,
            )
            if not answer.is_redirect:
                return Page(url, answer.status_code, answer.text, _forms(answer.text))
            url, method, fields = urljoin(url, answer.headers["Location"]), "GET", {}
            if url.split("?")[0] == self._stop_at:
                return Page(url, answer.status_code, "", stopped=True)
        raise BrowserError(f"more than {REDIRECTS_MOST} redirects")


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get").upper()))
            self._open = True
        elif self._open and values.get("name"):
            self._field(tag, values)

    def _field(self, tag: str, values: dict[str, str]) -> None:
        form, name = self.forms[-1], values["name"]
        form.names.add(name)
        chosen = values.get("type") in ("radio", "checkbox")
        if tag == "input" and (not chosen or "checked" in values):
            form.fields[name] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def _forms(html: str) -> tuple[Form, ...]:
    reader = _FormReader()
    reader.feed(html)
    return tuple(reader.forms)

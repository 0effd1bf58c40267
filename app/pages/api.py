"""Pages for people: the landing page, the citizen's reference app, the counter, the desk, and what each problem means.

The app, the counter and the desk are shells: all they show comes from the public API, as it would to any other client.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, g, render_template
from flask_smorest import Blueprint, abort

from app.pages.module_list import modules_of
from app.web.api import ApiBlueprint
from app.web.errors import PROBLEMS
from app.web.kit import kit
from app.web.texts import language

blueprint = ApiBlueprint("pages", __name__, description="Pages for people", template_folder="templates")

APP_DEVICES = ("camera", "accelerometer", "gyroscope", "geolocation")
"""What the citizen's app may ask for (Permissions-Policy), each when a view needs it."""


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def page(path: str) -> Callable[[Callable[..., Response]], Callable[..., Any]]:
    """An HTML page open to all at `path`.

    Unlike an API route it takes unknown query parameters: links to pages gather them, and the redirect of RFC 6749
    section 4.1.2 tells a client to ignore those it does not know.
    """

    def decorate(view: Callable[..., Response]) -> Callable[..., Any]:
        opened: Callable[..., Any] = Blueprint.doc(security=[])(view)
        opened.__dict__["public"] = "a page without anyone's data"
        answered = blueprint.response(200, {"type": "string"}, content_type="text/html")(opened)
        routed: Callable[..., Any] = blueprint.route(path, methods=["GET"])(answered)
        return routed

    return decorate


@page("/")
def landing() -> Response:
    """The front door."""
    return _render("landing")


@page("/app")
def citizen_app() -> Response:
    """The citizen's reference app."""
    return _shell("app", *APP_DEVICES)


@page("/app/callback")
def citizen_app_callback() -> Response:
    """Where the app's login returns to (its redirect URI); the page reads the query by itself."""
    return _shell("app", *APP_DEVICES)


@page("/counter")
def counter() -> Response:
    """The merchant's counter."""
    return _shell("counter", "camera")


@page("/desk")
def desk() -> Response:
    """The credit office's desk."""
    return _shell("desk")


@page("/desk/callback")
def desk_callback() -> Response:
    """Where the desk's login returns to (its redirect URI); the page reads the query by itself."""
    return _shell("desk")


@page("/reports/check")
def report_check() -> Response:
    """Where whoever was given a credit report checks it; the page reads the code in its address by itself."""
    return _shell("check")


@page("/problems")
def problems() -> Response:
    """Every problem that an answer of the API may name."""
    lang = language()
    rows = [(code, known.status, getattr(known, f"title_{lang}")) for code, known in sorted(PROBLEMS.items())]
    return _render("problems", problems=rows)


@page("/problems/<code>")
def problem_page(code: str) -> Response:
    """What one problem means: where the `type` of a problem document leads."""
    known = PROBLEMS.get(code) or abort(404)
    texts = {
        lang: (getattr(known, f"title_{lang}"), getattr(known, f"detail_{lang}").format_map(_Blank()))
        for lang in ("zh", "en")
    }
    return _render("problem", code=code, problem=known, texts=texts)


def _shell(name: str, *devices: str) -> Response:
    g.devices = devices
    return _render(name, modules=modules_of(name), issuer=kit().settings.base_url)


def _render(name: str, **values: object) -> Response:
    return Response(render_template(f"pages/{name}.html", lang=language(), **values), mimetype="text/html")

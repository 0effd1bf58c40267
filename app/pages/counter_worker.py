"""The counter's service worker: it keeps the files of the counter's page, and no more, for when there is no network.

It never sees an answer of the API: those it leaves to the network. Another release, other files, another name.
"""

from __future__ import annotations

from importlib.resources import files

from flask import Response, current_app, json, url_for

from app.pages.module_list import modules_of
from app.web.api import ApiBlueprint
from auth.guard import public

blueprint = ApiBlueprint("counter_worker", __name__, description="The counter without a network")

SCOPE = "/counter"
STYLES = tuple(f"css/{name}.css" for name in ("base", "parts", "app", "score"))
POLICY = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"


@blueprint.route("/counter/worker.js", methods=["GET"])
@public("a script without anyone's data")
@blueprint.response(200, {"type": "string"}, content_type="text/javascript")
def counter_worker() -> Response:
    """The counter's service worker."""
    kept = ("brand.svg", "manifest.json", *STYLES, *modules_of("counter"))
    constants = {
        "NAME": f"counter {current_app.static_url_path}",
        "SHELL": SCOPE,
        "FILES": [url_for("static", filename=name) for name in kept],
    }
    lines = [f"const {name} = {json.dumps(value)};" for name, value in constants.items()]
    script = files("app.web").joinpath("static", "worker", "counter.js").read_text("utf-8")
    answer = Response("\n".join([*lines, script]), mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = SCOPE
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "no-cache"
    return answer

"""How the OAuth endpoints answer: JSON of RFC 6749 section 5, never cached, never with more than a code and a hint."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import Response, json, request

from app.domain.errors import Refusal
from app.web.limits import TooManyRequests

View = Callable[..., Any]
FORM = "application/x-www-form-urlencoded"
VALUE_LONGEST = 8_192
PARAMETERS_MOST = 100


class UseDpopNonce(OAuth2Error):
    """The DPoP proof lacks our nonce, or has an old one; the answer brings the one to use (RFC 9449 section 8)."""

    error = "use_dpop_nonce"
    description = "The DPoP proof needs the nonce of this answer."


class TemporarilyUnavailable(OAuth2Error):
    """A limit is used up; `Retry-After` says for how long (the word is of RFC 6749 section 4.1.2.1)."""

    error = "temporarily_unavailable"
    status_code = 429


class InvalidDpopProof(OAuth2Error):
    """The DPoP proof of a token request is missing or wrong (RFC 9449 section 5)."""

    error = "invalid_dpop_proof"
    description = "The DPoP proof is missing or invalid."


def oauth_json(body: dict[str, Any], status: int = 200) -> Response:
    """A JSON answer that no one caches."""
    answer = Response(json.dumps(body), status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Pragma"] = "no-cache"
    return answer


def public_json(body: dict[str, Any]) -> Response:
    """A JSON answer that anyone may keep for five minutes."""
    headers = {"Cache-Control": "public, max-age=300"}
    return Response(json.dumps(body), headers=headers, content_type="application/json")


def oauth_error(error: OAuth2Error) -> Response:
    """`{"error", "error_description"}` with the error's status."""
    return oauth_json(dict(error.get_body()), error.status_code)


def oauth_errors(view: View) -> View:
    """Answer what a view raises as OAuth2Error in the shape of RFC 6749; stands outermost."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except OAuth2Error as error:
            return oauth_error(error)
        except TooManyRequests as refused:
            wait = f"{', '.join(refused.violated)}: try again in {refused.seconds} seconds."
            return oauth_error(TemporarilyUnavailable(wait))
        except Refusal as refusal:
            return oauth_error(_translated(refusal))

    return answered


def _translated(refusal: Refusal) -> OAuth2Error:
    known = {"invalid-dpop-proof": InvalidDpopProof, "use-dpop-nonce": UseDpopNonce}
    return known.get(refusal.code, InvalidRequestError)()


def form_of_request() -> dict[str, str]:
    """The parameters of the body; raises InvalidRequestError for any in the query, twice or not printable ASCII.

    RFC 6749 section 3.2: parameters come once, in the body, and one without a value is one not sent.
    """
    if request.query_string:
        raise InvalidRequestError("Parameters belong into the body.")
    if request.mimetype != FORM:
        raise InvalidRequestError(f"Send {FORM}.")
    form: dict[str, str] = {}
    for name, value in _pairs(request.get_data()):
        if name in form:
            raise InvalidRequestError("A parameter came twice.")
        if not value.isascii() or not value.isprintable() or len(value) > VALUE_LONGEST:
            raise InvalidRequestError("A parameter is too long or holds characters that are not allowed.")
        form[name] = value
    return {name: value for name, value in form.items() if value}


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=PARAMETERS_MOST)
    except ValueError:
        raise InvalidRequestError(f"Send {FORM} of {PARAMETERS_MOST} parameters at most.") from None

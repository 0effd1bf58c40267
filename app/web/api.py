"""What blueprints are made of: strict input, problem documents, cursor lists, the OpenAPI document."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from json import JSONDecodeError
from typing import Any, NoReturn
from unicodedata import category

import marshmallow as ma
from flask import Request, request
from flask_smorest import Api, Blueprint
from marshmallow import ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from app.domain.errors import FieldError, Refusal
from app.web.problems import from_http

_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: controls, halves of a pair, line and paragraph separators."""
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
PAGE = 20
PAGE_MOST = 100
JSON_DEPTH = 32


class StrictParser(FlaskParser):
    """webargs that refuses unknown fields everywhere, other media types and bottomless JSON."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 - webargs declares it so
        **dict.fromkeys(("json", "query", "form", "json_or_form", "path", "files"), ma.RAISE),
        **dict.fromkeys(("headers", "cookies"), ma.EXCLUDE),
    }

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """The JSON body; raises Refusal for another media type, malformed or too deep JSON."""
        if req.content_length and not req.is_json:
            raise Refusal("unsupported-media-type", expected="application/json")
        try:
            body = super().load_json(req, schema)
        except (RecursionError, ValueError):  # bottomless, no UTF-8, or a number longer than Python reads
            raise Refusal("malformed-request") from None
        if _deeper(body, JSON_DEPTH):
            raise Refusal("malformed-request")
        return body

    def _handle_invalid_json_error(
        self, error: JSONDecodeError | UnicodeDecodeError, req: Request, *args: Any, **kwargs: Any
    ) -> NoReturn:
        raise Refusal("malformed-request") from error


def _deeper(value: object, most: int) -> bool:
    layer = [value]
    for _ in range(most):
        layer = [
            child
            for item in layer
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not layer:
            return False
    return True


class ApiBlueprint(Blueprint):
    """A blueprint whose input is strict."""

    ARGUMENTS_PARSER = StrictParser()


class XinyiApi(Api):
    """The API whose errors are problem documents (the handlers stand in app/web/problems.py)."""

    DEFAULT_ERROR_RESPONSE_NAME = "Problem"

    def _register_error_handlers(self) -> None:
        self._app.register_error_handler(HTTPException, from_http)


class Schema(ma.Schema):
    """The base of all schemas: unknown fields and `null` are refused, `None` is left out of answers."""

    class Meta:
        unknown = ma.RAISE

    def on_bind_field(self, _name: str, field_obj: ma.fields.Field[Any]) -> None:
        """`null` is not used for "absent" (api.md); marshmallow would take it wherever the default is None."""
        field_obj.allow_none = False

    @ma.post_dump
    def _drop_none(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {key: value for key, value in data.items() if value is not None}


class NoFields(Schema):
    """Nothing is sent: an empty body, or `{}`."""


class Text(ma.fields.String):
    """A text of 1 to `most` characters that reads as it stands and is not blank; Chinese and emoji are welcome.

    Control characters are refused, and those that turn the reading direction of what follows (Unicode UAX 9): a name
    could show as another.
    """

    def __init__(self, most: int = 200, least: int = 1, **kwargs: Any) -> None:
        length: Callable[[Any], Any] = ma.validate.Length(min=least, max=most)
        checks = [length, _not_blank, *_listed(kwargs.pop("validate", None))]
        super().__init__(validate=checks, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if any(char in _TURNS or category(char) in _UNSEEN for char in text):
            raise ValidationError("Control characters are not allowed.")
        return text


def _not_blank(text: str) -> None:
    if text and all(char.isspace() or category(char) == "Cf" for char in text):
        raise ValidationError("It says nothing.")


def _listed(validate: Any) -> list[Callable[[Any], Any]]:
    if validate is None:
        return []
    return list(validate) if isinstance(validate, (list, tuple)) else [validate]


class Fen(ma.fields.Integer):
    """Money in fen, strictly a whole number of JSON, from `least` to 100 million yuan."""

    def __init__(self, least: int = 0, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=ma.validate.Range(least, 10_000_000_000), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, (str, bool)):
            raise ValidationError("Not a whole number.")
        return int(super()._deserialize(value, attr, data, **kwargs) or 0)


class Time(ma.fields.AwareDateTime):
    """A moment, RFC 3339 with offset."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **kwargs)


class Cursor(ma.fields.String):
    """An opaque place in a list; in the view it is the last id of the page before."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            text = base64.b64decode(str(value).encode(), altchars=b"-_", validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            raise ValidationError("Not a cursor of ours.") from None
        if not 0 < len(text) <= 80 or not text.isprintable():
            raise ValidationError("Not a cursor of ours.")
        return text


class ListQuery(Schema):
    """`?cursor=&limit=`; extend it for filters."""

    cursor = Cursor(load_default=None, metadata={"description": "`next_cursor` of the page before"})
    limit = ma.fields.Integer(load_default=PAGE, validate=ma.validate.Range(1, PAGE_MOST))


def page_of(item: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of one page of `item`: `{data, has_more, next_cursor}`."""
    return Schema.from_dict(
        {
            "data": ma.fields.List(ma.fields.Nested(item), required=True),
            "has_more": ma.fields.Boolean(required=True),
            "next_cursor": ma.fields.String(),
        },
        name=item.__name__.removesuffix("Schema") + "Page",
    )


def page(rows: Sequence[Any], limit: int, key: Callable[[Any], str] = lambda row: str(row.id)) -> dict[str, Any]:
    """One page out of up to `limit + 1` rows, newest first; `key` gives what the next page starts below."""
    shown = rows[:limit]
    answer: dict[str, Any] = {"data": shown, "has_more": len(rows) > limit}
    if answer["has_more"]:
        answer["next_cursor"] = base64.urlsafe_b64encode(key(shown[-1]).encode()).decode()
    return answer


def refuse_unknown_query(view: Callable[..., Any]) -> None:
    """Refuse query parameters that the view does not document, or that come twice; raises Refusal `validation`."""
    if not request.query_string:
        return
    parameters = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
    errors = [
        FieldError(f"/{name[:60]}", "repeated", "This query parameter came twice.")
        for name, values in request.args.lists()
        if len(values) > 1
    ]
    if not any(isinstance(p, dict) and p.get("in") == "query" for p in parameters):
        errors = [FieldError(f"/{name[:60]}", "unknown-field", "Unknown query parameter.") for name in request.args]
    if errors:
        raise Refusal("validation", errors=errors)

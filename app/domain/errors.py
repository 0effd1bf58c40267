"""What the platform says when it will not do a thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault in the input: `pointer` is a JSON Pointer (RFC 6901) or a parameter's name."""

    pointer: str
    code: str
    detail: str


class PlainFailure(Exception):
    """A failure that one line tells a person at the command line, without a stack."""


class Refusal(Exception):
    """A use case refuses; the edge answers with the problem document of `code` (docs/problems in app/web/errors.py).

    `field` is the JSON Pointer of the input at fault; `allowed_actions` says what the state does allow; `params`
    fill the problem's detail text and never hold personal data. Raising rolls the transaction back.
    """

    def __init__(
        self,
        code: str,
        *,
        field: str | None = None,
        errors: Sequence[FieldError] = (),
        allowed_actions: Sequence[str] | None = None,
        **params: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.errors = tuple(errors)
        self.allowed_actions = None if allowed_actions is None else tuple(allowed_actions)
        self.params = params

"""PKCE with S256 and nothing else (RFC 7636, RFC 9700 section 2.1.1)."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge

CHALLENGE_LENGTH = 43


class RequiredS256(CodeChallenge):
    """Authlib's PKCE extension without its defaults: `plain` and a missing challenge are refused."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: AuthorizationCodeGrant, redirect_uri: str | None) -> None:
        """Refuse an authorization request without an S256 challenge; raises InvalidRequestError."""
        data = grant.request.payload.data
        if data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256.")
        if len(data.get("code_challenge", "")) != CHALLENGE_LENGTH:
            raise InvalidRequestError("code_challenge must be the 43 characters of an S256 challenge.")
        super().validate_code_challenge(grant, redirect_uri)

"""The grant by refresh token (RFC 6749 section 6): it rotates for the app, and stays for partners (FAPI 2.0).

A rotated token that comes again is a theft (RFC 9700 section 4.14.2), but for a moment in which the answer may be lost.
"""

from __future__ import annotations

from datetime import timedelta

from authlib.oauth2.rfc6749 import InvalidGrantError, scope_to_list
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from app.services import sessions
from app.store import oauth_codes
from app.store.oauth import Grant
from app.store.oauth_codes import RefreshToken
from auth.grants import BoundTokens, Subject, TokenAnswer, hash_of, subject_of
from auth.server import Client

SESSION_IDLE = {"desk": timedelta(minutes=30)}
"""How long a login lasts without a refresh, where an empty chair is a danger."""
GRACE = timedelta(seconds=30)
"""How long after its use a refresh token may come again because the answer was lost."""


class RefreshView:
    """A refresh token and its grant in Authlib's words."""

    def __init__(self, row: RefreshToken, grant: Grant) -> None:
        self.row, self.grant = row, grant

    def check_client(self, client: Client) -> bool:
        return self.grant.client_id == client.get_client_id()

    def get_scope(self) -> str:
        return " ".join(self.grant.scopes)


class RefreshGrant(BoundTokens, RefreshTokenGrant):
    """RFC 6749 section 6. A public client's token is replaced at each use; FAPI 2.0 forbids that to the others.

    A replaced token that comes again from the same key within GRACE, while no one used its successor, means that the
    answer was lost: it gets another successor, and the lost one is as good as used. Any other replay ends the grant.
    """

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshView | None:
        """The token, if it is this client's, to be used, bound to this key and its grant lives."""
        context = self.context
        rotates = context.client.profile == "app"
        found = oauth_codes.refresh_token(context.session, hash_of(refresh_token), lock=rotates)
        if found is None:
            return None
        row, grant = found
        if grant.client_id != context.client.client_id or grant.jkt != context.jkt:
            return None
        if row.used_at is not None and not (row.successor and context.now - row.used_at <= GRACE):
            sessions.end_for_replay(context.session, grant, now=context.now)
            return None
        live = grant.ended_at is None and grant.expires_at > context.now and not self._idle(grant)
        return RefreshView(row, grant) if live else None

    def _idle(self, grant: Grant) -> bool:
        most, last = SESSION_IDLE.get(self.context.client.kind), grant.used_at or grant.created_at
        return most is not None and self.context.now - last > most

    def authenticate_user(self, refresh_token: RefreshView) -> Subject:
        return Subject(refresh_token.grant, subject_of(self.context, refresh_token.grant.citizen_id), {})

    def issue_token(self, user: Subject, refresh_token: RefreshView) -> TokenAnswer:
        """New tokens of the same grant; raises InvalidGrantError for a replay of what was replaced and gone on with."""
        context, grant, row = self.context, user.grant, refresh_token.row
        answer = self.answer(scope_to_list(self.request.payload.scope or refresh_token.get_scope()), user)
        if context.client.profile == "app":
            if not oauth_codes.use_refresh_token(context.session, row.successor or row.token_hash, context.now):
                sessions.end_for_replay(context.session, grant, now=context.now)
                raise InvalidGrantError
            self.add_refresh_token(answer, grant)
            row.successor = hash_of(answer["refresh_token"])
        grant.used_at = context.now
        return answer

    def revoke_old_credential(self, refresh_token: RefreshView) -> None:
        """Nothing: it was used up before the new one was made."""

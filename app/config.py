"""Settings: read once from the environment, frozen, and refused where they are not fit for production."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DEVELOPMENT_SECRET = "development-only-secret-0123456789abcdef"  # noqa: S105 - refused in production, below

SECRETS = ("database_url", "master_secret", "master_secret_old", "upstream_client_secret")
"""Settings that may come from a file instead, a mounted secret: `XINYI_<FIELD>_FILE` names it."""
SECRET_CHARACTERS, SECRET_VARIETY, SECRET_PACKED = 32, 8, 24
"""The least length of a secret, how many different characters it has and how small it may be packed."""

LIMIT_SCALE_MOST = 10
"""In production: what a load test needs switches the abuse limits off."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")
CLIENT_AUTH = ("client_secret_basic", "private_key_jwt")
ID_TOKEN_ALGORITHMS = frozenset({"ES256", "PS256", "RS256", "EdDSA", "Ed25519"})


class SettingsError(ValueError):
    """The configuration is broken; the message is one clear line that names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a deployment may choose; each field is the environment variable `XINYI_<FIELD>`."""

    mode: str = "development"
    """`development` or `production`; production refuses development secrets, plain http and the sandbox."""
    database_url: str = ""
    """PostgreSQL, `postgresql+psycopg://…`; the variable `DATABASE_URL` serves as well."""
    base_url: str = "http://127.0.0.1:8000"
    """Where citizens and partners reach us; the issuer of every token and decision."""
    master_secret: str = DEVELOPMENT_SECRET
    """Wraps the data keys, which seal identity numbers, names and signing keys and key the hashes that find them."""
    master_secret_old: str = ""
    """The master secret before this one, until `xinyi key rewrap` has run."""
    signing_key_days: int = 90
    """Days after which the worker lets a new signing key take over; 0: rotated by hand only."""
    upstream_issuer: str = "http://127.0.0.1:8001"
    """The city's real-name platform, an OpenID provider."""
    upstream_client_id: str = "xinyi"
    """Who we are to the real-name platform."""
    upstream_client_secret: str = DEVELOPMENT_SECRET
    """What we show the real-name platform's token endpoint."""
    upstream_algorithms: str = "ES256"
    """Comma-separated: the only algorithms accepted on the real-name platform's ID tokens."""
    upstream_client_auth: str = "client_secret_basic"
    """`client_secret_basic`, or `private_key_jwt` by our key of the use `upstream` at `/oauth/jwks`."""
    upstream_dpop: bool = False
    """Whether tokens of the real-name platform must be bound to a key of ours (DPoP, RFC 9449)."""
    upstream_city: str = ""
    """Home city of those who log in by a network identity without one; empty: such a login is refused."""
    livemode: bool = False
    """False marks every object and event as sandbox; money is then simulated, and only then."""
    var_dir: str = "var"
    """Where this deployment keeps its files: the demo's keys, logins and department files."""
    department_files: str = ""
    """The folder of the file-backed department connector; empty: departments are asked by no one."""
    pool_size: int = 8
    """Database connections that a process may hold for transactions; each thread has one more."""
    webhook_loopback: bool = False
    """Whether sandbox webhooks may go to this machine, as in the demo; refused in production and in live mode."""
    trusted_proxies: int = 0
    """How many proxies stand in front, each adding to `X-Forwarded-For`; 0 believes no such header."""
    limits: str = ""
    """Changed abuse limits, comma-separated, such as `token-client=3000/minute` (docs/operations.md)."""
    limit_scale: int = 1
    """Multiplies every quota of the abuse limits; the demo and load tests have 1000, production 10 at most."""
    max_body_bytes: int = 1_048_576
    """The largest request body, batches apart."""
    max_batch_bytes: int = 1_073_741_824
    """The largest department file."""

    def __repr__(self) -> str:
        """No secret and no password of the database: what a traceback or a log line may show."""
        return f"Settings(mode={self.mode!r}, base_url={self.base_url!r})"

    @property
    def production(self) -> bool:
        """Whether the production refusals hold."""
        return self.mode == "production"

    @property
    def secure_cookies(self) -> bool:
        """Cookies carry `Secure` and the `__Host-` prefix wherever the base URL is https."""
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environ` (default: the process environment); raises SettingsError in one line."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for field in fields(Settings):
        raw = _raw(environ, f"XINYI_{field.name.upper()}", may_be_a_file=field.name in SECRETS)
        if raw is not None:
            values[field.name] = _convert(field.name, raw, type(field.default))
    values["database_url"] = _psycopg(values.get("database_url") or environ.get("DATABASE_URL", ""))
    return check(Settings(**values))


def _raw(environ: Mapping[str, str], name: str, *, may_be_a_file: bool) -> str | None:
    """What the variable says, or the file that `<name>_FILE` names, without the end of its line."""
    path = environ.get(f"{name}_FILE") if may_be_a_file else None
    if path is None:
        return environ.get(name)
    if name in environ:
        raise SettingsError(f"{name} and {name}_FILE are both set: choose one")
    try:
        return Path(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE={path!r} cannot be read: {type(error).__name__}") from None


def _convert(name: str, raw: str, kind: type) -> object:
    try:
        if kind is bool:
            return {"1": True, "true": True, "0": False, "false": False}[raw.lower()]
        return kind(raw)
    except (KeyError, ValueError):
        raise SettingsError(f"XINYI_{name.upper()}={raw!r} is not a {kind.__name__}") from None


def _psycopg(url: str) -> str:
    return url.replace("postgres://", "postgresql://").replace("postgresql://", "postgresql+psycopg://")


def check(settings: Settings) -> Settings:
    """The same settings, or SettingsError where they are not fit for their mode."""
    if settings.mode not in ("development", "production"):
        raise SettingsError(f"XINYI_MODE={settings.mode!r}: choose development or production")
    if not Path(settings.var_dir).name:
        raise SettingsError("XINYI_VAR_DIR must name a folder")
    if settings.signing_key_days < 0:
        raise SettingsError("XINYI_SIGNING_KEY_DAYS: a number of days, or 0")
    for name in ("pool_size", "max_body_bytes", "max_batch_bytes"):
        if getattr(settings, name) < 1:
            raise SettingsError(f"XINYI_{name.upper()} is 1 or more")
    if settings.trusted_proxies < 0 or settings.limit_scale < 1:
        raise SettingsError("XINYI_TRUSTED_PROXIES is 0 or more, XINYI_LIMIT_SCALE 1 or more")
    if settings.webhook_loopback and (settings.production or settings.livemode):
        raise SettingsError("XINYI_WEBHOOK_LOOPBACK is for a sandbox in development, where partners are ourselves")
    _check_upstream(settings)
    if settings.production:
        _check_production(settings)
    return settings


def _check_upstream(settings: Settings) -> None:
    if settings.upstream_client_auth not in CLIENT_AUTH:
        raise SettingsError(f"XINYI_UPSTREAM_CLIENT_AUTH: choose {' or '.join(CLIENT_AUTH)}")
    if not set(settings.upstream_algorithms.replace(" ", "").split(",")) <= ID_TOKEN_ALGORITHMS:
        raise SettingsError(f"XINYI_UPSTREAM_ALGORITHMS: choose from {', '.join(sorted(ID_TOKEN_ALGORITHMS))}")


def _check_production(settings: Settings) -> None:
    shown = ("upstream_client_secret",) if settings.upstream_client_auth == CLIENT_AUTH[0] else ()
    old = ("master_secret_old",) if settings.master_secret_old else ()
    for name in ("master_secret", *old, *shown):
        if fault := _secret_fault(getattr(settings, name)):
            raise SettingsError(f"XINYI_{name.upper()}: production needs a secret of its own, not one that {fault}")
    for name in ("base_url", "upstream_issuer"):
        _check_public(f"XINYI_{name.upper()}", getattr(settings, name))
    if not settings.database_url:
        raise SettingsError("DATABASE_URL: production needs a PostgreSQL of its own; the embedded one is for the demo")
    if settings.limit_scale > LIMIT_SCALE_MOST:
        raise SettingsError(f"XINYI_LIMIT_SCALE: production has limits; {LIMIT_SCALE_MOST} at most")
    if not settings.trusted_proxies:
        raise SettingsError("XINYI_TRUSTED_PROXIES: production stands behind a TLS proxy; say how many there are")


def _secret_fault(secret: str) -> str | None:
    """What is wrong with a secret: whoever reads the source, a leaked list or a pattern could guess it."""
    if secret == DEVELOPMENT_SECRET:
        return "stands in the source"
    if len(secret) < SECRET_CHARACTERS:
        return f"has less than {SECRET_CHARACTERS} characters"
    packed = len(zlib.compress(secret.encode(), 9)) - len(zlib.compress(b"", 9))
    if len(set(secret)) < SECRET_VARIETY or packed < SECRET_PACKED:
        return "repeats itself; make one by: openssl rand -base64 36"
    return None


def _check_public(name: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise SettingsError(f"{name}: production needs https")
    if parts.hostname in LOOPBACK or parts.hostname.endswith(".localhost"):
        raise SettingsError(f"{name}: production needs a public address, not this machine's own (the sandbox's)")
    if parts.query or parts.fragment or url.endswith("/"):
        raise SettingsError(f"{name}: an issuer has no query, no fragment and no slash at its end")

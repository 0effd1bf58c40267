"""Webhooks are those of Standard Webhooks 1.0.0: signed so that its library believes them, tried by its schedule."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.domain import webhook
from app.services import webhook_keys
from tests.conftest import ROOT

EVENT = "pev_" + "0" * 32
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BODY = webhook.payload(EVENT, "order.paid", NOW, False, {"order_id": "ord_1", "status": "completed", "sequence": 4})


def test_the_payload_is_type_timestamp_and_data_and_the_same_bytes_each_time() -> None:
    said = json.loads(BODY)
    assert {"type", "timestamp", "data"} <= set(said)
    assert said["type"] == "order.paid"
    assert said["livemode"] is False
    assert datetime.fromisoformat(said["timestamp"]) == NOW
    again = {"sequence": 4, "status": "completed", "order_id": "ord_1"}
    assert webhook.payload(EVENT, "order.paid", NOW, False, again) == BODY


def test_the_library_of_the_standard_believes_our_signature_and_no_other() -> None:
    keys, other = webhook_keys.fresh(), webhook_keys.fresh()
    headers = webhook_keys.headers([keys], EVENT, datetime.now(UTC), BODY)
    assert keys.shown.startswith("whsec_")
    assert Webhook(keys.shown).verify(BODY, headers)["type"] == "order.paid"
    with pytest.raises(WebhookVerificationError):
        Webhook(other.shown).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(keys.shown).verify(BODY.replace(b"paid", b"due"), headers)


def test_the_library_refuses_an_attempt_of_long_ago() -> None:
    """So each attempt is signed with its own time, and a recorded one is worth nothing later."""
    keys = webhook_keys.fresh()
    headers = webhook_keys.headers([keys], EVENT, NOW - timedelta(minutes=6), BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(keys.shown).verify(BODY, headers)


def test_our_signatures_are_those_of_the_library_to_the_byte() -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    theirs = Webhook(secret).sign(EVENT, NOW, BODY.decode())
    ours = webhook.hmac_signature(webhook.secret_bytes(secret), webhook.signed_text(EVENT, int(NOW.timestamp()), BODY))
    assert ours == theirs


def signatures(headers: dict[str, str], version: str) -> list[bytes]:
    parts = [part.split(",") for part in headers["webhook-signature"].split(" ")]
    return [base64.b64decode(signature) for found, signature in parts if found == version]


def test_the_asymmetric_signature_is_ed25519_over_the_same_text() -> None:
    keys = webhook_keys.fresh()
    headers = webhook_keys.headers([keys], EVENT, NOW, BODY)
    (signature,) = signatures(headers, "v1a")
    assert keys.public.startswith("whpk_")
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(keys.public.removeprefix("whpk_")))
    public.verify(signature, webhook.signed_text(EVENT, int(NOW.timestamp()), BODY))
    with pytest.raises(InvalidSignature):
        public.verify(signature, webhook.signed_text(EVENT, int(NOW.timestamp()) + 1, BODY))


def test_while_keys_are_changed_both_sign() -> None:
    new, old = webhook_keys.fresh(), webhook_keys.fresh()
    headers = webhook_keys.headers([new, old], EVENT, datetime.now(UTC), BODY)
    for keys in (new, old):
        Webhook(keys.shown).verify(BODY, headers)
    assert len(signatures(headers, "v1")) == len(signatures(headers, "v1a")) == 2


def test_the_recipe_for_receivers_believes_what_the_library_believes() -> None:
    keys, other = webhook_keys.fresh(), webhook_keys.fresh()
    headers = webhook_keys.headers([other, keys], EVENT, NOW, BODY)
    assert webhook.verify(keys.shown, headers, BODY, NOW) is None
    assert webhook.verify(keys.shown, headers, BODY + b" ", NOW) == "no signature fits"
    assert "five minutes" in (webhook.verify(keys.shown, headers, BODY, NOW + timedelta(minutes=6)) or "")
    assert "five minutes" in (webhook.verify(keys.shown, headers, BODY, NOW - timedelta(minutes=6)) or "")
    assert "missing" in (webhook.verify(keys.shown, {}, BODY, NOW) or "")
    with pytest.raises(ValueError, match="not a whsec_"):
        webhook.verify("whsec_?", headers, BODY, NOW)


def test_ten_attempts_in_three_days_and_a_bit() -> None:
    waits = [webhook.wait(attempts, 0) for attempts in range(10)]
    assert sum((one for one in waits if one), timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    assert webhook.wait(10, 0) is None


@pytest.mark.parametrize("attempts", range(1, 10))
def test_jitter_adds_a_tenth_at_most_and_takes_nothing_away(attempts: int) -> None:
    plain, most = webhook.wait(attempts, 0), webhook.wait(attempts, 1)
    assert plain is not None
    assert most == plain * 1.1


def test_every_type_is_spelled_as_the_standard_asks() -> None:
    assert all(part.replace("_", "").isalnum() for kind in webhook.TYPES for part in kind.split("."))
    assert len(webhook.TYPES) == len(set(webhook.TYPES))
    assert not any(kind.startswith(("record.", "score.read")) for kind in webhook.TYPES)


def test_the_recipe_of_the_document_believes_us_and_nobody_else() -> None:
    """docs/webhooks.md, word for word."""
    block = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    told: dict[str, Any] = {}
    exec(block, told)
    keys, other = webhook_keys.fresh(), webhook_keys.fresh()
    now = datetime.now(UTC)
    headers = webhook_keys.headers([other, keys], EVENT, now, BODY)
    assert told["verify"](keys.shown, headers, BODY)
    assert not told["verify"](keys.shown, headers, BODY + b" ")
    assert not told["verify"](webhook_keys.fresh().shown, headers, BODY)
    assert not told["verify"](keys.shown, webhook_keys.headers([keys], EVENT, now - timedelta(hours=1), BODY), BODY)

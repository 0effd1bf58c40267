"""A city of any size for benches: members with a score and a consent each, made by PostgreSQL itself.

Number n is the citizen `cit_…n`, the consent `cns_…n`, the order `ord_…n` and so on, 32 digits each: whoever knows one
id of a person knows all of them, so that the floor needs no look-up to write what we write.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text

from app.domain.calendar import day_of

SCENARIO, CITY, PACK = "hz-library-card", "hangzhou", "qianjiang"
PARTNER = "ptn_" + "0" * 31 + "1"
SCORE = 700

_WITH = """
with given as (
  select cast(:now as timestamptz) as now, cast(:now as timestamptz) + interval '30 days' as later,
    cast(:day as date) as day
), one as (
  select n, lpad(n::text, 32, '0') as digits
  from generate_series(cast(:first as int), cast(:last as int)) n
)
"""
_PARTNER = f"""
insert into partners (id, merchant_id, name_zh, name_en, scenarios, status, livemode, created_at)
select '{PARTNER}', '{PARTNER}', '测量商户', 'Measured merchant', array['{SCENARIO}'], 'active', false, now from given
"""
_CITIZENS = f"""
insert into citizens (citizen_id, city, assurance_level, created_at)
select 'cit_' || digits, '{CITY}', 'al2', now from one, given
"""
_ENROLMENTS = """
insert into enrolments (citizen_id, notice_version, enrolled_at) select 'cit_' || digits, '1', now from one, given
"""
_SCORES = f"""
insert into scores (citizen_id, pack, pack_version, score, grade, as_of, digest, computed_at)
select 'cit_' || digits, '{PACK}', 1, {SCORE}, 'good', day, repeat('0', 64), now from one, given
"""
_OUTER_IDS = """
insert into outer_ids (outer_id, kind, citizen_id) select '{0}_' || digits, '{1}', 'cit_' || digits from one
"""
_CONSENTS = f"""
insert into consents (citizen_id, id, partner_id, citizen_ref, scope, purpose, granted_at, expires_at, grant_id)
select 'cit_' || digits, 'cns_' || digits, '{PARTNER}', 'ctz_' || digits, 'eligibility:{SCENARIO}', 'eligibility',
  now, later, 'grt_' || digits from one, given
"""
_ORDERS = f"""
insert into orders (citizen_id, id, partner_id, citizen_ref, livemode, external_order_no, request_digest, scenario,
  family, kind, title, amount, confirm_by, service_end_by, pay_days, status, path, amount_due, amount_paid,
  return_overdue, version, timer_at, forget_at_end, created_at, updated_at)
select 'cit_' || digits, 'ord_' || digits, '{PARTNER}', 'ctz_' || digits, false, 'R' || n, repeat('0', 64),
  '{SCENARIO}', 'library', 'deposit_waiver', 'A card', 10000, later, later, 3, 'active', 'credit', 0, 0, false, 2,
  later, false, now, now from one, given
"""
_SCANS = f"""
insert into scans (id, citizen_id, partner_id, citizen_ref, livemode, scanned_at, expires_at)
select 'scn_' || digits, 'cit_' || digits, '{PARTNER}', 'ctz_' || digits, false, now, later from one, given
"""


def partner(connection: Connection) -> None:
    """The measured merchant."""
    _run(connection, (_PARTNER,), 1, 1)


def found(engine: Engine, people: int) -> None:
    """The partner and `people` members, numbered from 1, then what PostgreSQL wants to know of them."""
    consents = _OUTER_IDS.format("cns", "consent")
    with engine.begin() as connection:
        _run(connection, (_PARTNER, _CITIZENS, _ENROLMENTS, _SCORES, consents, _CONSENTS), 1, people)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def serve(engine: Engine, first: int, last: int) -> None:
    """A running order and a scanned code for each member of these numbers."""
    with engine.begin() as connection:
        _run(connection, (_OUTER_IDS.format("ord", "order"), _ORDERS, _SCANS), first, last)


def _run(connection: Connection, statements: tuple[str, ...], first: int, last: int) -> None:
    now = datetime.now(UTC)
    for statement in statements:
        connection.execute(text(_WITH + statement), {"now": now, "day": day_of(now), "first": first, "last": last})

"""Partner merchants (合作商户) and the one-time links that pair their counters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, String, UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment, new_id, sealed
from app.store.direct import Prepared


class Partner(Base):
    """A merchant in one stage, sandbox or live (`livemode`), and the scenarios that it may serve there.

    A merchant that went live is two partners with one `merchant_id` and nothing else in common: own clients, keys,
    orders and references. `status`: active | suspended. The caps are the partner's own, within those of each offer:
    `orders_per_day` (Shanghai's) and `order_fen`, None for no cap.
    """

    __tablename__ = "partners"
    __table_args__ = (UniqueConstraint("merchant_id", "livemode"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    merchant_id: Mapped[Id]
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    scenarios: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    status: Mapped[Id] = mapped_column(default="active")
    livemode: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[Moment]
    website: Mapped[str | None] = mapped_column(String(500))
    sealed_contacts: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("partners.contacts:{merchant_id}"))
    orders_per_day: Mapped[int | None] = mapped_column(Integer)
    order_fen: Mapped[int | None] = mapped_column(BigInteger)
    suspended_reason: Mapped[str | None] = mapped_column(String(500))
    suspended_at: Mapped[Moment | None]

    @property
    def stage(self) -> str:
        """sandbox | live."""
        return "live" if self.livemode else "sandbox"

    @property
    def active(self) -> bool:
        """Whether it may serve anyone at present."""
        return self.status == "active"

    def serves(self, scenario: str) -> bool:
        """Whether it is active and may serve this scenario."""
        return self.active and scenario in self.scenarios


TERMS = (
    "merchant_id",
    "name_zh",
    "name_en",
    "scenarios",
    "website",
    "sealed_contacts",
    "orders_per_day",
    "order_fen",
)
"""What both stages of a merchant begin with alike."""


class PairingLink(Base):
    """A one-time link by which a partner's counter registers its key; only the hash of its token is kept."""

    __tablename__ = "pairing_links"
    token_hash: Mapped[Id] = mapped_column(primary_key=True)
    partner_id: Mapped[Id]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


def get(session: Session, partner_id: str) -> Partner | None:
    """The partner with this id, active or not, or None."""
    return session.scalar(select(Partner).where(Partner.id == partner_id))


_SERVING = Prepared("select status, scenarios from partners where id = %(id)s")


def serves(session: Session, partner_id: str, scenario: str) -> bool:
    """Whether a partner of this id is active and may serve this scenario."""
    return any(status == "active" and scenario in codes for status, codes in _SERVING.ask(session, {"id": partner_id}))


def held(session: Session, partner_id: str) -> Partner | None:
    """The partner as it is now, with its row held until the transaction ends."""
    query = select(Partner).where(Partner.id == partner_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def by_id(session: Session, partner_ids: Iterable[str]) -> Mapping[str, Partner]:
    """The partners with these ids."""
    rows = session.scalars(select(Partner).where(Partner.id.in_(list(partner_ids))))
    return {row.id: row for row in rows}


def listed(session: Session, *, before: str | None, limit: int) -> Sequence[Partner]:
    """Partners, newest first, older than the id `before`."""
    query = select(Partner).order_by(Partner.id.desc()).limit(limit)
    return session.scalars(query.where(Partner.id < before) if before else query).all()


def context(merchant_id: str) -> str:
    """What the ciphertext of a merchant's contacts is bound to."""
    return f"partners.contacts:{merchant_id}"


def in_stage(session: Session, merchant_id: str, *, livemode: bool) -> Partner | None:
    """The merchant as a partner of this stage, or None."""
    return session.scalar(select(Partner).where(Partner.merchant_id == merchant_id, Partner.livemode == livemode))


def add(
    session: Session,
    *,
    name_zh: str,
    name_en: str,
    scenarios: Sequence[str],
    livemode: bool,
    now: datetime,
    website: str | None = None,
    orders_per_day: int | None = None,
    order_fen: int | None = None,
) -> Partner:
    """A new, active partner: a merchant of its own."""
    new = new_id("ptn")
    partner = Partner(
        id=new,
        merchant_id=new,
        name_zh=name_zh,
        name_en=name_en,
        scenarios=sorted(set(scenarios)),
        status="active",
        livemode=livemode,
        created_at=now,
        website=website,
        orders_per_day=orders_per_day,
        order_fen=order_fen,
    )
    session.add(partner)
    session.flush()
    return partner


def add_live(session: Session, sandbox: Partner, now: datetime) -> Partner:
    """The same merchant as a partner of the live stage, with the terms that the sandbox has at this moment."""
    live = Partner(
        id=new_id("ptn"),
        livemode=True,
        status="active",
        created_at=now,
        **{name: getattr(sandbox, name) for name in TERMS},
    )
    session.add(live)
    session.flush()
    return live


def add_link(session: Session, token_hash: str, partner_id: str, *, now: datetime, expires_at: datetime) -> None:
    """Remember a pairing link by the hash of its token."""
    session.add(PairingLink(token_hash=token_hash, partner_id=partner_id, created_at=now, expires_at=expires_at))
    session.flush()


def use_link(session: Session, token_hash: str, now: datetime) -> str | None:
    """Use up a pairing link in one statement; the partner's id, or None where it is unknown, used or past its time."""
    fresh = (PairingLink.token_hash == token_hash, PairingLink.used_at.is_(None), PairingLink.expires_at > now)
    used = update(PairingLink).where(*fresh).values(used_at=now).returning(PairingLink.partner_id)
    return session.scalar(used)

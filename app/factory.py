"""The composition root: settings in, a Flask app out; the one place that knows every room."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_compress import Compress
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.citizen import (
    access,
    card,
    card_avatar,
    card_codes,
    card_given,
    card_holder,
    card_offline,
    card_presets,
    code_pictures,
    coming_offers,
    coming_rules,
    consents,
    corrections,
    credentials,
    decisions,
    deletion_proofs,
    devices,
    enrolment,
    entities,
    events,
    exports,
    home,
    leaving,
    places,
    pledges,
    records,
    remedies,
    reports,
    reviews,
    score,
    shakes,
)
from app.citizen import order_disputes as citizen_order_disputes
from app.citizen import orders as citizen_orders
from app.citizen import scenarios as citizen_scenarios
from app.config import Settings, SettingsError, load
from app.department import api as department
from app.department import corrections as department_corrections
from app.department import entities as department_entities
from app.department import remedies as department_remedies
from app.operator import api as operator
from app.operator import approvals, figures
from app.operator import corrections as operator_corrections
from app.operator import offers as operator_offers
from app.operator import operators as operator_people
from app.operator import order_disputes as operator_order_disputes
from app.operator import packs as operator_packs
from app.operator import partners as operator_partners
from app.operator import places as operator_places
from app.operator import remedies as operator_remedies
from app.operator import reviews as operator_reviews
from app.operator import webhooks as operator_webhooks
from app.packs import load_packs
from app.pages import api as pages
from app.pages import counter_worker, health, report_checks
from app.pages import credentials as credential_facts
from app.services.offer_shelf import OfferShelf
from app.services.pack_shelf import Shelf
from app.store.direct import Doors
from app.store.keys import KeyRing
from app.store.limits import Counters, Limiter
from app.store.pii import PiiBox
from app.store.pool import engine_on
from app.web import headers, limits, problems, versions
from app.web.api import XinyiApi
from app.web.assets import KEPT_SECONDS, static_url_path
from app.web.kit import EXTENSION, Kit
from app.web.spec import SPEC, Problem, response_of_problem, response_of_too_many
from auth import discovery
from auth import routes as oauth
from auth import views as login
from partners import api as partner
from partners import card_words, counter_devices
from partners import code_pictures as partner_code_pictures
from partners import disputes as partner_disputes
from partners import events as partner_events
from partners import keys as partner_keys
from partners import order_money as partner_order_money
from partners import orders as partner_orders
from partners import sandbox as partner_sandbox
from partners import statements as partner_statements
from partners import webhooks as partner_webhooks
from scenarios import load as load_registry

BLUEPRINTS: tuple[object, ...] = (
    discovery.blueprint,
    credential_facts.blueprint,
    oauth.blueprint,
    login.blueprint,
    card.blueprint,
    card_presets.blueprint,
    card_avatar.blueprint,
    card_codes.blueprint,
    card_given.blueprint,
    card_holder.blueprint,
    card_offline.blueprint,
    credentials.blueprint,
    entities.blueprint,
    shakes.blueprint,
    code_pictures.blueprint,
    access.blueprint,
    events.blueprint,
    home.blueprint,
    leaving.blueprint,
    exports.blueprint,
    corrections.blueprint,
    citizen_scenarios.blueprint,
    consents.blueprint,
    decisions.blueprint,
    reviews.blueprint,
    deletion_proofs.blueprint,
    devices.blueprint,
    enrolment.blueprint,
    score.blueprint,
    coming_rules.blueprint,
    coming_offers.blueprint,
    records.blueprint,
    reports.blueprint,
    report_checks.blueprint,
    remedies.blueprint,
    pledges.blueprint,
    places.blueprint,
    citizen_orders.blueprint,
    citizen_order_disputes.blueprint,
    partner.blueprint,
    partner_code_pictures.blueprint,
    card_words.blueprint,
    partner_orders.blueprint,
    partner_sandbox.blueprint,
    partner_order_money.blueprint,
    partner_disputes.blueprint,
    partner_keys.blueprint,
    counter_devices.blueprint,
    partner_events.blueprint,
    partner_webhooks.blueprint,
    partner_statements.blueprint,
    department.blueprint,
    department_remedies.blueprint,
    department_corrections.blueprint,
    department_entities.blueprint,
    operator_partners.blueprint,
    operator_places.blueprint,
    operator.blueprint,
    figures.blueprint,
    approvals.blueprint,
    operator_people.blueprint,
    operator_corrections.blueprint,
    operator_remedies.blueprint,
    operator_order_disputes.blueprint,
    operator_packs.blueprint,
    operator_offers.blueprint,
    operator_reviews.blueprint,
    operator_webhooks.blueprint,
    pages.blueprint,
    counter_worker.blueprint,
    health.blueprint,
)
"""Every blueprint, in the order of the API document. Each module of an audience adds its own here."""


class Web(Flask):
    """Flask without coroutines: none of our views is one, and asking each function costs as much as routing."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(settings: Settings | None = None, kit: Kit | None = None) -> Flask:
    """The whole application; raises SettingsError where the configuration is broken."""
    settings = (kit.settings if kit else settings) or load()
    app = Web("app.web", static_url_path=static_url_path())
    app.url_map.merge_slashes = False  # `/oauth//jwks` is no address of ours; a redirect would believe the Host header
    app.config.update(SPEC, MAX_CONTENT_LENGTH=settings.max_body_bytes, JSON_AS_ASCII=False)
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = KEPT_SECONDS
    app.extensions[EXTENSION] = kit or build_kit(settings)
    headers.install(app, https=settings.secure_cookies)
    limits.install(app, settings)
    problems.install(app)
    versions.install(app)
    Compress(app)
    api = XinyiApi(app)
    api.spec.components.schema("Problem", schema=Problem)
    api.spec.components.response("Problem", response_of_problem())
    api.spec.components.response("TooManyRequests", response_of_too_many())
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    return app


def build_kit(
    settings: Settings,
    engine: Engine | None = None,
    sessions: sessionmaker[Session] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Kit:
    """The parts of a process. `engine` and `sessions` may be given where they exist already."""
    engine = engine or build_engine(settings)
    sessions = sessions or sessionmaker(engine, expire_on_commit=False)
    statements = Doors(engine)
    pii = PiiBox(sessions, settings.master_secret, settings.master_secret_old)
    return Kit(
        settings=settings,
        engine=engine,
        sessions=sessions,
        statements=statements,
        clock=clock,
        shelf=Shelf(load_packs()),
        offers=OfferShelf(load_registry()),
        pii=pii,
        limiter=Limiter(Counters(statements, clock, pii.keyed_hash)),
        keys=KeyRing(sessions, pii, clock),
    )


def build_engine(settings: Settings) -> Engine:
    """The pool of this process; raises SettingsError without a database."""
    if not settings.database_url:
        raise SettingsError("DATABASE_URL is not set (the demo starts a PostgreSQL of its own: make demo)")
    logging.getLogger("authlib").setLevel(logging.WARNING)
    return engine_on(settings.database_url, settings.pool_size)

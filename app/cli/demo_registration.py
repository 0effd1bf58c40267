"""Registers those who take part in the demo: the two apps, partners, departments, the operators; keys are made here."""

from __future__ import annotations

from app.cli.demo_data.entities import REGISTER, REGISTER_CLIENT, REGISTER_NAME, entities_of
from app.cli.demo_data.people import people
from app.cli.demo_data.places import PLACES
from app.cli.demo_data.plan import Plan
from app.cli.demo_facts import APP_CLIENT, DESK_CLIENT
from app.cli.demo_folder import DemoFolder
from app.cli.keyfiles import make_key, make_secret
from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.services import clients, entity_facts, factors, operators, partner_keys, partners, places
from app.services.entity_facts import Registrar
from app.web.kit import Kit

SCOPES = {
    "app": ("openid", "profile", "citizen"),
    "desk": ("openid", "operator"),
    "partner": partner_keys.SCOPES,
    "department": ("records",),
    "register": ("entities",),
}
"""Kind of client → what it may ask for."""

PARTNER_REDIRECT = "http://127.0.0.1:8765/callback"
"""Where partners' consents return to; nobody need listen there, because `xinyi curl` reads the redirect itself."""


def app_redirect(base_url: str) -> str:
    """Where the citizen app's login returns to."""
    return base_url + "/app/callback"


def register_apps(kit: Kit) -> None:
    """The citizen app and the operators' desk, at the address of this run."""
    base_url = kit.settings.base_url
    with kit.sessions.begin() as session:
        for client_id, kind, name, page in (
            (APP_CLIENT, "app", "信易+ App", app_redirect(base_url)),
            (DESK_CLIENT, "desk", "信用办工作台", base_url + "/desk/callback"),
        ):
            clients.register_client(
                session, client_id=client_id, kind=kind, profile="app", jwks={"keys": []}, redirect_uris=[page],
                scopes=SCOPES[kind], name=name, now=kit.clock(),
            )  # fmt: skip


def register_partners(kit: Kit, folder: DemoFolder, plan: Plan) -> None:
    """The demo's partners, each with a key of its own below `folder`."""
    with kit.sessions.begin() as session:
        for partner in plan.partners:
            taken_on = partners.create(
                session, kit.registry, name_zh=partner.name_zh, name_en=partner.name_en, scenarios=partner.scenarios,
                livemode=False, now=kit.clock(),
            )  # fmt: skip
            clients.register_client(
                session, client_id=partner.client_id, kind="partner", profile="fapi2", name=partner.name_zh,
                jwks={"keys": [make_key(folder.key(partner.client_id))]}, redirect_uris=[PARTNER_REDIRECT],
                scopes=SCOPES["partner"], partner_id=taken_on["id"], now=kit.clock(),
            )  # fmt: skip
            for place in PLACES.get(partner.client_id, ()):
                places.add(session, kit.registry, taken_on["id"], place.said(partner.scenarios), kit.clock())


def register_departments(kit: Kit, folder: DemoFolder, plan: Plan) -> None:
    """The demo's departments, each with a key of its own below `folder`."""
    with kit.sessions.begin() as session:
        for department in plan.departments:
            clients.register_client(
                session, client_id=department.client_id, kind="department", profile="fapi2", name=department.name,
                jwks={"keys": [make_key(folder.key(department.client_id))]}, redirect_uris=[],
                scopes=SCOPES["department"], department_id=department.code, now=kit.clock(),
            )  # fmt: skip


def register_entities(kit: Kit, folder: DemoFolder, seed: int, plan: Plan) -> None:
    """The register of legal entities with a key of its own below `folder`, and the entities that it says."""
    now = kit.clock()
    registrar = Registrar(kit.pii, Actor(ActorKind.DEPARTMENT, REGISTER, REGISTER_NAME), now)
    cast = list(people(seed, len(plan.cast), plan))
    with kit.sessions.begin() as session:
        clients.register_client(
            session, client_id=REGISTER_CLIENT, kind="department", profile="fapi2", name=REGISTER_NAME,
            jwks={"keys": [make_key(folder.key(REGISTER_CLIENT))]}, redirect_uris=[], scopes=SCOPES["register"],
            department_id=REGISTER, now=now,
        )  # fmt: skip
        for entity in entities_of(cast, plan, day_of(now), now):
            entity_facts.register(session, registrar, entity.uscc, entity.facts)


def register_operators(kit: Kit, folder: DemoFolder, seed: int, plan: Plan) -> None:
    """The operators, who log in through the real-name platform like anyone; each with the secret of one-time codes."""
    logins = {person.login: person for person in people(seed, len(plan.cast), plan)}
    with kit.sessions.begin() as session:
        for operator in plan.operators:
            operator_id = operators.add_operator(
                session, kit.pii, id_number=logins[operator.login].id_number, name=operator.name, roles=operator.roles,
                now=kit.clock(),
            )  # fmt: skip
            factors.enrol(session, kit.pii, operator_id, make_secret(folder.totp(operator.login)), kit.clock())

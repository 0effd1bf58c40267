"""`xinyi operator`: who may use the desk, and how they get their second factor; `xinyi otp`: a demo operator's code."""

from __future__ import annotations

import time

import click

from app.cli.demo_facts import demo_facts
from app.cli.office import note
from app.cli.place import workplace
from app.config import SettingsError
from app.domain.errors import Refusal
from app.services import factors, operators
from app.services.factors import Invitation


@click.group()
def operator() -> None:
    """Operators of the credit office."""


@operator.command("list")
def list_operators() -> None:
    """Every operator: id, state, second factor, name, roles."""
    with workplace() as kit, kit.sessions() as session:
        for row in operators.listed(session, before=None, limit=1_000):
            state = "active" if row["active"] else "disabled"
            factor = "otp" if row["second_factor"] else "no second factor"
            click.echo(f"{row['id']}  {state}  {factor}  {row['name']}  {', '.join(row['roles'])}")


@operator.command("add")
@click.option("--name", required=True, help="what citizens read in their access log")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(operators.ROLES))
def add_operator(name: str, roles: tuple[str, ...]) -> None:
    """Let a person into the desk; asks for their identity number, which is no argument, for arguments are public."""
    id_number = click.prompt("identity number", hide_input=True)
    with workplace() as kit, kit.sessions.begin() as session:
        added = operators.add_operator(session, kit.pii, id_number=id_number, name=name, roles=roles, now=kit.clock())
        note(session, kit, "operator.add", added, {"roles": list(roles)})
    click.echo(f"{added} may use the desk: {', '.join(roles)}; next: xinyi operator invite {added}")


@operator.command("invite")
@click.argument("operator_id")
def invite(operator_id: str) -> None:
    """Print a one-time invitation by which OPERATOR_ID sets up one-time codes; a factor they have ends now."""
    with workplace() as kit, kit.sessions.begin() as session:
        try:
            invitation = factors.invite(session, operator_id, kit.clock())
        except Refusal as refused:
            raise click.ClickException(f"no active operator {operator_id!r}; see `xinyi operator list`") from refused
        note(session, kit, "operator.invite", operator_id, {})
    _tell(invitation)


@click.command()
@click.argument("login")
def otp(login: str) -> None:
    """Print the one-time code of the demo's operator LOGIN for the present half minute."""
    found = next((one for one in demo_facts()["operators"] if one["login"] == login), None)
    if found is None:
        known = ", ".join(one["login"] for one in demo_facts()["operators"])
        raise SettingsError(f"no operator here is called {login!r}; there are {known}")
    click.echo(factors.code_at(found["totp_secret"], time.time()))


def _tell(invitation: Invitation) -> None:
    click.echo(f"invitation {invitation.code}, good once until {invitation.expires_at:%Y-%m-%d %H:%M} UTC")
    click.echo("give it to them by word or in writing; they log in at /desk and type it there")

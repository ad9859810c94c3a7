"""Tokens: a program's way in, on behalf of one person."""

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from yunying.cli.app import HomeOption, JsonOption, app, home_of, moment, print_json
from yunying.kernel.errors import OperatorError


class TokenAction(StrEnum):
    make = "make"
    list = "list"
    revoke = "revoke"


@app.command("token")
def token(
    action: Annotated[TokenAction, typer.Argument(help="make, list or revoke.")],
    name: Annotated[str, typer.Argument(metavar="[PREFIX]", help="To revoke: the token's prefix.")] = "",
    person: Annotated[str | None, typer.Option("--person", help="Log-in name of whom the program acts for.")] = None,
    title: Annotated[str, typer.Option("--title", help="What it is for, such as till or ERP.")] = "",
    stores: Annotated[list[str] | None, typer.Option("--store", help="Only this store; repeat for several.")] = None,
    deeds: Annotated[
        list[str] | None, typer.Option("--deed", help="Only this deed, such as see or import; repeat for several.")
    ] = None,
    days: Annotated[int, typer.Option("--days", help="How long it holds; 0 for ever.")] = 365,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make, list or revoke the tokens with which programs use the API. A token never does more than its person may.

    Example: yunying token make --person manager --title till --store flagship-01 --deed import
    """
    home_of(home, database=True)
    if action is TokenAction.make:
        _make(person, title, stores or [], deeds or [], days, as_json)
    elif action is TokenAction.revoke:
        _revoke(name, as_json)
    else:
        _list(person, as_json)


def _make(person: str | None, title: str, stores: list[str], deeds: list[str], days: int, as_json: bool) -> None:
    from yunying.accounts.people import person_named
    from yunying.accounts.tokens import token_make
    from yunying.interventions.store_list import stores_of_the_desk
    from yunying.org.roles import DEEDS

    if person is None:
        raise OperatorError("no-person", "Nobody was named.", "Give --person, whom the program acts for.")
    for deed in deeds:
        if deed not in DEEDS:
            raise OperatorError("unknown-deed", f"There is no deed {deed!r}.", f"Use: {', '.join(DEEDS)}.")
    known = [each.slug for each in stores_of_the_desk()]
    for store in stores:
        if store not in known:
            listed = ", ".join(known) or "none yet"
            raise OperatorError("unknown-store", f"There is no store {store!r}.", f"Stores: {listed}.")
    text = token_make(person_named(person), title, now=moment(), stores=stores, deeds=deeds, days=days or None)
    if as_json:
        print_json({"token": text})
    else:
        typer.echo(text)
        typer.echo("Keep it now: it is shown this once.", err=True)


def _revoke(prefix: str, as_json: bool) -> None:
    from yunying.accounts.tokens import token_revoke

    wanted = prefix.removeprefix("yy_").partition("_")[0]
    if not token_revoke(wanted, now=moment()):
        raise OperatorError("unknown-token", "No token of that prefix holds.", "See: yunying token list.")
    if as_json:
        print_json({"revoked": wanted})
    else:
        typer.echo(f"{wanted}: revoked")


def _list(person: str | None, as_json: bool) -> None:
    from yunying.accounts.people import person_named
    from yunying.accounts.tokens import tokens_list

    rows = [_plain(each) for each in tokens_list(person_named(person) if person else None)]
    if as_json:
        print_json({"tokens": rows})
        return
    table = Table("prefix", "title", "person", "stores", "deeds", "until", "last used", "revoked")
    for row in rows:
        table.add_row(*(", ".join(value) if isinstance(value, list) else str(value or "") for value in row.values()))
    Console().print(table)


def _plain(token: Any) -> dict[str, Any]:
    def day(at: Any) -> str | None:
        return at.date().isoformat() if at else None

    return {
        "prefix": token.prefix, "title": token.title, "person": token.person.get_username(), "stores": token.stores,
        "deeds": token.deeds, "until": day(token.expires_at), "last_used": day(token.last_used_at),
        "revoked": day(token.revoked_at),
    }  # fmt: skip

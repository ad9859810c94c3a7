"""Commands of the ledger: run, proposals, approve, reject, revert, measure."""

import time
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from yunying.cli.app import (
    HomeOption,
    JsonOption,
    StoreOption,
    app,
    home_of,
    language,
    moment,
    print_json,
    progress_bar,
)
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import to_major

WAIT_SECONDS = 0.5
IdsArgument = Annotated[
    list[int], typer.Argument(metavar="ID...", help="Numbers of proposals, as proposals shows them.")
]
AsOption = Annotated[str, typer.Option("--as", help="Log-in name of the person who decides.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept in the history.")]


@app.command("run")
def run_day(
    store: StoreOption,
    days: Annotated[int, typer.Option(help="Of a simulated store: how many days to live first.", min=0)] = 0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do the loop once: send what is approved, take in facts, propose, measure, report.

    Example: yunying run --store flagship-01
    """
    place = home_of(home, database=True)
    from yunying.interventions.runs import run_request
    from yunying.loop.sites import desk_tell
    from yunying.loop.worker import Worker

    if store not in desk_tell(place, store):
        raise OperatorError("unknown-store", f"There are no facts of a store {store!r}.", "Import its orders first.")
    now = moment()
    kind, params = ("advance", {"days": days}) if days else ("day", {})
    asked = run_request(store, kind, key=f"{kind}-{store}-{now.isoformat()}", params=params)
    with progress_bar(store) as tell:
        turning = Worker(place, moment)
        turning.until_done()
        asked.refresh_from_db()
        # A worker beside us may have been faster, or be busy with the store: whoever is free does the run.
        while asked.state == "running" or (asked.state == "requested" and asked.error is None):
            tell(asked.step or "waits for the worker", asked.share)
            time.sleep(WAIT_SECONDS)
            turning.until_done()
            asked.refresh_from_db()
    _tell_run(asked, as_json)


def _tell_run(run: Any, as_json: bool) -> None:
    if run.state == "failed":
        raise OperatorError(run.error["code"], run.error["what"], run.error["remedy"])
    if run.state != "done":
        raise OperatorError("not-done", run.error["what"], "It is tried again by itself; look again later.")
    if as_json:
        print_json({"id": run.pk, "as_of": run.as_of, "snapshot": run.snapshot, **run.result})
        return
    for name, value in run.result.items():
        typer.echo(f"{name}: {value}")


@app.command()
def proposals(
    store: StoreOption,
    state: Annotated[
        str, typer.Option(help="proposed, approved, applied, measured ...; open for what waits.")
    ] = "open",
    most: Annotated[int, typer.Option("--most", min=1, help="Rows to show.")] = 20,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List proposals and interventions, in the order of what a day of delay loses.

    Example: yunying proposals --store flagship-01 --state open
    """
    home_of(home, database=True)
    from yunying.interventions.listing import ledger_rows

    rows = ledger_rows(store, state, most)
    if as_json:
        print_json({"store": store, "proposals": rows})
        return
    words = ("编号", "状态", "做什么", "预计利润", "每晚一天损失", "占用资金", "失效")
    if language() != "zh":
        words = ("id", "state", "what", "profit", "loss per day", "cash", "until")
    table = Table(*words)
    for row in rows:
        money = (to_major(row[name] or 0, row["currency"]) for name in ("mid_minor", "delay_loss_minor", "cost_minor"))
        title = row["title_zh"] if language() == "zh" else row["title_en"]
        table.add_row(
            str(row["id"]), row["state"], title, *(f"{each:,.0f}" for each in money), str(row["expires_date"])
        )
    Console().print(table)


@app.command()
def approve(
    ids: IdsArgument, store: StoreOption, person: AsOption, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Approve proposals: their money is reserved and their commands are sent by the next run or worker.

    Example: yunying approve 12 13 --store flagship-01 --as manager
    """
    home_of(home, database=True)
    from yunying.accounts.people import person_named
    from yunying.interventions.deciding import proposals_approve

    _tell(proposals_approve(store, ids, person_named(person), at_once=True), "approved", as_json)


@app.command()
def reject(
    ids: IdsArgument,
    store: StoreOption,
    person: AsOption,
    reason: ReasonOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reject proposals.

    Example: yunying reject 12 --store flagship-01 --as manager --reason "no room"
    """
    home_of(home, database=True)
    from yunying.accounts.people import person_named
    from yunying.interventions.deciding import proposals_reject

    _tell(proposals_reject(store, ids, person_named(person), reason=reason), "rejected", as_json)


@app.command()
def revert(
    ids: IdsArgument,
    store: StoreOption,
    person: AsOption,
    reason: ReasonOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back what was done, where a command takes it back; what is only approved is cancelled.

    Example: yunying revert 12 --store flagship-01 --as manager --reason "wrong price"
    """
    home_of(home, database=True)
    from yunying.accounts.people import person_named
    from yunying.interventions.deciding import Outcome, intervention_cancel, intervention_revert

    actor = person_named(person)
    found = []
    for id in ids:
        try:
            _first_that_fits(
                lambda id=id: intervention_cancel(store, id, actor, reason=reason),  # type: ignore[misc]
                lambda id=id: intervention_revert(store, id, actor, reason=reason),  # type: ignore[misc]
            )
            found.append(Outcome(id))
        except OperatorError as error:
            found.append(Outcome(id, error.code, error.what, error.remedy))
    _tell(found, "taken back", as_json)


@app.command()
def measure(store: StoreOption, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Measure what was done, and list what it brought.

    Example: yunying measure --store flagship-01
    """
    place = home_of(home, database=True)
    from yunying.interventions.listing import measurement_rows
    from yunying.loop.measure import measure_store
    from yunying.loop.sites import desk_tell

    if store not in desk_tell(place, store):
        raise OperatorError("unknown-store", f"There are no facts of a store {store!r}.", "Import its orders first.")
    count = measure_store(place, store)
    rows = measurement_rows(store, 20)
    if as_json:
        print_json({"store": store, "looks": count, "measurements": rows})
        return
    for row in rows:
        money = [to_major(row[name] or 0, row["currency"]) for name in ("mid_minor", "low_minor", "high_minor")]
        found = f"{money[0]:,.0f} ({money[1]:,.0f} to {money[2]:,.0f}) {row['currency']}"
        typer.echo(
            f"{row['as_of']} {row['practice']} {row['method']}: {found if row['is_measured'] else row['reason_en']}"
        )
    if not rows:
        typer.echo("Nothing has been done long enough to be measured.")


@app.command()
def person(
    username: Annotated[str, typer.Argument(help="Log-in name.")],
    name: Annotated[str, typer.Option(help="Name that pages show.")] = "",
    only_looks: Annotated[bool, typer.Option("--viewer", help="May look, but not decide.")] = False,
    password: Annotated[str | None, typer.Option(help="Asked for if left out.", envvar="YUNYING_PASSWORD")] = None,
    ends_factor: Annotated[bool, typer.Option("--end-factor", help="Only take the second factor away.")] = False,
    closes: Annotated[bool, typer.Option("--close", help="Only close the account; its tokens end with it.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an account for the desk, or give it a new password; or end its second factor, or the account.

    Example: yunying person manager --name 林晓
    """
    home_of(home, database=True)
    from yunying.accounts.people import person_make

    if ends_factor or closes:
        _end_part(username, closes, as_json)
        return
    if password is None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    made = person_make(username, password, name=name, may_act=not only_looks)
    if as_json:
        print_json({"username": made.username, "may_act": made.is_staff})
    else:
        typer.echo(f"{made.username} may {'decide' if made.is_staff else 'look'}.")


def _end_part(username: str, closes: bool, as_json: bool) -> None:
    from yunying.accounts.people import person_close, person_named
    from yunying.accounts.second_factor import factor_end

    known = person_named(username)
    ended = person_close(known, None, moment()) if closes else factor_end(known, None, moment())
    if as_json:
        print_json({"username": username, "closed" if closes else "factor_ended": ended})
    elif closes:
        typer.echo(f"{username}: " + ("closed" if ended else "was closed already"))
    else:
        typer.echo(f"{username}: " + ("signs in without a second factor" if ended else "had no second factor"))


def _first_that_fits(*deeds: Callable[[], None]) -> None:
    for at, deed in enumerate(deeds):
        try:
            deed()
            return
        except OperatorError:
            if at == len(deeds) - 1:
                raise


def _tell(outcomes: Iterable[Any], word: str, as_json: bool) -> None:
    """Say what became of each; exit code 2 if one was refused."""
    listed = list(outcomes)
    if as_json:
        print_json({"outcomes": [{**vars(each), "is_done": each.is_done} for each in listed]})
    else:
        for each in listed:
            typer.echo(f"{each.id}: {word}" if each.is_done else f"{each.id}: {each.what} {each.remedy}")
    if not all(each.is_done for each in listed):
        raise typer.Exit(2)

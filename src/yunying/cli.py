"""The command line: every command shows an example in its help, and answers in JSON where asked.

Imports stand inside the commands: Django has to know the home folder before its models load, and help must be quick.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from yunying import __version__
from yunying.kernel.errors import FactError, OperatorError, YunyingError

if TYPE_CHECKING:
    from yunying.loop.home import Home

app = typer.Typer(
    name="yunying",
    help="Yunying 运营: what to do in the store today, in order of money. Start with: yunying demo",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
T = TypeVar("T")
_errors = Console(stderr=True, soft_wrap=True, highlight=False)
_state: dict[str, bool] = {"json": False}

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Home folder; else YUNYING_HOME, else ~/.yunying.", envvar="YUNYING_HOME")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON on standard output.")]
StoreOption = Annotated[str, typer.Option("--store", help="Id of the store, such as flagship-01.")]
DateOption = Annotated[str | None, typer.Option("--as-of", help="Decide as of this day (YYYY-MM-DD).")]


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code: 0 done, 1 our bug, 2 something you can mend, 3 rows that are bad."""
    _state["json"] = "--json" in arguments
    try:
        outcome = app(args=list(arguments), standalone_mode=False)
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else 0
    except FactError as error:
        problems = [{"row": p.row, "column": p.column, "what": p.what, "remedy": p.remedy} for p in error.problems]
        return _fail(3, {"code": "bad-rows", "what": str(error), "table": error.table, "problems": problems})
    except OperatorError as error:
        return _fail(2, {"code": error.code, "what": error.what, "remedy": error.remedy})
    except YunyingError as error:
        return _fail(1, {"code": "internal", "what": str(error), "remedy": "Please report this as a bug."})
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        return _fail(130, {"code": "stopped", "what": "Stopped.", "remedy": "Nothing is half-written; run it again."})
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is still in the buffer must not be flushed at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        what = f"{where}{error.strerror or error}."
        return _fail(2, {"code": "system", "what": what, "remedy": "Check the path, its rights and the free space."})
    except Exception as error:
        # Click's own usage errors know how to show themselves and carry an exit code.
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            return int(error.exit_code)
        return _fail_unforeseen(error)


def _fail_unforeseen(error: Exception) -> int:
    """A bug of ours, told without its trace unless YUNYING_DEBUG asks for it."""
    if os.environ.get("YUNYING_DEBUG") == "1":
        raise error
    first_line = (str(error).splitlines() or [""])[0]
    remedy = "Please report this as a bug, with what YUNYING_DEBUG=1 shows for the same command."
    return _fail(1, {"code": "internal", "what": f"{type(error).__name__}: {first_line}.", "remedy": remedy})


def _fail(code: int, error: dict[str, Any]) -> int:
    if _state["json"]:
        typer.echo(json.dumps({"error": error}, ensure_ascii=False))
    for problem in error.get("problems", [])[:20]:
        place = f"row {problem['row']}, " if problem["row"] else ""
        _errors.print(f"  {place}column {problem['column']}: {problem['what']} {problem['remedy']}", markup=False)
    if len(error.get("problems", [])) > 20:
        _errors.print(f"  ... and {len(error['problems']) - 20} more (--json lists them)", markup=False)
    if "table" in error:
        _errors.print(
            f"Refused: {error['table']} has {_counted(error['problems'])}, so nothing of it was imported. Mend the "
            f"file, or import the rest with --set-aside FILE.",
            markup=False,
        )
    else:
        _errors.print(f"Error: {error['what']} {error['remedy']}", markup=False)
    return code


def _counted(problems: Sequence[Mapping[str, Any]]) -> str:
    """How many rows are bad; where a list was cut, its last entry counts the rest."""
    if problems and problems[-1]["column"] == "(any)":
        return f"{len(problems) - 1} bad rows and more: {problems[-1]['what'].rstrip('.')}"
    return f"{len(problems)} bad row" + ("s" if len(problems) != 1 else "")


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False, home: HomeOption = None
) -> None:
    if home is not None:
        os.environ["YUNYING_HOME"] = str(home)
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="CSV, TSV, XLSX or Parquet files, also .gz and .zip.")],
    store: StoreOption,
    currency: Annotated[str | None, typer.Option(help="Currency of a new store, such as CNY.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Time zone of a new store, such as Asia/Shanghai.")] = None,
    kind: Annotated[
        str | None,
        typer.Option(help="orders, products, stock, purchases, ad_spend or suppliers; found out if left out."),
    ] = None,
    map_path: Annotated[Path | None, typer.Option("--map", help="YAML map of the columns; see --dry-run.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; draft a map with sample values.")] = False,
    set_aside: Annotated[Path | None, typer.Option(help="Put bad rows into this file and import the rest.")] = None,
    stock_date: Annotated[str | None, typer.Option("--date", help="Day of a stock file that has no dates.")] = None,
    capital_rate: Annotated[float | None, typer.Option(help="Cost of capital a year, a share such as 0.08.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a shop's exports: each file goes in whole or not at all.

    Example: yunying import orders.csv stock.xlsx --store flagship-01 --currency CNY --time-zone Asia/Shanghai
    """
    _refuse_lost_rows(files, set_aside)
    place = _home(home, database=not dry_run)
    if dry_run:
        _draft(files, map_path, kind, as_json)
        return
    from yunying.loop.ingest import ImportOptions, ingest_file

    options = ImportOptions(
        store=store,
        latest_date=_today(time_zone) + timedelta(days=1),
        currency=currency,
        time_zone=time_zone,
        kind=kind,
        map_path=map_path,
        set_aside=set_aside,
        stock_date=_date(stock_date, "--date"),
        capital_rate=_share(capital_rate, "--capital-rate"),
    )
    total = {"rows_read": 0, "rows_new": 0, "rows_superseded": 0, "rows_set_aside": 0, "snapshot": 0}
    details = []
    for path in files:
        with _progress(path.name) as tell:
            done = ingest_file(place, path, options, progress=tell)
        one = {
            "rows_read": done.file.rows_read,
            "rows_new": done.outcome.rows_new,
            "rows_superseded": done.outcome.rows_superseded,
            "rows_set_aside": done.file.rows_set_aside,
            "snapshot": done.outcome.snapshot,
        }
        total = {name: one[name] if name == "snapshot" else total[name] + one[name] for name in total}
        more = {"file": path.name, "kind": done.file.kind, "preset": done.file.preset, "notes": list(done.notes)}
        details.append({**one, **more, "is_repeat": done.outcome.is_repeat})
        if not as_json:
            _show_import(details[-1])
    if as_json:
        _print_json({**total, "files": details})


@app.command()
def facts(
    store: StoreOption,
    quality: Annotated[bool, typer.Option("--quality", help="Also say what is wrong with the facts.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is known of a store: rows and dates per table, and what the orders hold.

    Example: yunying facts --store flagship-01 --quality
    """
    place = _home(home)
    from yunying.facts.overview import overview
    from yunying.facts.quality import quality as findings_of
    from yunying.loop.home import store_named
    from yunying.loop.plan import day_after_last
    from yunying.loop.show import show_facts

    store_named(place, store)
    with place.facts.read([store]) as reader:
        found = overview(reader, store)
        findings = findings_of(reader, store, day_after_last(reader, store)) if quality else []
    if as_json:
        extra = {"findings": [vars(finding) for finding in findings]} if quality else {}
        _print_json({**found, **extra})
    else:
        show_facts(Console(), found, findings)


@app.command()
def metrics(
    names: Annotated[list[str] | None, typer.Argument(help="Metrics, by slug or Chinese name; none lists all.")] = None,
    store: Annotated[str | None, typer.Option("--store", help="Id of the store.")] = None,
    by: Annotated[
        str | None, typer.Option(help="Dimension, or several with commas: category, month, channel ...")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day (YYYY-MM-DD).")] = None,
    end: Annotated[str | None, typer.Option("--to", help="First day that no longer counts (YYYY-MM-DD).")] = None,
    compare: Annotated[str | None, typer.Option(help="previous or year.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compute metrics; without dates, over the last 28 days that have facts.

    Example: yunying metrics paid_amount 退货率 --store flagship-01 --by category --from 2026-10-01 --to 2026-11-01
    """
    from yunying.loop.show import show_metric_list, show_metrics

    if not names:
        show_metric_list(Console(), as_json=as_json)
        return
    if store is None:
        raise OperatorError("no-store", "No store was named.", "Give --store ID.")
    place = _home(home)
    from yunying.kernel.periods import Period
    from yunying.loop.home import store_named
    from yunying.loop.plan import day_after_last
    from yunying.metrics.evaluate import evaluate

    store_named(place, store)
    with place.facts.read([store]) as reader:
        last = _date(end, "--to") or day_after_last(reader, store)
        period = Period(_date(start, "--from") or last - timedelta(days=28), last)
        dimensions = tuple(part.strip() for part in by.split(",")) if by else None
        table = evaluate(reader, names, store=store, period=period, by=dimensions, compare=compare)  # type: ignore[arg-type]
    if as_json:
        _print_json(table.to_json())
    else:
        show_metrics(Console(), table)


@app.command()
def plan(
    store: StoreOption,
    as_of: DateOption = None,
    practice: Annotated[
        list[str] | None, typer.Option("--practice", help="Only this practice; may be repeated.")
    ] = None,
    csv_path: Annotated[Path | None, typer.Option("--csv", help="Also write the list as CSV.")] = None,
    xlsx_path: Annotated[Path | None, typer.Option("--xlsx", help="Also write the list as XLSX.")] = None,
    most: Annotated[int, typer.Option("--most", min=0, help="Rows to show; files and JSON hold all.")] = 20,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what to do today, in the order of what a day of delay loses.

    Example: yunying plan --store flagship-01 --as-of 2026-11-12 --xlsx buy-list.xlsx
    """
    place = _home(home)
    from yunying.loop.buy_list import write_csv, write_xlsx
    from yunying.loop.home import store_named
    from yunying.loop.plan import plan_make
    from yunying.loop.show import show_plan

    store_named(place, store)
    _refuse_unwritable(csv_path, xlsx_path)
    with _progress(store) as tell:
        made = plan_make(
            place,
            store,
            as_of=_date(as_of, "--as-of"),
            made_at=_now(),
            practices=practice or (),
            progress=lambda step: tell(step, 0.5),
        )
    for path, write in ((csv_path, write_csv), (xlsx_path, write_xlsx)):
        if path is not None:
            write(path, made.decision)
    if as_json:
        run = made.run
        _print_json({"run": run.id, "store": run.store, "snapshot": run.snapshot, "as_of": run.as_of, **run.decision})
    else:
        show_plan(Console(), made, most, _language())


@app.command()
def replay(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, as plan printed it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a run again from its snapshot and compare: identical, or what differs (exit code 4).

    Example: yunying replay flagship-01-2026-11-12-0f3a9c41d2
    """
    place = _home(home)
    from yunying.loop.plan import plan_replay

    differences = plan_replay(place, run_id, made_at=_now())
    if as_json:
        _print_json({"run": run_id, "identical": not differences, "differences": differences})
    else:
        typer.echo("identical" if not differences else "\n".join(differences))
    if differences:
        raise typer.Exit(4)


@app.command()
def check(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check configuration, database, journal mode and facts; exit code 5 if something is wrong.

    Example: yunying check --json
    """
    place = _home(home, database=True)
    from yunying.loop.check import check_home

    found = check_home(place)
    if as_json:
        _print_json(found)
    else:
        for name, value in found["facts"].items():
            typer.echo(f"{name}: {value}")
        for problem in found["problems"]:
            _errors.print(f"Problem: {problem}", markup=False)
        typer.echo("all is well" if not found["problems"] else f"{len(found['problems'])} problems")
    if found["problems"]:
        raise typer.Exit(5)


@app.command()
def maintain(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Merge small files and delete what only forgotten snapshots used; run it hourly.

    Example: yunying maintain
    """
    place = _home(home)
    from yunying.loop.maintain import maintain_facts

    done = maintain_facts(place, now=_now())
    if as_json:
        _print_json(done)
    else:
        typer.echo(f"{done['files_merged']} files merged, {done['files_deleted']} files deleted")


@app.command()
def demo(
    days: Annotated[int, typer.Option(help="Days that the simulated store has lived.", min=60, max=700)] = 660,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build a simulated store, make today's plan and show it; a second time it starts in seconds.

    Example: yunying demo
    """
    place = _home(home)
    from yunying.loop.demo import demo_build, demo_plan
    from yunying.loop.show import show_demo

    with _progress("simulated store") as tell:
        built = demo_build(place, days, progress=tell)
    made, key_numbers = demo_plan(place, made_at=_now())
    if as_json:
        _print_json({"built": built, "run": made.run.id, "as_of": made.run.as_of, **made.run.decision})
    else:
        show_demo(Console(), made, key_numbers, place.path, _language())


def _home(chosen: Path | None, *, database: bool = False) -> "Home":
    """Settle the home folder, before Django reads its settings."""
    if chosen is not None:
        os.environ["YUNYING_HOME"] = str(chosen)
    from yunying.loop.home import Home

    place = Home(Path(os.environ.get("YUNYING_HOME") or Path.home() / ".yunying").expanduser().absolute())
    if place.path.exists() and not place.path.is_dir():
        raise OperatorError("bad-home", f"{place.path} is not a folder.", "Give another --home.")
    if database:
        _database()
    return place


def _database() -> None:
    """Set Django up and bring the database up to the code."""
    import django

    try:
        django.setup()
    except ValueError as error:  # the settings refuse what YUNYING_DATABASE_URL says
        raise OperatorError("bad-database", f"{error}.", "Correct the variable, or leave it out for SQLite.") from error
    from django.db import DatabaseError

    from yunying.accounts.database import database_ready

    try:
        database_ready()
    except DatabaseError as error:
        what = (str(error).splitlines() or ["it does not answer"])[0]
        raise OperatorError(
            "database-unreachable", f"The database cannot be used: {what}.",
            "Start it, correct YUNYING_DATABASE_URL, or check the home folder.",
        ) from error  # fmt: skip


def _refuse_unwritable(*paths: Path | None) -> None:
    """A place where a list cannot be written is better told before the plan is made than after."""
    for path in paths:
        if path is not None and (path.is_dir() or not os.access(path.absolute().parent, os.W_OK)):
            raise OperatorError("unwritable-file", f"{path} cannot be written.", "Give a file in a folder of yours.")


def _refuse_lost_rows(files: Sequence[Path], set_aside: Path | None) -> None:
    """One file of bad rows cannot hold those of several files, and must not replace the file that is read."""
    if set_aside is None:
        return
    if len(files) > 1:
        raise OperatorError(
            "one-set-aside", "--set-aside names one file for the bad rows of several.", "Import the files one by one."
        )
    if set_aside.resolve() == files[0].resolve():
        raise OperatorError(
            "set-aside-is-input", f"--set-aside would replace {set_aside}, which is read.", "Choose another path."
        )


def _draft(files: Sequence[Path], map_path: Path | None, kind: str | None, as_json: bool) -> None:
    from yunying.loop.preview import file_preview

    for path in files:
        guess, draft = file_preview(path, map_path, kind)
        if as_json:
            _print_json({"file": path.name, **_plain(vars(guess)), "map": draft})
        else:
            typer.echo(draft)


def _plain(value: object) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _show_import(one: dict[str, Any]) -> None:
    read, new = one["rows_read"], one["rows_new"]
    repeat = " (this very file was imported before)" if one["is_repeat"] else ""
    typer.echo(
        f"{one['file']}: {one['kind']}, {read:,} rows read, {new:,} new, {one['rows_superseded']:,} superseded, "
        f"{one['rows_set_aside']:,} set aside; snapshot {one['snapshot']}{repeat}"
    )
    for note in one["notes"]:
        typer.echo(f"  - {note}")


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=_json_form))


def _json_form(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error; nothing where that is not a terminal."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=_errors, transient=True,
        disable=not _errors.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task(title, total=1.0)
        yield lambda step, share: bar.update(task, completed=share, description=f"{title}: {step}")


def _language() -> str:
    """``zh`` where YUNYING_LANG, or else the terminal's locale, is Chinese."""
    chosen = os.environ.get("YUNYING_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if chosen.lower().startswith("zh") else "en"


def _now() -> datetime:
    # The command line is where the clock enters: below it, moments and days are arguments.
    return datetime.now(UTC)  # noqa: TID251


def _today(time_zone: str | None) -> date:
    zone = UTC
    if time_zone:
        try:
            return _now().astimezone(ZoneInfo(time_zone)).date()
        except (KeyError, ValueError, OSError) as error:
            raise OperatorError(
                "bad-time-zone", f"{time_zone!r} is not a time zone.", "Give an IANA name such as Asia/Shanghai."
            ) from error
    return _now().astimezone(zone).date()


def _date(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise OperatorError(
            "bad-date", f"{option} {text!r} is not a day.", "Write it as year-month-day, such as 2026-11-11."
        ) from error
    if not 1971 <= day.year <= 2200:
        raise OperatorError("bad-date", f"{option} {text} cannot be meant.", "Give a day from 1971 to 2200.")
    return day


def _share(value: float | None, option: str) -> float | None:
    if value is not None and not 0 <= value <= 10:
        raise OperatorError(
            "bad-rate", f"{option} {value} is out of range.", "Give a share from 0 to 10, such as 0.08."
        )
    return value

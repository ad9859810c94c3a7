"""The command line's frame: its options, its errors, its home and its clock; the commands stand in files beside it.

Imports stand inside the commands: Django has to know the home folder before its models load, and help must be quick.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
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
error_console = Console(stderr=True, soft_wrap=True, highlight=False)
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
        error_console.print(f"  {place}column {problem['column']}: {problem['what']} {problem['remedy']}", markup=False)
    if len(error.get("problems", [])) > 20:
        error_console.print(f"  ... and {len(error['problems']) - 20} more (--json lists them)", markup=False)
    if "table" in error:
        error_console.print(
            f"Refused: {error['table']} has {_counted(error['problems'])}, so nothing of it was imported. Mend the "
            f"file, or import the rest with --set-aside FILE.",
            markup=False,
        )
    else:
        error_console.print(f"Error: {error['what']} {error['remedy']}", markup=False)
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


def home_of(chosen: Path | None, *, database: bool = False) -> "Home":
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


def print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=_json_form))


def _json_form(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error; nothing where that is not a terminal."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=error_console, transient=True,
        disable=not error_console.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task(title, total=1.0)
        yield lambda step, share: bar.update(task, completed=share, description=f"{title}: {step}")


def language() -> str:
    """``zh`` where YUNYING_LANG, or else the terminal's locale, is Chinese."""
    chosen = os.environ.get("YUNYING_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if chosen.lower().startswith("zh") else "en"


def moment() -> datetime:
    # The command line is where the clock enters: below it, moments and days are arguments.
    return datetime.now(UTC)  # noqa: TID251


def today_in(time_zone: str | None) -> date:
    zone = UTC
    if time_zone:
        try:
            return moment().astimezone(ZoneInfo(time_zone)).date()
        except (KeyError, ValueError, OSError) as error:
            raise OperatorError(
                "bad-time-zone", f"{time_zone!r} is not a time zone.", "Give an IANA name such as Asia/Shanghai."
            ) from error
    return moment().astimezone(zone).date()


def read_date(text: str | None, option: str) -> date | None:
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


def read_share(value: float | None, option: str) -> float | None:
    if value is not None and not 0 <= value <= 10:
        raise OperatorError(
            "bad-rate", f"{option} {value} is out of range.", "Give a share from 0 to 10, such as 0.08."
        )
    return value

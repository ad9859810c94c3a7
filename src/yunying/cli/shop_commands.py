"""Commands around a shop's facts and plans: import, facts, metrics, plan, replay, check, maintain."""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from yunying.cli.app import (
    DateOption,
    HomeOption,
    JsonOption,
    StoreOption,
    app,
    error_console,
    home_of,
    language,
    moment,
    print_json,
    progress_bar,
    read_date,
    read_share,
    today_in,
)
from yunying.kernel.errors import OperatorError


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="CSV, TSV, XLSX or Parquet files, also .gz and .zip.")],
    store: StoreOption,
    currency: Annotated[str | None, typer.Option(help="Currency of a new store, such as CNY.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Time zone of a new store, such as Asia/Shanghai.")] = None,
    kind: Annotated[
        str | None,
        typer.Option(help="orders, products, stock, purchases, ad_spend, suppliers or rates; found out if left out."),
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
    place = home_of(home, database=not dry_run)
    if dry_run:
        _draft(files, map_path, kind, as_json)
        return
    from yunying.loop.ingest import ImportOptions, ingest_file

    options = ImportOptions(
        store=store,
        latest_date=today_in(time_zone) + timedelta(days=1),
        currency=currency,
        time_zone=time_zone,
        kind=kind,
        map_path=map_path,
        set_aside=set_aside,
        stock_date=read_date(stock_date, "--date"),
        capital_rate=read_share(capital_rate, "--capital-rate"),
    )
    total = {"rows_read": 0, "rows_new": 0, "rows_superseded": 0, "rows_set_aside": 0, "snapshot": 0}
    details = []
    for path in files:
        with progress_bar(path.name) as tell:
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
        print_json({**total, "files": details})


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
    place = home_of(home)
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
        print_json({**found, **extra})
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
    place = home_of(home)
    from yunying.kernel.periods import Period
    from yunying.loop.home import store_named
    from yunying.loop.plan import day_after_last
    from yunying.metrics.evaluate import evaluate

    store_named(place, store)
    with place.facts.read([store]) as reader:
        last = read_date(end, "--to") or day_after_last(reader, store)
        period = Period(read_date(start, "--from") or last - timedelta(days=28), last)
        dimensions = tuple(part.strip() for part in by.split(",")) if by else None
        table = evaluate(reader, names, store=store, period=period, by=dimensions, compare=compare)  # type: ignore[arg-type]
    if as_json:
        print_json(table.to_json())
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
    place = home_of(home)
    from yunying.loop.buy_list import write_csv, write_xlsx
    from yunying.loop.home import store_named
    from yunying.loop.plan import plan_make
    from yunying.loop.show import show_plan

    store_named(place, store)
    _refuse_unwritable(csv_path, xlsx_path)
    with progress_bar(store) as tell:
        made = plan_make(
            place,
            store,
            as_of=read_date(as_of, "--as-of"),
            made_at=moment(),
            practices=practice or (),
            progress=lambda step: tell(step, 0.5),
        )
    for path, write in ((csv_path, write_csv), (xlsx_path, write_xlsx)):
        if path is not None:
            write(path, made.decision)
    if as_json:
        run = made.run
        print_json({"run": run.id, "store": run.store, "snapshot": run.snapshot, "as_of": run.as_of, **run.decision})
    else:
        show_plan(Console(), made, most, language())


@app.command()
def replay(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, as plan printed it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a run again from its snapshot and compare: identical, or what differs (exit code 4).

    Example: yunying replay flagship-01-2026-11-12-0f3a9c41d2
    """
    place = home_of(home)
    from yunying.loop.plan import plan_replay

    differences = plan_replay(place, run_id, made_at=moment())
    if as_json:
        print_json({"run": run_id, "identical": not differences, "differences": differences})
    else:
        typer.echo("identical" if not differences else "\n".join(differences))
    if differences:
        raise typer.Exit(4)


@app.command()
def check(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check configuration, database, audit log and facts; exit code 5 if something is wrong.

    Example: yunying check --json
    """
    place = home_of(home, database=True)
    from yunying.loop.check import check_home

    found = check_home(place)
    if as_json:
        print_json(found)
    else:
        for name, value in found["facts"].items():
            typer.echo(f"{name}: {value}")
        for problem in found["problems"]:
            error_console.print(f"Problem: {problem}", markup=False)
        typer.echo("all is well" if not found["problems"] else f"{len(found['problems'])} problems")
    if found["problems"]:
        raise typer.Exit(5)


@app.command()
def maintain(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Merge small files and delete what only forgotten snapshots used; run it hourly.

    Example: yunying maintain
    """
    place = home_of(home)
    from yunying.loop.maintain import maintain_facts

    done = maintain_facts(place, now=moment())
    if as_json:
        print_json(done)
    else:
        typer.echo(f"{done['files_merged']} files merged, {done['files_deleted']} files deleted")


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
            print_json({"file": path.name, **_plain(vars(guess)), "map": draft})
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

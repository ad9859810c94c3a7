"""Commands that stay: serve, worker and the demo."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from yunying.cli.app import (
    HomeOption,
    JsonOption,
    app,
    error_console,
    home_of,
    language,
    moment,
    print_json,
    progress_bar,
)
from yunying.kernel.errors import OperatorError

AddressOption = Annotated[str, typer.Option("--address", help="Where the desk answers: host:port.")]
WEB_THREADS = 4


@app.command()
def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what waits now, then stop.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turn the loop: do what is asked for, send what is approved, decide for each store every morning.

    Example: yunying worker
    """
    place = home_of(home, database=True)
    from yunying.loop.worker import Worker

    turning = Worker(place, moment)
    if once:
        busy = 0
        while turning.turn():
            busy += 1
        if as_json:
            print_json({"turns": busy})
        return
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: turning.stop())
    error_console.print("The worker turns; stop it with Ctrl-C.", markup=False)
    turning.run()


@app.command()
def serve(
    address: AddressOption = "127.0.0.1:8000",
    with_worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Also turn the loop.")] = True,
    processes: Annotated[int, typer.Option(help="Web processes.", min=1, max=64)] = 2,
    home: HomeOption = None,
) -> None:
    """Serve the desk, and turn the loop unless told otherwise.

    Example: yunying serve --address 127.0.0.1:8000
    """
    place = home_of(home, database=True)
    _refuse_bad_address(address)
    environment = {**os.environ, "YUNYING_HOME": str(place.path)}
    web = [
        sys.executable, "-m", "gunicorn", "yunying.config.wsgi:application", "--bind", address,
        "--workers", str(processes), "--threads", str(WEB_THREADS), "--worker-class", "gthread", "--timeout", "60",
        "--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    started = [subprocess.Popen(web, env=environment)]
    if with_worker:
        started.append(subprocess.Popen([sys.executable, "-m", "yunying", "worker"], env=environment))
    error_console.print(f"The desk: http://{address}/desk/  (stop with Ctrl-C)", markup=False, soft_wrap=True)
    raise typer.Exit(_watch(started))


def _watch(started: list[subprocess.Popen[bytes]]) -> int:
    """Wait until one ends or somebody stops us; then end all."""
    over = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: over.set())
    while not over.wait(0.3):
        if any(each.poll() is not None for each in started):
            break
    code = next((each.returncode for each in started if each.poll() not in (None, 0)), 0)
    for each in started:
        if each.poll() is None:
            each.terminate()
    for each in started:
        try:
            each.wait(timeout=15)
        except subprocess.TimeoutExpired:
            each.kill()
    return int(code or 0)


def _refuse_bad_address(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise OperatorError("bad-address", f"{address!r} is no address.", "Give host:port, such as 127.0.0.1:8000.")


@app.command()
def demo(
    days: Annotated[int, typer.Option(help="Days that the simulated store has lived.", min=60, max=700)] = 660,
    lived: Annotated[int, typer.Option(help="Of these, how many with the loop turning.", min=1, max=120)] = 56,
    address: AddressOption = "127.0.0.1:8000",
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Build and show, do not serve the desk.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build a simulated store, live its last weeks with approvals and measured effects, and serve its desk.

    Example: yunying demo
    """
    if lived >= days:
        raise OperatorError("bad-demo", f"--lived {lived} is not below --days {days}.", "Give more days.")
    place = home_of(home, database=True)
    from yunying.loop.demo import demo_build, demo_people, demo_summary
    from yunying.loop.show import show_demo

    with progress_bar("simulated store") as tell:
        built = demo_build(place, days, lived, now=moment, progress=tell)
    log_in = demo_people(place)
    made, key_numbers = demo_summary(place, made_at=moment())
    if as_json:
        print_json({"built": built, "run": made.run.id, "as_of": made.run.as_of, **made.run.decision})
    else:
        show_demo(Console(), made, key_numbers, place.path, language())
    if no_serve:
        return
    typer.echo(f"http://{address}/desk/  log in as {log_in.username} with {log_in.password}")
    sys.stdout.flush()
    serve(address=address, with_worker=True, processes=2, home=Path(place.path))

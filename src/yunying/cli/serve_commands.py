"""Commands that stay: serve, worker and the demo."""

import os
import signal
import socket
import subprocess
import sys
import time
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
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 12.0
"""How long children may take to finish what is under way; what is then cut off is done again by the next one."""


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
    shop_turn: Annotated[
        bool, typer.Option("--shop-turn", help="Also do the minute's work of the shops and the portal.")
    ] = (False),
    home: HomeOption = None,
) -> None:
    """Serve the desk, and turn the loop unless told otherwise.

    Example: yunying serve --address 127.0.0.1:8000
    """
    _refuse_bad_address(address)
    place = home_of(home, database=True)
    environment = {**os.environ, "YUNYING_HOME": str(place.path)}
    web = [
        sys.executable, "-m", "gunicorn", "yunying.config.wsgi:application", "--bind", address,
        "--workers", str(processes), "--threads", str(WEB_THREADS), "--worker-class", "gthread", "--timeout", "60",
        "--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket", "--preload",
    ]  # fmt: skip
    commands = {"desk": web}
    if with_worker:
        commands["worker"] = [sys.executable, "-m", "yunying", "worker"]
    if shop_turn:
        for room in ("shop", "news", "members"):
            commands[room] = [sys.executable, "-m", "django", f"{room}_turn", "--every", "60"]
        # Learning takes longer than a minute on a busy machine, and money must not wait for it.
        commands["moderation"] = [sys.executable, "-m", "django", "moderation_turn", "--every", "300"]
        commands["watch"] = [sys.executable, "-m", "django", "watch_turn", "--every", "120", "--begin"]
        environment.setdefault("YUNYING_WATCH_ADDRESS", os.environ.get("YUNYING_SHOP_ADDRESS") or _own_address(address))
    # Asked for before anything is started: whoever stops us in between must not leave a child behind.
    watch = _Watch()
    for name, command in commands.items():
        watch.start(name, command, environment)
    error_console.print(f"The desk: http://{address}/desk/  (stop with Ctrl-C)", markup=False, soft_wrap=True)
    raise typer.Exit(watch.wait())


def _own_address(address: str) -> str:
    """Where this machine reaches what it serves; who listens everywhere is asked at home."""
    host, _, port = address.rpartition(":")
    everywhere = host.strip("[]") in ("0.0.0.0", "::", "")  # noqa: S104 (asked for, not listened on)
    return f"http://{'127.0.0.1' if everywhere else host}:{port}"


class _Watch:
    """Children that live and end together."""

    def __init__(self) -> None:
        self._started: dict[str, subprocess.Popen[bytes]] = {}
        self._is_over = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)

    def _stop(self, number: int, frame: object) -> None:
        self._is_over = True

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Start one, unless somebody stopped us already."""
        if not self._is_over:
            self._started[name] = subprocess.Popen(command, env=environment)

    def wait(self) -> int:
        """Wait until one ends or somebody stops us, then end all; returns the exit code."""
        ended: dict[str, int] = {}
        while not self._is_over and not ended:
            time.sleep(POLL_SECONDS)
            ended = {name: each.returncode for name, each in self._started.items() if each.poll() is not None}
        self._end_all()
        if self._is_over or not ended:
            return 0
        for name, code in ended.items():
            how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
            error_console.print(f"Error: the {name} ended by itself ({how}), so all was stopped.", markup=False)
        return 1

    def _end_all(self) -> None:
        for each in self._started.values():
            if each.poll() is None:
                each.terminate()
        end = time.monotonic() + PATIENCE_SECONDS
        for each in self._started.values():
            try:
                each.wait(timeout=max(end - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                # Whatever a killed worker was doing is done again by the next one.
                each.kill()
                each.wait()


def _refuse_bad_address(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise OperatorError("bad-address", f"{address!r} is no address.", "Give host:port, such as 127.0.0.1:8000.")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host.strip("[]"), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        what = f"Nothing can be served at {address}: {error.strerror or error}."
        raise OperatorError("address-used", what, "Stop what listens there, or give another --address.") from error


@app.command()
def demo(
    days: Annotated[int, typer.Option(help="Days that the simulated store has lived.", min=60, max=700)] = 660,
    lived: Annotated[int, typer.Option(help="Of these, how many with the loop turning.", min=1, max=120)] = 56,
    shop_days: Annotated[
        int, typer.Option(help="Days that visitors have used the teahouse by HTTP; 0 leaves it out.", min=0, max=120)
    ] = 32,
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
    # The demo takes no money, so its shop may offer the simulated gateway.
    os.environ.setdefault("YUNYING_SHOP_PAYMENTS", "gateway-simulator,cash-on-delivery,bank-transfer")
    place = home_of(home, database=True)
    from yunying.loop.demo import demo_build, demo_summary
    from yunying.loop.demo_company import PASSWORD, POSTS, SHOP, SHOP_MANAGER
    from yunying.loop.show import show_demo

    with progress_bar("simulated store") as tell:
        built = demo_build(place, days, lived, shop_days=shop_days, now=moment, progress=tell)
    made, key_numbers = demo_summary(place, made_at=moment())
    if as_json:
        print_json({"built": built, "run": made.run.id, "as_of": made.run.as_of, **made.run.decision})
    else:
        show_demo(Console(), made, key_numbers, place.path, language())
    if no_serve:
        return
    typer.echo(f"http://{address}/desk/  log in as {POSTS[0].username} with {PASSWORD}; so do the others:")
    for post in POSTS[1:]:
        typer.echo(f"  {post.username:12} {post.name}")
    typer.echo(f"http://{address}/shop/{SHOP}/  the shop that {SHOP_MANAGER} runs; it gets visitors by")
    typer.echo(f"  yunying visitors --home {place.path} --shop http://{address}/shop/{SHOP}/")
    sys.stdout.flush()
    serve(address=address, with_worker=True, processes=2, shop_turn=True, home=Path(place.path))

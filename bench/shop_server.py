"""A shop that benches ask over HTTP: a real gunicorn with the portal-only settings on loopback."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from yunying.cli.serve_commands import WEB_THREADS

ROOT = Path(__file__).parent.parent
RACE_SHOP = ROOT / "src/yunying/portal/shop/tests/race_shop.py"
WORKERS = 2
SETTINGS = {"DJANGO_SETTINGS_MODULE": "yunying.config.portal_settings", "YUNYING_SHOP_PAYMENTS": "bank-transfer"}


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def server_start(
    environment: Mapping[str, str], port: int, *, wsgi: str = "yunying.config.wsgi", python: str = sys.executable,
    folder: Path = ROOT, log: Path | None = None,
) -> subprocess.Popen[bytes]:  # fmt: skip
    """Start a server in a process group of its own, with the workers and threads of ``yunying serve``."""
    told = log.open("ab") if log else subprocess.DEVNULL
    return subprocess.Popen(
        [python, "-m", "gunicorn", f"{wsgi}:application", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
         "--threads", str(WEB_THREADS), "--worker-class", "gthread", "--timeout", "60", "--log-level", "warning",
         "--no-control-socket", "--preload"],
        env={**environment, "PYTHONPATH": str(folder)}, cwd=folder, start_new_session=True, stdout=told, stderr=told,
    )  # fmt: skip


def server_wait(port: int, patience_seconds: float = 60.0) -> None:
    """Wait until a worker answers."""
    end = time.monotonic() + patience_seconds
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as asked:
                asked.sendall(b"GET /nothing-is-here HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                if asked.recv(12).startswith(b"HTTP/"):
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"no server answers at port {port}")


def server_kill(server: subprocess.Popen[bytes]) -> None:
    """Kill a server with all its workers, as a power cut does."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


@contextmanager
def served(environment: Mapping[str, str], **how: object) -> Iterator[int]:
    """A running server's port."""
    port = free_port()
    server = server_start(environment, port, **how)  # type: ignore[arg-type]
    try:
        server_wait(port)
        yield port
    finally:
        server_kill(server)


def race_shop(environment: Mapping[str, str], *arguments: str) -> dict[str, object]:
    """Prepare the shop that races are run on, or read it: see ``race_shop.py``."""
    done = subprocess.run(
        [sys.executable, str(RACE_SHOP), *arguments], env=dict(environment), cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return dict(json.loads(done.stdout))

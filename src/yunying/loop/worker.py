"""The worker: does what is asked for, sends what is approved, and keeps each store's cadence."""

import logging
import os
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connections

from yunying.interventions.runs import run_claim, run_request
from yunying.interventions.store_list import stores_of_the_desk
from yunying.kernel.errors import YunyingError
from yunying.loop.audit_heads import audit_heads_publish
from yunying.loop.day import run_do
from yunying.loop.dispatch import dispatch_store
from yunying.loop.home import Home
from yunying.loop.inbox_drain import inbox_tidy, inboxes_drain
from yunying.loop.maintain import maintain_facts
from yunying.loop.sites import desk_tell
from yunying.loop.webhooks import deliveries_send, notices_write
from yunying.management.tasks import tasks_return

_log = logging.getLogger("yunying.loop")
IDLE_SECONDS = 1.0
DAY_BEGINS_HOUR = 6
"""A store's day is decided for from this hour of its own clock on."""
MAINTAIN_EVERY = timedelta(hours=1)
RETURN_EVERY = timedelta(minutes=1)
DRAIN_EVERY = timedelta(seconds=5)
"""Rows that come in are gathered for so long: every publication is a commit to the disk."""


class Worker:
    """One process that turns the loop.

    Args:
        clock: gives aware moments; the only place where the loop reads one.
    """

    def __init__(self, home: Home, clock: Callable[[], datetime]) -> None:
        self.home, self.clock = home, clock
        self.name = f"{socket.gethostname()[:40]}-{os.getpid()}"
        self._maintained: datetime | None = None
        self._drained: datetime | None = None
        self._returned: datetime | None = None
        self._told: int | None = None
        self._is_stopping = False

    def stop(self) -> None:
        """Finish what is under way, then return from ``run``; may be called by a signal's handler at any point."""
        self._is_stopping = True

    def run(self) -> None:
        """Turn until ``stop``; a database that does not answer is waited for, and a bug in one turn ends that turn."""
        while not self._is_stopping:
            busy = False
            try:
                busy = self.turn()
            except (OperationalError, InterfaceError) as error:
                _log.warning("the database does not answer: %s", error)
                connections.close_all()
            except Exception:  # whatever it is, the other stores' commands must go on
                _log.exception("a turn failed")
            close_old_connections()
            if not busy:
                self._rest()

    def turn(self) -> bool:
        """Do one requested run, or send what waits; returns whether there was anything to do."""
        now = self.clock()
        self._post(now)
        self._tell()
        self._cadence(now)
        run = run_claim(self.name)
        if run is not None:
            run_do(self.home, run, self.name, now=now)
            return True
        sent = 0
        for store in stores_of_the_desk():
            try:
                counts = dispatch_store(self.home, store.slug, self.name)
            except YunyingError as error:
                _log.warning("%s: %s", store.slug, error)
                continue
            except DatabaseError:
                raise
            except Exception:  # one store's hands must not stop the others'
                _log.exception("%s could not be sent to", store.slug)
                continue
            sent += sum(counts.values())
        self._maintain(now)
        return sent > 0

    def until_done(self) -> int:
        """Do all that is asked for now; returns how many runs there were."""
        count = 0
        while (run := run_claim(self.name)) is not None:
            run_do(self.home, run, self.name, now=self.clock())
            count += 1
        return count

    def _cadence(self, now: datetime) -> None:
        """Once a day and store, from the morning of its own clock on; a simulated store's days are asked for."""
        for store in stores_of_the_desk():
            local = now.astimezone(ZoneInfo(store.time_zone))
            if store.connector != "sim" and store.today_date is not None and local.hour >= DAY_BEGINS_HOUR:
                run_request(store.slug, "day", key=f"day-{store.slug}-{local.date()}")

    def _post(self, now: datetime) -> None:
        """What came in becomes facts, and what happened is told; neither may stop the stores' own commands."""
        try:
            if self._drained is None or now - self._drained >= DRAIN_EVERY:
                self._drained = now
                inboxes_drain(self.home, now=now)
            notices_write(now=now)
            deliveries_send(now=now)
            self._return_tasks(now)
        except DatabaseError:
            raise
        except Exception:
            _log.exception("the post could not be done")

    def _return_tasks(self, now: datetime) -> None:
        """What somebody was given who no longer sees it goes back to whoever gave it."""
        if self._returned is not None and now - self._returned < RETURN_EVERY:
            return
        self._returned = now
        for store in stores_of_the_desk():
            tasks_return(store.slug)

    def _maintain(self, now: datetime) -> None:
        if self._maintained is not None and now - self._maintained < MAINTAIN_EVERY:
            return
        self._maintained = now
        try:
            maintain_facts(self.home, now=now)
            inbox_tidy(now)
            for problem in audit_heads_publish(self.home, now=now):
                _log.error("the audit log: %s", problem)
        except (YunyingError, OSError) as error:
            _log.warning("maintenance has to wait: %s", error)

    def _tell(self) -> None:
        """What another program imported is told to the desk."""
        newest = self.home.facts.snapshots.latest().number
        if newest != self._told:
            desk_tell(self.home)
            self._told = newest

    def _rest(self) -> None:
        # Short sleeps and a plain flag: an event's lock could be held by the very thread that a signal interrupts.
        end = time.monotonic() + IDLE_SECONDS
        while not self._is_stopping and time.monotonic() < end:
            time.sleep(0.05)

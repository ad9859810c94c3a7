"""When the crowd comes, what it remembers, and how it meets a site that is none."""

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from yunying.kernel.errors import OperatorError
from yunying.sim.visitors.browser import Browser
from yunying.sim.visitors.crowd import Crowd, arrivals
from yunying.sim.visitors.memory import Memory, Plan, memory_read, memory_write
from yunying.sim.visitors.tastes import Tastes

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def test_people_come_at_the_shops_own_hours_and_the_same_seed_brings_the_same_ones() -> None:
    midnight = datetime(2026, 5, 4, tzinfo=ZoneInfo("Asia/Shanghai"))
    days = [arrivals(midnight + timedelta(days=each), 40.0, 3) for each in range(70)]
    assert days[5] == arrivals(midnight + timedelta(days=5), 40.0, 3)
    counts = [len(day) for day in days]
    assert np.mean(counts) == pytest.approx(40, abs=4 * np.sqrt(40 / 70))
    hours = [moment.hour for day in days for moment in day]
    assert hours.count(20) > 4 * hours.count(4)
    assert all(moment.date() == midnight.date() + timedelta(days=at) for at, day in enumerate(days) for moment in day)


def test_what_is_remembered_is_there_again_and_another_file_is_refused(tmp_path: Path) -> None:
    memory = Memory(visits=3, known_prices={"cup/1": 48.0}, plans=[Plan("ask", "/o/", 0, "", "")])
    memory_write(tmp_path / "crowd.json", memory)
    assert memory_read(tmp_path / "crowd.json") == memory
    (tmp_path / "crowd.json").write_text("[]", encoding="utf-8")
    with pytest.raises(OperatorError, match="no crowd's memory"):
        memory_read(tmp_path / "crowd.json")


def test_a_plan_waits_for_its_moment_and_is_given_up_in_the_end() -> None:
    memory = Memory()
    memory.plan("return", "/o/", 0, NOW)
    assert memory.due(NOW - timedelta(seconds=1)) == []
    [plan] = memory.due(NOW)
    assert memory.due(NOW) == []
    assert memory.later(plan, NOW)
    assert not memory.later(plan, NOW + timedelta(days=14))


def test_a_site_that_is_not_there_or_breaks_is_said_plainly() -> None:
    class Broken(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(500 if self.path.startswith("/broken") else 200)
            self.send_header("Set-Cookie", "brief=1; Max-Age=60")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Broken)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    site, clock = f"http://127.0.0.1:{server.server_port}", [NOW]
    try:
        with pytest.raises(OperatorError, match="answered 500"):
            Browser(site, {}, lambda: NOW, lambda status: None).get("/broken/")
        with pytest.raises(OperatorError, match="There is no shop"):
            Crowd(site, "/shop/t/", Memory(), lambda: NOW, 1, Tastes()).look()
        browser = Browser(site, {}, lambda: clock[0], lambda status: None)
        browser.get("/")
        assert browser._kept() == "brief=1"
        clock[0] += timedelta(seconds=61)
        assert browser._kept() == "", "cookies end by the crowd's own clock"
    finally:
        server.shutdown()
        server.server_close()
    with pytest.raises(OperatorError, match="does not answer"):
        Crowd(site, "/shop/t/", Memory(), lambda: NOW, 1, Tastes()).look()

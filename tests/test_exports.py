"""Ten thousand texts that spreadsheets run, through every file that leaves the house: none of them is live."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from yunying.accounts.people import person_make
from yunying.connectors.csv.sheets import Sheet, csv_bytes, xlsx_bytes
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Intervention
from yunying.interventions.tests.conftest import proposal
from yunying.kernel.proposal import Decision
from yunying.kernel.sheet_text import inert_csv_text, inert_text, sheet_text
from yunying.loop.buy_list import write_csv, write_xlsx

COUNT = 10_000
DAY = date(2026, 11, 25)
SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"]
LEADS = [
    "", " ", "  ", "\t", "\r", "\n", "\r\n", "\0", "\x0b", "\x0c", "\x1f", "\u00a0", "\u3000", "\ufeff", "\u200b",
    "\u2060", "\u00ad", '"', '""', '" ', "a\n", "a\r\n", "a;", "a\t", 'a;"', "a\n ", "亚麻；\n", "x\r",
]  # fmt: skip
BODIES = ["1+1", "cmd|' /C calc'!A0", "SUM(A1:A9)", 'HYPERLINK("http://x.example","y")', "DDE(\"cmd\";\"/C calc\")",
          "MSEXCEL|'\\..\\cmd.exe'!''", "IMPORTXML(\"http://x\",\"//a\")", "WEBSERVICE(\"http://x\")", "5", "1e5", "A1",
          "cmd|'/C calc'!A0;", "1+1\",\"b", "1+1\n=2+2", "订单", ""]  # fmt: skip


def hostile(count: int) -> list[str]:
    """Signs behind everything that may stand before them, in an order that is the same each time."""
    every = [lead + sign + body for body in BODIES for sign in SIGNS for lead in LEADS]
    rng = np.random.default_rng(4)
    while len(every) < count:
        parts = rng.integers(0, [len(LEADS), len(LEADS), len(SIGNS), len(BODIES)])
        every.append(LEADS[parts[0]] + LEADS[parts[1]] + SIGNS[parts[2]] + BODIES[parts[3]])
    return every[:count]


def is_live(cell: str) -> bool:
    """An own judgement, by what characters are rather than by a list of them."""
    body = cell
    while body and (body[0].isspace() or body[0] == '"' or unicodedata.category(body[0])[0] in "CZ"):
        body = body[1:]
    return unicodedata.normalize("NFKC", body[:1]) in ("=", "+", "-", "@") and body[:1] != ""


def live_in_csv(content: bytes, numbers: Iterable[int]) -> Iterator[str]:
    """Live cells: as the file is meant to be read, and by readers that split at other separators and at every line."""
    text = content.decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline="")):
        yield from (cell for at, cell in enumerate(row) if at not in numbers and is_live(cell))
    for line in re.split("[\r\n]", text):
        yield from (piece for piece in re.split("[;\t]", line) if is_live(piece))


def live_in_xlsx(content: bytes, number: int) -> tuple[list[str], list[float]]:
    """Live cells, and the values of one column of numbers; every cell's type is looked at."""
    live, numbers = [], []
    for row in load_workbook(io.BytesIO(content), read_only=True).active.iter_rows():
        for at, cell in enumerate(row):
            assert cell.data_type in ("s", "n"), cell.value
            if isinstance(cell.value, str) and is_live(cell.value):
                live.append(cell.value)
            if at == number and cell.data_type == "n":
                numbers.append(cell.value)
    return live, numbers


@pytest.fixture(scope="module")
def texts() -> list[str]:
    found = hostile(COUNT)
    # Nearly all of them would run as they are; the others would where another separator is used.
    assert sum(map(is_live, found)) > 0.6 * COUNT
    return found


def test_the_guard_leaves_what_is_harmless_and_does_nothing_twice(texts: list[str]) -> None:
    for text in ("亚麻衬衫 M", "A-1", "a = b", "", "100%", "x;y", "line\nnext", "'=1", "M&M's"):
        assert inert_csv_text(text) == inert_text(text) == sheet_text(text) == text
    for text in texts:
        assert inert_csv_text(inert_csv_text(text)) == inert_csv_text(text)


def test_the_plain_writer_lets_them_run(texts: list[str]) -> None:
    """The control: without the guard the same check finds them."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["x", text, -5] for text in texts])
    assert sum(1 for _ in live_in_csv(out.getvalue().encode(), {2})) > 0.6 * COUNT


@pytest.fixture
def desk(ledger_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: list[str]) -> Client:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    store_save("shop", title="Shop", currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=DAY)
    person_make("buyer", "a long enough password")
    now = timezone.now()
    rows = [
        Intervention(
            store="shop", origin="practice", practice="purchasing", proposal=str(at), kind="purchase_order", params={},
            # PostgreSQL keeps no NUL, so none can come from there.
            subject=text.replace("\0", "")[:200], title_en=text.replace("\0", "")[:300], title_zh=text[:300],
            currency="CNY", low_minor=-4_750, mid_minor=100, high_minor=300, as_of=DAY, expires_date=DAY,
            created_at=now, changed_at=now,
        )
        for at, text in enumerate(texts)
    ]  # fmt: skip
    Intervention.objects.bulk_create(rows, batch_size=2000)
    client = Client(headers={"accept-language": "en"})
    assert client.login(username="buyer", password="a long enough password")
    return client


@pytest.mark.parametrize("list_name", ["proposals", "interventions"])
def test_the_desks_lists(desk: Client, list_name: str) -> None:
    told = desk.get(f"/desk/{list_name}/export.csv")
    content = b"".join(told.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(live_in_csv(content, range(6, 11))) == []
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(table) == COUNT + 1
    assert {row[6] for row in table[1:]} == {"-47.5"}
    book = b"".join(desk.get(f"/desk/{list_name}/export.xlsx").streaming_content)
    assert live_in_xlsx(book, 6) == ([], [-47.5] * COUNT)


def test_the_plan_as_a_file(tmp_path: Path, texts: list[str]) -> None:
    one = proposal("P")
    loss = replace(one, effect=replace(one.effect, low_minor=-900), cost_minor=100)
    made = tuple(replace(loss, subject=text, title_en=text, title_zh=text) for text in texts)
    decision = Decision(made, ())
    write_csv(tmp_path / "plan.csv", decision)
    write_xlsx(tmp_path / "plan.xlsx", decision)
    content = (tmp_path / "plan.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(live_in_csv(content, {0, *range(6, 14)})) == []
    assert live_in_xlsx((tmp_path / "plan.xlsx").read_bytes(), 10) == ([], [-9] * COUNT)


def test_the_sheets_of_the_hands(texts: list[str]) -> None:
    sheet = Sheet("采购单", ("number", "what", "amount"), [[text, text, -5] for text in texts])
    content = csv_bytes(sheet)
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(live_in_csv(content, {2})) == []
    assert live_in_xlsx(xlsx_bytes(sheet), 2) == ([], [-5] * COUNT)
    assert {row[2] for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))} == {"amount", "-5"}

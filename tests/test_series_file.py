"""The bench of forecasts takes any shop's series from a file, and says what is wrong with one that it cannot read."""

import gzip
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from bench.forecast import sampled
from bench.series_file import series_file

ROOT = Path(__file__).parent.parent


def written(folder: Path, head: str, *rows: str, name: str = "shop.csv") -> Path:
    """A file with these rows, after as many plain weeks of product p as the bench needs."""
    file = folder / name
    extra = "," * (head.count(",") - 2)
    plain = [f"p,{date(2024, 1, 1) + timedelta(weeks=week)},{week % 4}{extra}" for week in range(96)]
    if "in_stock" in head:
        plain = [f"{row}true" for row in plain]
    text = "\n".join([head, *plain, *rows]) + "\n"
    if name.endswith(".gz"):
        file.write_bytes(gzip.compress(text.encode()))
    else:
        file.write_text(text)
    return file


def test_weeks_are_seen_as_days_that_add_up_to_them(tmp_path: Path) -> None:
    series = series_file(written(tmp_path, "product,date,units", "q,2024-02-05,30", "q,2025-01-06,14"))
    assert (series.units.shape, series.period_days, series.season, series.horizon) == ((2, 96), 7, 52, 4)
    assert series.units[1, 5] == 30
    assert series.units[1].sum() == 44
    assert series.units[0].tolist() == [week % 4 for week in range(96)]
    daily = series.history.units.reshape(2, 96, 7)
    assert daily[1, 53].sum() == 14
    assert (daily[1, 53] > 0).sum() > 1
    assert series.price.tolist() == [1.0, 1.0]


def test_price_category_and_weeks_without_stock_are_used(tmp_path: Path) -> None:
    head, rows = "product,date,units,price,category,in_stock", (
        "q,2024-02-05,3,2.0,shoes,true", "q,2024-02-12,0,,shoes,false", "q,2025-01-06,1,4.0,shoes,yes",
    )  # fmt: skip
    series = series_file(written(tmp_path, head, *rows, name="shop.csv.gz"))
    assert series.price[1] == pytest.approx((3 * 2 + 4) / 4)
    assert series.history.groups == 2
    assert series.history.group.tolist() == [0, 1]
    exposure = series.history.exposure.reshape(2, 96, 7)
    assert exposure[1, 6].sum() == 0
    assert exposure[1, 7].sum() == 7
    assert exposure[0, 6].sum() == 7


def test_days_and_months_are_told_apart_by_the_dates(tmp_path: Path) -> None:
    days = tmp_path / "days.csv"
    first = date(2024, 3, 1)
    days.write_text("product,date,units\n" + "".join(f"p,{first + timedelta(days=day)},1\n" for day in range(300)))
    assert (series_file(days).period_days, series_file(days).units.shape) == (1, (1, 300))
    months = tmp_path / "months.csv"
    months.write_text(
        "product,date,units\n" + "".join(f"p,{2020 + month // 12}-{month % 12 + 1:02}-01,2\n" for month in range(48))
    )
    assert (series_file(months).season, series_file(months).units.tolist()) == (12, [[2.0] * 48])


@pytest.mark.parametrize(
    ("head", "row", "said"),
    [
        ("product,day,units", "q,2024-02-05,3", "the columns date are missing"),
        ("product,date,units", "q,05.02.2024,3", r"row 98, column date: '05.02.2024' is no date; write YYYY-MM-DD"),
        ("product,date,units", "q,2024-02-05,-3", r"row 98, column units: '-3' is no number of at least 0"),
        ("product,date,units", "q,2024-02-05,NaN", r"row 98, column units: 'NaN' is no number"),
        ("product,date,units,price", "q,2024-02-05,3,x", r"row 98, column price: 'x' is no number"),
        ("product,date,units,in_stock", "q,2024-02-05,3,maybe", r"column in_stock: 'maybe' is neither true nor false"),
        ("product,date,units,in_stock", "q,2024-02-05,3", r"column in_stock: '' is neither true nor false"),
        ("product,date,units", "q,2025-11-12,3", r"row 98, column date: 2025-11-12 is no whole week after the first"),
        ("product,date,units", "q,2024-02-05", r"row 98, column units: None is no number"),
    ],
)
def test_what_cannot_be_read_is_named_by_row_and_column(tmp_path: Path, head: str, row: str, said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        series_file(written(tmp_path, head, row))


def test_too_short_a_history_says_how_long_it_must_be(tmp_path: Path) -> None:
    file = tmp_path / "shop.csv"
    file.write_text("product,date,units\n" + "".join(f"p,2024-01-{day:02},1\n" for day in range(1, 30)))
    with pytest.raises(SystemExit, match=r"29 periods, and the bench needs 259: give a longer history"):
        series_file(file)
    file.write_text("product,date,units\np,2024-01-01,1\n")
    with pytest.raises(SystemExit, match="fewer than two dates"):
        series_file(file)
    with pytest.raises(SystemExit, match="No such file"):
        series_file(tmp_path / "absent.csv")


def test_series_that_never_sold_are_refused_in_words(tmp_path: Path) -> None:
    file = written(tmp_path, "product,date,units")
    file.write_text(
        "\n".join(line[: line.rindex(",")] + ",0" if "p," in line else line for line in file.read_text().split("\n"))
    )
    with pytest.raises(SystemExit, match="no series sold in two of its first 76 periods"):
        sampled(series_file(file), "reported", 10)


def test_the_bench_judges_a_file(tmp_path: Path) -> None:
    rng, file = np.random.default_rng(1), tmp_path / "shop.csv"
    rows = [
        f"p{product},{date(2024, 1, 1) + timedelta(weeks=week)},{rng.poisson(2 + product)}\n"
        for product in range(8)
        for week in range(110)
    ]
    file.write_text("product,date,units\n" + "".join(rows))
    command = [sys.executable, "-m", "bench.forecast", "--sets", f"file:{file}", "--without", "boosted", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["sets"].values()
    assert found["series"] == [8]
    assert 0 < found["yunying"]["wrmsse"] < 1.0

"""The bench of forecasts reads the real files' formats, scores as it says, and answers in the documented shape."""

import gzip
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench.forecast import _scales, judged, origins, scores
from bench.forecast_data import MONTH_DAYS, Series, online_retail, simulated, spare_parts
from bench.forecast_levels import _totals, levels_judged
from bench.forecasters import QUANTILES, Forecast, fitted, plain_lightgbm, yunying

from yunying.methods.forecasting.count_law import count_quantiles
from yunying.methods.forecasting.demand import demand_fit
from yunying.methods.forecasting.variance_law import VarianceLaw

ROOT = Path(__file__).parent.parent
MEASURES = {
    *("wrmsse", "pinball", "coverage_50", "coverage_80", "coverage_95"),
    *("pit_deviation", "series_per_second", "order_cost"),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both files in little: a shop of 12 products over 300 days, 30 parts over 45 months."""
    folder, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(3)
    (folder / "online_retail").mkdir()
    (folder / "spare_parts").mkdir()
    with gzip.open(folder / "online_retail" / "online_retail.csv.gz", "wt") as file:
        file.write("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
        file.write("C1,10001,back,-5,2010-12-01 08:00:00,2.0,,UK\n1,POST,post,1,2010-12-01 08:00:00,18.0,,UK\n")
        file.write("2,10000,gift,7,2010-12-01 08:00:00,0.0,,UK\n")
        for day in range(300):
            moment = f"{date(2010, 12, 1) + timedelta(days=day)} 09:00:00"
            for product in range(12):
                units = rng.poisson(1 + product)
                if units:
                    file.write(f"{day}{product},{10000 + product},gift,{units},{moment},2.50,,UK\n")
    months = rng.poisson(0.6, (45, 30))
    with gzip.open(folder / "spare_parts" / "carparts.csv.gz", "wt") as file:
        file.write("month," + ",".join(str(number) for number in range(30)) + "\n")
        file.writelines(f"{month}," + ",".join(map(str, row)) + "\n" for month, row in enumerate(months))
    return folder


def test_the_shops_sales_are_read_without_returns_gifts_and_postage(data: Path) -> None:
    series = online_retail(data)
    assert series.units.shape == (12, 300)
    assert series.units.sum() == pytest.approx(300 * sum(range(1, 13)), rel=0.02)
    assert series.price == pytest.approx(2.5)
    assert series.history.first_date == date(2010, 12, 1)


def test_each_of_a_months_parts_stands_on_a_day_of_its_own(data: Path) -> None:
    series = spare_parts(data)
    assert series.units.shape == (30, 45)
    daily = series.history.units.reshape(30, 45, MONTH_DAYS)
    # The month whose sale made a part known says nothing of how often it sells.
    first = (series.units > 0).argmax(axis=1)
    later = np.arange(45) > first[:, None]
    assert np.array_equal(daily.sum(axis=2), series.units * later)
    assert ((daily > 0).sum(axis=2)[daily.sum(axis=2) == 2] == 2).mean() > 0.9
    assert daily.sum(axis=(0, 1)).min() > 0
    assert series.before(10).days == 10 * MONTH_DAYS


def test_what_is_reported_lies_after_what_was_developed_on(data: Path) -> None:
    series = spare_parts(data)
    developed, reported = origins(series, "developed"), origins(series, "reported")
    assert max(developed) + series.horizon <= min(reported)
    assert max(reported) + series.horizon == 45


def test_a_perfect_forecast_scores_nothing_and_a_worse_one_scores_more(data: Path) -> None:
    series = online_retail(data)
    real = series.wanted[:, 200 : 200 + series.horizon]

    def scored(mean: np.ndarray) -> dict[str, float]:
        return scores(series, 200, Forecast(mean, np.repeat(mean[:, :, None], len(QUANTILES), axis=2), 1.0))

    perfect, off = scored(real), scored(real + 3)
    assert (perfect["wrmsse"], perfect["pinball"], perfect["coverage_50"]) == (0.0, 0.0, 1.0)
    assert off["wrmsse"] > 0.5
    assert off["coverage_95"] == 0.0
    assert off["pit_deviation"] > 0.3


def test_the_error_of_the_naive_step_has_scale_one(data: Path) -> None:
    series = online_retail(data)
    step, size, weight = _scales(series, 250)
    moves = np.diff(series.units[3, :250])
    begun = series.units[3, :249].cumsum() > 0
    assert step[3] == pytest.approx((moves[begun] ** 2).mean())
    assert size[3] == pytest.approx(np.abs(moves[begun]).mean())
    assert weight.sum() == pytest.approx(1.0)


def test_quantiles_of_counts_cover_what_the_law_draws() -> None:
    law = VarianceLaw(7, 1.4, 0.2, 1.0)
    found = count_quantiles(np.array([8.0]), law, np.array(QUANTILES))[0]
    variance = 1.4 * 8 + 0.2 * 64
    drawn = np.random.default_rng(1).negative_binomial(64 / (variance - 8), 8 / variance, 200_000)
    for share, value in zip(QUANTILES, found, strict=True):
        assert (drawn < value).mean() <= share + 0.005
        assert (drawn <= value).mean() >= share - 0.005


@pytest.mark.parametrize("forecaster", [yunying, plain_lightgbm])
def test_no_forecaster_sees_what_comes_after_the_origin(data: Path, forecaster: Any) -> None:
    series = online_retail(data)
    later = Series(**{**vars(series), "units": series.units.copy(), "history": series.before(300)})
    later.units[:, 240:] = 999.0
    later.history.units[:, 240:] = 999.0
    assert np.array_equal(forecaster(series, 240).mean, forecaster(later, 240).mean)


def test_a_forecaster_that_knows_demand_has_cheaper_orders(data: Path) -> None:
    series = online_retail(data)

    def blind(given: Series, origin: int) -> Forecast:
        mean = np.full((len(given.units), given.horizon), given.units[:, :origin].mean())
        return Forecast(mean, np.repeat(mean[:, :, None], len(QUANTILES), axis=2), 1.0)

    assert judged(series, "reported", yunying)["order_cost"] < 0.7 * judged(series, "reported", blind)["order_cost"]


def test_the_answer_has_the_documented_shape(data: Path) -> None:
    command = [sys.executable, "-m", "bench.forecast", "--data", str(data), "--series", "10", "--json"]
    fewer = ["--sets", "online_retail", "--without", "robust", "boosted"]
    done = subprocess.run([*command, *fewer], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "--peer" in found["statsforecast"]
    (one,) = found["sets"].values()
    assert one["series"] == [10]
    assert set(one["yunying"]) == set(one["lightgbm"]) == MEASURES
    assert all(np.isfinite(value) and value >= 0 for value in one["yunying"].values())
    assert one["levels"]["cases"] == 5


def test_a_simulated_store_is_scored_on_what_was_wanted_while_forecasters_see_sales() -> None:
    series = simulated("demo", 11, days=60)
    assert series.units.shape == series.wanted.shape == series.history.units.shape
    assert (series.history.groups, series.horizon) == (8, 28)
    assert (series.price > 0).all()
    short = series.wanted.sum() - series.units.sum()
    assert 0 < short < 0.5 * series.wanted.sum()
    assert np.array_equal(series.before(40).units, series.history.units[:, :40])


def test_levels_are_sums_of_products_and_common_errors_widen_them(data: Path) -> None:
    series = online_retail(data)
    found = levels_judged([(series, 230), (series, 260)], fitted)
    assert found["cases"] == 2
    for kind in found["calibration"].values():
        assert [kind[level]["outcomes"] for level in ("product", "category", "store")] == [24, 2, 2]
        assert all(0 <= value <= 1 for level in kind.values() for name, value in level.items() if name != "outcomes")
    errors = found["relative_rmse"]
    assert set(errors) == {"sum_of_products", "own_series", "minimum_trace"}
    assert errors["sum_of_products"]["store"] < 0.1
    assert errors["sum_of_products"]["store"] < errors["sum_of_products"]["product"]


def test_totals_of_products_that_end_do_not_end(data: Path) -> None:
    history = replace(online_retail(data).history, is_on_sale=np.zeros(12, dtype=bool))
    totals = _totals(history, np.unique(history.group))
    assert totals.is_on_sale is None
    demand_fit(totals, ())

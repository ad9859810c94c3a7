"""Histories that hardly are: nothing sold, sold once, one day, no product, no stock, NaN."""

from datetime import date

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.methods.calendars import event_slugs
from yunying.methods.forecasting.demand import demand_fit, demand_forecast
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.mortality import life_fit


def history_of(units: np.ndarray, exposure: float = 1.0) -> DemandHistory:
    n = len(units)
    return DemandHistory(
        first_date=date(2026, 1, 1),
        units=units.astype(np.float32),
        exposure=np.full(units.shape, exposure, dtype=np.float32),
        censored=np.zeros(units.shape, dtype=bool),
        group=np.zeros(n, dtype=np.int64),
        groups=1,
    )


def forecast_of(history: DemandHistory) -> np.ndarray:
    return demand_forecast(demand_fit(history, event_slugs()), history, 14).mean


def sold_once() -> np.ndarray:
    units = np.zeros((1, 100))
    units[0, 50] = 1.0
    return units


def test_what_never_sold_is_forecast_to_sell_nothing() -> None:
    assert forecast_of(history_of(np.zeros((3, 100)))).max() == 0.0


def test_one_sale_in_a_hundred_days_is_a_small_number() -> None:
    found = forecast_of(history_of(sold_once()))
    assert 0.0 < found.min() <= found.max() < 0.05


@pytest.mark.parametrize(
    "history",
    [
        history_of(np.full((1, 1), 2.0)),
        history_of(np.zeros((0, 50))),
        history_of(np.ones((2, 100)), exposure=0.0),
        history_of(np.full((1, 40), 1e11)),
    ],
    ids=["one day", "no product", "never in stock", "enormous"],
)
def test_whatever_a_history_lacks_the_forecast_is_finite(history: DemandHistory) -> None:
    found = forecast_of(history)
    assert found.shape == (len(history.units), 14)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    law = life_fit(history, np.ones(len(history.units), dtype=bool))
    assert np.isfinite([law.shape, *law.scale_years, *law.settled_hazard]).all()


@pytest.mark.parametrize("odd", [np.nan, np.inf, -1.0])
def test_a_number_that_cannot_be_is_refused(odd: float) -> None:
    with pytest.raises(InternalError, match="finite"):
        forecast_of(history_of(np.where(sold_once() > 0, odd, 0.0)))


def test_no_day_at_all_is_refused() -> None:
    with pytest.raises(InternalError, match="one day"):
        forecast_of(history_of(np.zeros((2, 0))))

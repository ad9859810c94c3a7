"""What is known of the VN2 winner's way, rebuilt: three direct boosted models and a normal safety stock.

``bench.vn2 --peer PYTHON`` runs this file with a Python that has numpy and catboost; neither it nor catboost is needed
otherwise. Published are: one model for each week ahead, squared error on sales over their 53-week mean, weeks out of
stock left out, examples weighing 1, 1/2 and 1/4 by their year, orders up to D + z sqrt(D) with z = 0.967. Its features
and the factor of z are not; here lags, means, the series' attributes and the week of the year stand in, and the factor
is 1. So it is a likeness, not the winner.
"""

import sys

import numpy as np

AHEAD, YEAR, FIRST = 3, 53, 20
LAGS = (*range(1, 14), 50, 51, 52, 53)
SPANS = (3, 6, 13, 26, 53)


def seen_before(sold, codes, week):
    """Features of each series as known before a week, and the yearly mean that they are relative to."""
    with np.errstate(all="ignore"):
        scale = np.nanmean(sold[:, max(0, week - YEAR) : week], axis=1)
        scale = np.where(scale > 0, scale, np.nan)
        ratio = sold / scale[:, None]
        lags = [ratio[:, week - lag] if week >= lag else np.full(len(sold), np.nan) for lag in LAGS]
        means = [np.nanmean(ratio[:, max(0, week - span) : week], axis=1) for span in SPANS]
        spreads = [np.nanstd(ratio[:, max(0, week - span) : week], axis=1) for span in (13, 26)]
    return np.column_stack([*lags, *means, *spreads, scale, codes]), scale


def model_of(sold, codes, week_of_year, weeks, ahead, seen):
    """The model for one week ahead, learned from a history of ``weeks`` weeks."""
    from catboost import CatBoostRegressor

    columns, target, weight = [], [], []
    for origin in range(FIRST, weeks - ahead):
        features, scale = seen[origin]
        ratio = sold[:, origin + ahead] / scale
        is_known = np.isfinite(ratio)
        when = np.full((len(sold), 1), week_of_year[origin + ahead])
        columns.append(np.column_stack([features, when])[is_known])
        target.append(ratio[is_known])
        weight.append(np.full(is_known.sum(), 0.5 ** min((weeks - origin) // 52, 2)))
    model = CatBoostRegressor(
        iterations=600, learning_rate=0.03, depth=6, loss_function="RMSE", verbose=0, thread_count=2, random_seed=1
    )
    return model.fit(np.vstack(columns), np.concatenate(target), sample_weight=np.concatenate(weight))


def main(source, target):
    """Read units, flags and windows; write the mean demand of weeks 1 to 3 ahead in each round of each window."""
    given = np.load(source)
    codes, week_of_year = given["codes"], given["week_of_year"]
    sold = np.where(given["in_stock"], given["units"], np.nan)
    last = int(given["windows"].max()) + int(given["rounds"])
    seen = {week: seen_before(sold, codes, week) for week in range(FIRST, last)}
    found = {}
    for week in given["windows"]:
        means = np.zeros((int(given["rounds"]), len(sold), AHEAD))
        for ahead in range(AHEAD):
            model = model_of(sold, codes, week_of_year, int(week), ahead, seen)
            for number in range(len(means)):
                features, scale = seen[week + number]
                when = np.full((len(sold), 1), week_of_year[week + number + ahead])
                ratio = model.predict(np.column_stack([features, when]))
                means[number, :, ahead] = np.maximum(ratio * np.nan_to_num(scale, nan=0.5), 0.0)
        found[str(int(week))] = means
    np.savez(target, **found)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

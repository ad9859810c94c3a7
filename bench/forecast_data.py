"""Series for ``bench.forecast``: a gift shop's days, a car maker's months of spare parts, simulated stores' days."""

import gzip
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from yunying.facts.reader import FactReader
from yunying.kernel.periods import Period
from yunying.methods.forecasting.history import DemandHistory
from yunying.practices.purchasing.demand import bulk_capped, demand_history, unseen_days
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.read import read
from yunying.practices.rivalry import FIRST_RULE
from yunying.sim.loading import load_settings
from yunying.sim.world import World

Floats = NDArray[np.float64]
MONTH_DAYS = 30


@dataclass(frozen=True)
class Series:
    """n series of t periods.

    Args:
        units: shape (n, t): what was sold.
        wanted: shape (n, t): what was to be forecast; beyond ``units`` only where the truth of a stock-out is known.
        price: shape (n,): of a unit, for weights.
        history: the same in days, as purchasing sees it; a month is ``MONTH_DAYS`` of them.
        period_days: 1 or MONTH_DAYS; ``season``: periods of the season that a peer is told of.
        horizon: periods ahead.
    """

    units: Floats
    wanted: Floats
    price: Floats
    history: DemandHistory
    period_days: int
    season: int
    horizon: int

    def of(self, chosen: NDArray[np.int64]) -> "Series":
        """Some of the series."""
        return replace(
            self,
            units=self.units[chosen],
            wanted=self.wanted[chosen],
            price=self.price[chosen],
            history=self.history.of(chosen),
        )

    def before(self, origin: int) -> DemandHistory:
        """The history in days of the periods before ``origin``."""
        return self.history.before(origin * self.period_days)


def history_of(first: date, units: Floats, period_days: int = 1) -> DemandHistory:
    """As purchasing sees sales whose stock nobody counted: on sale after the first one, bulk orders capped.

    Purchasing counts in days: each unit of a longer period stands on a day of its own, drawn once.
    """
    seen, daily = ~unseen_days(units > 0, np.zeros(units.shape, dtype=bool)), units
    if period_days > 1:
        whole, rng = np.floor(units), np.random.default_rng(1)
        spread = rng.multinomial(whole.astype(np.int64), np.full(period_days, 1 / period_days)).astype(float)
        spread[:, :, -1] += units - whole
        seen, daily = np.repeat(seen, period_days, axis=1), spread.reshape(len(units), -1)
    small = bulk_capped(daily.astype(np.float32), PurchasingPolicy().bulk_multiple)
    small, exposure = small * seen, seen.astype(np.float32)
    return DemandHistory(first, small, exposure, np.zeros(daily.shape, dtype=bool), np.zeros(len(daily), np.int64), 1)


def online_retail(folder: Path) -> Series:
    """Daily units of each product of the UCI Online Retail shop; cancellations and non-goods left out."""
    with gzip.open(folder / "online_retail" / "online_retail.csv.gz") as file:
        table = pa_csv.read_csv(file, convert_options=pa_csv.ConvertOptions(
            include_columns=["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice"],
            column_types={"InvoiceNo": pa.string(), "StockCode": pa.string()},
        ))  # fmt: skip
    is_sale = pc.and_(pc.greater(table["Quantity"], 0), pc.greater(table["UnitPrice"], 0))
    is_goods = pc.match_substring_regex(table["StockCode"], "^[0-9]{5}")
    table = table.filter(pc.and_(is_sale, is_goods))
    codes = pc.dictionary_encode(table["StockCode"].combine_chunks())
    days = pc.cast(pc.cast(table["InvoiceDate"], pa.date32()), pa.int32()).to_numpy()
    product, quantity = codes.indices.to_numpy(), table["Quantity"].to_numpy().astype(float)
    units = np.zeros((len(codes.dictionary), int(days.max() - days.min()) + 1))
    np.add.at(units, (product, days - days.min()), quantity)
    money = np.bincount(product, quantity * table["UnitPrice"].to_numpy())
    price = money / np.maximum(units.sum(axis=1), 1.0)
    first = date(1970, 1, 1) + timedelta(days=int(days.min()))
    return Series(units, units, price, history_of(first, units), 1, 7, 28)


def spare_parts(folder: Path) -> Series:
    """Monthly units of car parts."""
    with gzip.open(folder / "spare_parts" / "carparts.csv.gz", "rt") as file:
        rows = np.genfromtxt(file, delimiter=",", skip_header=1)
    units = np.nan_to_num(rows[:, 1:].T)
    history = history_of(date(2010, 1, 1), units, MONTH_DAYS)
    return Series(units, units, np.ones(len(units)), history, MONTH_DAYS, 12, 3)


def simulated(name: str, seed: int, days: int = 560) -> Series:
    """Daily sales of a simulated store under a plain rule, and what its buyers truly wanted."""
    settings = load_settings(name)
    world, facts = World(settings, seed), defaultdict(list)
    first = world.today
    for _ in range(days):
        for table, rows in world.step(world.today, FIRST_RULE(world.today, world.book)).items():
            facts[table].append(rows)
    store = settings.store.id
    tables = {table: pa.concat_tables(parts, promote_options="default") for table, parts in facts.items()}
    named = {table: rows.append_column("store", pa.array([store] * len(rows))) for table, rows in tables.items()}
    policy = PurchasingPolicy()
    with FactReader.from_arrow(named, threads=1) as reader:
        inputs = read(reader, store, world.today, policy)
    place = {key: number for number, key in enumerate(world.truth.products)}
    mine = np.array([place[key] for key in inputs.products])
    skipped = days - inputs.units.shape[1]
    demand = world.truth.units("demand", Period(first, world.today))[skipped:, mine].T
    price = np.nan_to_num(inputs.economics.net_price)
    return Series(inputs.units.astype(float), demand, price, demand_history(inputs, policy), 1, 7, 28)

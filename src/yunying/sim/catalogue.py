"""What a world is born with: its products and their true laws, and who offers them on which terms.

All arrays are over products, in the order of ``products``; days count from the world's start (0), and may be negative.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.money import minor_digits
from yunying.sim.draws import Draws, Purpose
from yunying.sim.settings import WorldSettings

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

NEVER = 10**9
"""A day that does not come."""
_WAVES = 8


@dataclass(frozen=True)
class Catalogue:
    """The products.

    Args:
        category: index of the category in the settings.
        supplier: index of the usual supplier.
        level: units a day of a mature product at its first list price, at the world's start, without ads.
        growth: yearly logarithmic growth.
        elasticity: positive.
        launch_day, end_day: first day on sale, first day no longer (``NEVER`` for an evergreen).
        list_price_minor: the first list price.
        unit_cost_micros: millionths of a major unit, from the usual supplier without price break.
        wave_frequency, wave_phase: shape (products, waves), the slow swing of the level.
    """

    products: tuple[str, ...]
    titles: tuple[str, ...]
    styles: tuple[str, ...]
    brands: tuple[str, ...]
    category: Wholes
    supplier: Wholes
    level: Floats
    growth: Floats
    elasticity: Floats
    launch_day: Wholes
    end_day: Wholes
    list_price_minor: Wholes
    unit_cost_micros: Wholes
    wave_frequency: Floats
    wave_phase: Floats

    def __len__(self) -> int:
        return len(self.products)


@dataclass(frozen=True)
class Offer:
    """A supplier's terms for one product; ``break_quantity`` 0 means that there is no price break."""

    supplier: int
    product: int
    pack: int
    minimum_quantity: int
    unit_cost_micros: int
    break_quantity: int
    break_cost_micros: int

    def cost_micros(self, quantity: int) -> int:
        """Cost of one unit when that many are ordered."""
        broken = self.break_quantity and quantity >= self.break_quantity
        return self.break_cost_micros if broken else self.unit_cost_micros


def micros_per_minor(currency: str) -> int:
    """Millionths of a major unit in one minor unit.

    >>> micros_per_minor("CNY"), micros_per_minor("JPY")
    (10000, 1000000)
    """
    return int(10 ** (6 - minor_digits(currency)))


def catalogue_draw(settings: WorldSettings, draws: Draws) -> Catalogue:
    """Draw the products of a world."""
    rng = draws.stream(Purpose.CATALOGUE)
    count, wanted = settings.catalogue.products, settings.catalogue
    shares = np.array([category.share for category in wanted.categories])
    category = rng.choice(len(shares), size=count, p=shares / shares.sum())
    supplier_shares = np.array([supplier.share for supplier in settings.supply.suppliers])
    supplier = rng.choice(len(supplier_shares), size=count, p=supplier_shares / supplier_shares.sum())
    cost, price = _costs_and_prices(settings, rng, category, supplier)
    launch, end = _lives(settings, rng, count)
    styles, brands, titles = _words(settings, rng, category)
    demand = settings.demand
    level = demand.mean_units * np.exp(demand.level_sigma * rng.standard_normal(count) - demand.level_sigma**2 / 2)
    elasticity = np.array([wanted.categories[index].elasticity for index in category])
    spread = demand.elasticity_sigma
    return Catalogue(
        products=tuple(f"{wanted.sku_prefix}{number:04d}" for number in range(1, count + 1)),
        titles=titles,
        styles=styles,
        brands=brands,
        category=category.astype(np.int64),
        supplier=supplier.astype(np.int64),
        level=level,
        growth=np.log1p(demand.growth_rate) + demand.growth_sigma * rng.standard_normal(count),
        elasticity=elasticity * np.exp(spread * rng.standard_normal(count) - spread**2 / 2),
        launch_day=launch,
        end_day=end,
        list_price_minor=price,
        unit_cost_micros=cost,
        wave_frequency=rng.standard_normal((count, _WAVES)) / demand.wander_days,
        wave_phase=rng.uniform(0, 2 * np.pi, (count, _WAVES)),
    )


def offers_draw(settings: WorldSettings, catalogue: Catalogue, draws: Draws) -> tuple[Offer, ...]:
    """Draw who offers what: the usual supplier of each product, and for some products a second one."""
    rng = draws.stream(Purpose.SUPPLY)
    suppliers = settings.supply.suppliers
    second = rng.random(len(catalogue)) < settings.supply.second_source_rate
    steps = rng.integers(1, max(2, len(suppliers)), len(catalogue))
    packs = rng.random((len(catalogue), 2))
    offers = []
    for product in range(len(catalogue)):
        usual = int(catalogue.supplier[product])
        named = [usual]
        if second[product] and len(suppliers) > 1:
            named.append((usual + int(steps[product])) % len(suppliers))
        plain = catalogue.unit_cost_micros[product] / suppliers[usual].cost_factor
        offers += [
            _offer(settings, index, product, plain, float(packs[product, place])) for place, index in enumerate(named)
        ]
    return tuple(offers)


def _offer(settings: WorldSettings, index: int, product: int, plain_micros: float, luck: float) -> Offer:
    supplier = settings.supply.suppliers[index]
    pack = supplier.packs[int(luck * len(supplier.packs))]
    step = micros_per_minor(settings.store.currency)
    cost = max(1, round(plain_micros * supplier.cost_factor / step)) * step
    return Offer(
        supplier=index,
        product=product,
        pack=pack,
        minimum_quantity=pack * supplier.minimum_packs,
        unit_cost_micros=cost,
        break_quantity=pack * supplier.break_packs,
        break_cost_micros=max(1, round(cost * (1 - supplier.break_rate) / step)) * step,
    )


def _costs_and_prices(
    settings: WorldSettings, rng: np.random.Generator, category: Wholes, supplier: Wholes
) -> tuple[Wholes, Wholes]:
    categories = settings.catalogue.categories
    step = micros_per_minor(settings.store.currency)
    median = np.array([categories[index].unit_cost for index in category])
    sigma = np.array([categories[index].unit_cost_sigma for index in category])
    markup = np.array([categories[index].markup for index in category])
    factor = np.array([settings.supply.suppliers[index].cost_factor for index in supplier])
    plain = median * np.exp(sigma * rng.standard_normal(len(category)))
    cost = np.maximum(1, np.round(plain * factor * 1e6 / step)).astype(np.int64) * step
    price = plain * markup * np.exp(0.1 * rng.standard_normal(len(category)))
    minor = np.maximum(1, np.round(price * 1e6 / step)).astype(np.int64)
    # Shops end prices in tens of minor units; cheap goods keep every unit so that the markup survives rounding.
    return cost, np.where(minor >= 1000, np.round(minor / 10).astype(np.int64) * 10, minor)


def _lives(settings: WorldSettings, rng: np.random.Generator, count: int) -> tuple[Wholes, Wholes]:
    life, horizon = settings.life, settings.horizon_days
    launched = rng.random(count) < life.launch_rate
    evergreen = rng.random(count) < life.evergreen_rate
    days = np.maximum(1, life.life_days.quantile(rng.random(count)))
    # A product that was there before has lived a random part of its life; an evergreen is long past its launch.
    before = -np.where(evergreen, round(10 * life.ramp_days) + 1, np.floor(rng.random(count) * days).astype(np.int64))
    launch = np.where(launched, rng.integers(1, horizon + 1, count), before)
    return launch.astype(np.int64), np.where(evergreen, NEVER, launch + days).astype(np.int64)


def _words(
    settings: WorldSettings, rng: np.random.Generator, category: Wholes
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    wanted, count = settings.catalogue, len(category)
    styles = tuple(wanted.styles[index] for index in rng.integers(0, len(wanted.styles), count))
    brands = tuple(wanted.brands[index] for index in rng.integers(0, len(wanted.brands), count))
    luck = rng.random(count)
    seen: dict[str, int] = {}
    titles = []
    for number in range(count):
        nouns = wanted.categories[category[number]].nouns
        name = f"{brands[number]} {styles[number]} {nouns[int(luck[number] * len(nouns))]}"
        seen[name] = seen.get(name, 0) + 1
        titles.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return styles, brands, tuple(titles)

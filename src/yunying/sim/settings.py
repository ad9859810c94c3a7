"""Everything that makes one simulated store differ from another, as checked values.

Shares and rates are 0 to 1, spans are days, ``_minor`` is whole minor units of the store's currency. No field has a
default: what a world does is written in its YAML file, or in the one that it extends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import store_check
from yunying.kernel.money import currency_check
from yunying.methods.calendars import event_slugs
from yunying.sim.laws import Law


@dataclass(frozen=True)
class Range:
    """Bounds of a number, both inside."""

    low: float
    high: float


Rate = Annotated[float, Range(0, 1)]
Positive = Annotated[float, Range(1e-9, 1e12)]
NotNegative = Annotated[float, Range(0, 1e12)]
Days = Annotated[int, Range(0, 3650)]
Minor = Annotated[int, Range(0, 10**15)]
Factor = Annotated[float, Range(0.01, 100)]


class Checked:
    """A settings value whose annotated ranges hold from the moment it exists (OperatorError ``bad-world``)."""

    def __post_init__(self) -> None:
        """Check each field against its range, each element where the field is a tuple or a mapping."""
        hints = get_type_hints(type(self), include_extras=True)
        for field in fields(self):  # type: ignore[arg-type]
            _range_check(f"{type(self).__name__}.{field.name}", hints[field.name], getattr(self, field.name))


def _range_check(where: str, hint: Any, value: Any) -> None:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated and not arguments[1].low <= value <= arguments[1].high:
        bounds = f"{arguments[1].low:g} to {arguments[1].high:g}"
        raise bad_world(f"{where} is {value}, outside {bounds}.", f"Give a value from {bounds}.")
    if origin is tuple:
        for element in value:
            _range_check(where, arguments[0], element)


def bad_world(what: str, remedy: str) -> OperatorError:
    """The error for settings that make no world."""
    return OperatorError("bad-world", what, remedy)


def require(truth: bool, what: str, remedy: str) -> None:
    """Raise OperatorError ``bad-world`` unless the statement holds."""
    if not truth:
        raise bad_world(what, remedy)


@dataclass(frozen=True)
class StoreSettings(Checked):
    """The store and what every sale costs it.

    Args:
        capital_rate: cost of capital a year.
        tax_rate: value-added tax inside prices; costs are stated without tax.
        commission_rate: of the paid amount; likewise the payment fee.
        shipping_order_minor: what shipping an order costs; each further unit adds ``shipping_unit_minor``.
        regions: weight of each region among buyers.
    """

    id: str
    title: str
    currency: str
    time_zone: str
    capital_rate: Rate
    tax_rate: Rate
    commission_rate: Rate
    payment_fee_rate: Rate
    shipping_order_minor: Minor
    shipping_unit_minor: Minor
    regions: Mapping[str, float]

    def __post_init__(self) -> None:
        """Also: the id and currency are well formed, some region has weight."""
        super().__post_init__()
        store_check(self.id)
        currency_check(self.currency)
        require(
            bool(self.regions) and min(self.regions.values()) > 0,
            "regions need weights above 0.",
            "Name at least one region.",
        )


@dataclass(frozen=True)
class Category(Checked):
    """A category (品类).

    Args:
        share: weight among the products.
        unit_cost: median cost of a unit in major units; ``unit_cost_sigma``: spread of its logarithm.
        markup: list price over cost, tax included.
        elasticity: price elasticity, positive: demand goes with price to the power of minus this.
        season_peak_day: day of the year (1 to 366) of the season's height; amplitude 0 means no season. The factor is
            exp(amplitude * cos(angle from the peak)), scaled to mean 1 over the year.
        sale_sensitivity: exponent on the factor of big sales and holidays; 1 is the store's average, 0 none.
        return_rate: share of paid lines that come back.
        spoilage_rate: share of the stock that spoils each day.
        nouns: words for titles.
    """

    name: str
    share: Positive
    unit_cost: Positive
    unit_cost_sigma: Annotated[float, Range(0, 3)]
    markup: Annotated[float, Range(1, 20)]
    elasticity: Annotated[float, Range(0, 10)]
    season_peak_day: Annotated[int, Range(1, 366)]
    season_amplitude: Annotated[float, Range(0, 4)]
    sale_sensitivity: Annotated[float, Range(0, 3)]
    return_rate: Rate
    spoilage_rate: Rate
    nouns: tuple[str, ...]


@dataclass(frozen=True)
class CatalogueSettings(Checked):
    """What the store sells."""

    products: Annotated[int, Range(1, 200_000)]
    sku_prefix: str
    categories: tuple[Category, ...]
    styles: tuple[str, ...]
    brands: tuple[str, ...]

    def __post_init__(self) -> None:
        """Also: there is at least one of each."""
        super().__post_init__()
        for name in ("categories", "styles", "brands"):
            require(bool(getattr(self, name)), f"The catalogue has no {name}.", "Name at least one.")
        for category in self.categories:
            require(bool(category.nouns), f"Category {category.name} has no nouns.", "Give words for titles.")


@dataclass(frozen=True)
class DemandSettings(Checked):
    """How much is wanted, in units that would be paid if stock lasted.

    Args:
        mean_units: mean over products of a mature product's units a day, at its first list price, without ads.
        level_sigma: log-normal spread of that level over products; 1.5 gives a heavy tail with many slow movers.
        growth_rate: yearly growth of the store (-0.9 to 9); ``growth_sigma`` spreads its logarithm over products.
        elasticity_sigma: log-normal spread of elasticity within a category.
        dispersion: negative binomial k at the product: variance = mean + mean^2 / k.
        day_shock_sigma: log-normal shock common to all products of a day, mean 1.
        wander_sigma, wander_days: slow random swing of each product's level (log standard deviation, length of time).
        week: seven factors from Monday; scaled to mean 1.
        hours: 24 weights of the hours of the day.
        units_per_line, lines_per_order: means of geometric laws.
    """

    mean_units: Positive
    level_sigma: Annotated[float, Range(0, 4)]
    growth_rate: Annotated[float, Range(-0.9, 9)]
    growth_sigma: Annotated[float, Range(0, 3)]
    elasticity_sigma: Annotated[float, Range(0, 1)]
    dispersion: Annotated[float, Range(0.01, 1e6)]
    day_shock_sigma: Annotated[float, Range(0, 1)]
    wander_sigma: Annotated[float, Range(0, 2)]
    wander_days: Positive
    week: tuple[Positive, ...]
    hours: tuple[NotNegative, ...]
    units_per_line: Annotated[float, Range(1, 100)]
    lines_per_order: Annotated[float, Range(1, 20)]

    def __post_init__(self) -> None:
        """Also: a week has 7 days, a day 24 hours, and some hour sells."""
        super().__post_init__()
        require(len(self.week) == 7, f"week has {len(self.week)} factors.", "Give seven, from Monday.")
        require(
            len(self.hours) == 24 and sum(self.hours) > 0, "hours needs 24 weights.", "Give 24, at least one above 0."
        )


@dataclass(frozen=True)
class LifeSettings(Checked):
    """How products come and go.

    Args:
        evergreen_rate: share of products that never end.
        launch_rate: share of products that are launched during the horizon; the others were there before it.
        life_days: law of the days from launch to end, for those that end.
        ramp_days: time constant of the launch; ``decline_days``: of the decline that ends a life.
        announce_days: how long before its launch a product is in the catalogue.
        launch_cover_days: the stock that a launch begins with, in days of the category's median demand.
        clearance_days: how long after its end a product's rest is kept before it is written off.
    """

    evergreen_rate: Rate
    launch_rate: Rate
    life_days: Law
    ramp_days: Positive
    decline_days: Positive
    announce_days: Days
    launch_cover_days: NotNegative
    clearance_days: Days


@dataclass(frozen=True)
class EventEffect(Checked):
    """What a big sale or holiday of the calendar does to demand; 1 is nothing.

    Args:
        window: factor on its days; ``peak``: on its peak days instead.
        before, before_days: factor on the days before it (buyers wait); ``after, after_days``: on those after it.
    """

    window: Factor
    peak: Factor
    before: Factor
    before_days: Days
    after: Factor
    after_days: Days


@dataclass(frozen=True)
class PromotionSettings(Checked):
    """What promotions do, and those that the store runs by itself.

    Args:
        visibility: extra demand from being seen in a promotion, beyond what the lower price does.
        pull_forward_rate: share of the extra units that are missing afterwards.
        release_rate: share of what is missing that falls on each later day without promotion.
        own_per_year: promotions a year by the store's own plan; each takes ``own_products_rate`` of the products for
            ``own_days`` days at one of ``own_discounts_permille``.
        own_price_moves_per_year: times a year that a product's list price is set anew, by exp(normal * sigma).
    """

    visibility: Annotated[float, Range(0, 10)]
    pull_forward_rate: Rate
    release_rate: Rate
    own_per_year: Annotated[int, Range(0, 365)]
    own_products_rate: Rate
    own_days: Annotated[int, Range(1, 90)]
    own_discounts_permille: tuple[Annotated[int, Range(1, 999)], ...]
    own_price_moves_per_year: Annotated[float, Range(0, 52)]
    own_price_sigma: Annotated[float, Range(0, 1)]

    def __post_init__(self) -> None:
        """Also: own promotions need a discount."""
        super().__post_init__()
        require(
            self.own_per_year == 0 or bool(self.own_discounts_permille),
            "own promotions have no discount.",
            "Give own_discounts_permille.",
        )


@dataclass(frozen=True)
class AfterSalesSettings(Checked):
    """What happens to an order after it is placed.

    Args:
        unpaid_rate: share of placed lines that are never paid; they take no stock and are no demand.
        cancel_rate: share of paid lines that are cancelled before they are shipped: money and goods come back.
        ship_delay, return_delay: laws of the days from payment to shipment, and from shipment to refund.
        restock_rate: share of returned lines that can be sold again.
        partial_return_rate: share of returned lines of several units of which only one unit comes back.
        test_rate, brushed_rate: test and brushed (刷单) orders, as a share of real lines.
    """

    unpaid_rate: Annotated[float, Range(0, 0.9)]
    cancel_rate: Rate
    ship_delay: Law
    return_delay: Law
    restock_rate: Rate
    partial_return_rate: Rate
    test_rate: Rate
    brushed_rate: Rate


@dataclass(frozen=True)
class Supplier(Checked):
    """A supplier and its terms.

    Args:
        share: weight among the products.
        lead_time: the true law of the days from order to usable stock; ``promised_days`` is what the offer says.
        packs: pack quantities that its products come in.
        minimum_packs: smallest order of a product, in packs; ``minimum_order_minor``: of a whole order, in money.
        cost_factor: its costs over the catalogue's.
        break_packs, break_rate: from that many packs on (0: never), a unit costs this share less.
    """

    name: str
    title: str
    share: Positive
    lead_time: Law
    promised_days: Days
    packs: tuple[Annotated[int, Range(1, 10_000)], ...]
    minimum_packs: Annotated[int, Range(1, 1000)]
    minimum_order_minor: Minor
    cost_factor: Factor
    break_packs: Annotated[int, Range(0, 10_000)]
    break_rate: Annotated[float, Range(0, 0.9)]

    def __post_init__(self) -> None:
        """Also: there is a pack, and a price break lies above the smallest order."""
        super().__post_init__()
        require(bool(self.packs), f"Supplier {self.name} has no packs.", "Give at least one pack quantity.")


@dataclass(frozen=True)
class SupplySettings(Checked):
    """Where goods come from.

    Args:
        second_source_rate: share of the products that a second supplier offers as well.
        initial_cover_days: law of the first day's stock of each product, in days of its expected demand.
        closed_events: events of the calendar in which nothing arrives; deliveries wait for their end.
    """

    suppliers: tuple[Supplier, ...]
    second_source_rate: Rate
    initial_cover_days: Law
    closed_events: tuple[str, ...]

    def __post_init__(self) -> None:
        """Also: there is a supplier, names are unique, events are known."""
        super().__post_init__()
        names = [supplier.name for supplier in self.suppliers]
        require(
            bool(names) and len(set(names)) == len(names), "Suppliers are missing or named twice.", "Name each once."
        )
        events_check(self.closed_events)


@dataclass(frozen=True)
class PaidChannel(Checked):
    """A channel's advertising.

    Args:
        campaign: key of its one campaign.
        daily_minor: the budget of a day until a command sets another.
        budget_sigma: log-normal spread of the daily spend around the budget by weeks, which lets its effect be learned.
        click_cost_minor: cost of a click; ``click_rate``: clicks over impressions.
        adstock_rate: share of a day's advertising pressure that is left the next day (geometric carry-over).
        half_saturation_minor: carried spend a day at which half of ``max_lift`` is reached; ``slope``: Hill's exponent.
        max_lift: demand that it can add at most, as a share of the demand without it.
        claim_rate: share of the orders that would have come anyway and that the channel claims.
    """

    campaign: str
    daily_minor: Minor
    budget_sigma: Annotated[float, Range(0, 2)]
    click_cost_minor: Annotated[int, Range(1, 10**9)]
    click_rate: Annotated[float, Range(1e-6, 1)]
    adstock_rate: Annotated[float, Range(0, 0.99)]
    half_saturation_minor: Positive
    slope: Annotated[float, Range(0.2, 5)]
    max_lift: Annotated[float, Range(0, 10)]
    claim_rate: Rate


@dataclass(frozen=True)
class Channel(Checked):
    """A way to the store; ``visit_share`` weighs the visits that cost nothing, ``paid`` is empty for a free channel."""

    name: str
    title: str
    visit_share: NotNegative
    paid: PaidChannel | None


@dataclass(frozen=True)
class TrafficSettings(Checked):
    """Visits and what is seen of them.

    Args:
        conversion_rate: orders over visits.
        views_per_visit: mean of a geometric law; ``cart_rate``: carts over views of visits that do not buy.
        event_sample_rate: share of the visits whose events are recorded; 0 turns events off, 1 records all.
    """

    conversion_rate: Annotated[float, Range(1e-4, 1)]
    views_per_visit: Annotated[float, Range(1, 50)]
    cart_rate: Rate
    event_sample_rate: Rate
    channels: tuple[Channel, ...]

    def __post_init__(self) -> None:
        """Also: channel names are unique and some channel brings visits for nothing."""
        super().__post_init__()
        names = [channel.name for channel in self.channels]
        require(len(set(names)) == len(names), "A channel is named twice.", "Name each once.")
        require(
            sum(channel.visit_share for channel in self.channels) > 0,
            "No channel has a visit_share.",
            "Let at least one channel bring visits that cost nothing.",
        )


@dataclass(frozen=True)
class MemberSettings(Checked):
    """Buyers with rates and lives of their own (BG/NBD: Fader, Hardie, Lee 2005).

    The usual pace is ``mean_units`` of every product a day; members buy more when the store sells more.

    Args:
        initial: members on the first day.
        rate_mean, rate_shape: gamma law of a member's orders a day while alive, at the store's usual pace.
        dropout_a, dropout_b: beta law of a member's probability to be lost after each further order.
        guest_rate: share of the orders without member.
        repeat_cap: largest share of a day's orders of members that known members place; the rest are new.
    """

    initial: Annotated[int, Range(0, 10_000_000)]
    rate_mean: Positive
    rate_shape: Positive
    dropout_a: Positive
    dropout_b: Positive
    guest_rate: Rate
    repeat_cap: Rate


@dataclass(frozen=True)
class WorldSettings(Checked):
    """A whole world: ``horizon_days`` from ``start_date`` can be lived."""

    start_date: date
    horizon_days: Annotated[int, Range(1, 3650)]
    store: StoreSettings
    catalogue: CatalogueSettings
    demand: DemandSettings
    life: LifeSettings
    events: Mapping[str, EventEffect]
    promotions: PromotionSettings
    after_sales: AfterSalesSettings
    supply: SupplySettings
    traffic: TrafficSettings
    members: MemberSettings

    def __post_init__(self) -> None:
        """Also: the events are known to the calendar."""
        super().__post_init__()
        events_check(tuple(self.events))


def events_check(slugs: tuple[str, ...]) -> None:
    """Raise OperatorError ``bad-world`` for an event that the calendar does not know."""
    unknown = sorted(set(slugs) - set(event_slugs()))
    require(not unknown, f"The calendar has no event {', '.join(unknown)}.", f"Use: {', '.join(event_slugs())}.")

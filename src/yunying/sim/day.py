"""One day of a world, in the order in which a store lives it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from yunying.sim import after_sales
from yunying.sim.commands import Action, BudgetChange, PriceChange, PromotionStop, PurchaseOrder
from yunying.sim.demand import counts, day_shock, pulled_forward
from yunying.sim.draws import Purpose
from yunying.sim.laws import poisson_quantile
from yunying.sim.lines import LineStates
from yunying.sim.nature import Nature
from yunying.sim.ordering import DayOrders, order_lines
from yunying.sim.plan import Promotion, discounts
from yunying.sim.sales import Wishes, units_sold, wishes_of
from yunying.sim.state import DayRecord, State
from yunying.sim.supply import PurchaseLine, average_cost, lead_time_days, open_day
from yunying.sim.traffic import AdDay, advertise, visits_of

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]


@dataclass
class _Morning:
    """What is settled before the first buyer comes."""

    ordered: list[PurchaseLine] = field(default_factory=list)
    repriced: set[int] = field(default_factory=set)
    announced: Wholes = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


class DayWork:
    """Lives the state's next day; made for one day and used once."""

    def __init__(self, nature: Nature, state: State) -> None:
        self._nature = nature
        self._state = state
        self._day = state.day
        self._count = len(nature.catalogue)

    def live(self, actions: Sequence[Action]) -> DayRecord:
        """Apply the actions, live the day, close the ledger, and move the state to the next day."""
        nature, state, day = self._nature, self._state, self._day
        morning = self._morning(actions)
        opening_stock = self._open()
        cost_before = state.cost_micros.copy()
        back = state.pending.pop(day, [])
        restocked = self._take_back(back)
        arrived = state.deliveries.pop(day, [])
        received, moment = self._receive(arrived)
        ads = advertise(nature.settings.traffic, nature.draws, day, state.budget_minor, state.adstock_minor)
        expected, permille, promotion = self._expected(ads)
        mean = expected * day_shock(nature.settings, nature.draws, day)
        demand = counts(nature.settings, nature.draws, day, mean)
        wishes = wishes_of(demand, nature.settings.demand, nature.draws, day)
        served = units_sold(wishes, state.on_hand, received, moment)
        sold = self._per_product(wishes.product, served)
        self._add_to_stock(received, self._value(arrived))
        state.on_hand -= sold
        orders = self._orders(wishes, served, permille, promotion, ads, float(mean.sum()))
        states = [*back, after_sales.placed(orders.placed), after_sales.paid(orders.paid), *self._schedule(orders)]
        written_off = self._write_off()
        record = DayRecord(
            day=day,
            states=[entry for entry in states if len(entry.lines)],
            ordered=morning.ordered,
            arrived=arrived,
            opening_stock=opening_stock,
            sold=sold,
            restocked=restocked,
            written_off=written_off,
            on_hand=state.on_hand.copy(),
            cost_micros=state.cost_micros.copy(),
            list_price_minor=state.list_price_minor.copy(),
            announced=morning.announced,
            launched=np.flatnonzero((nature.catalogue.launch_day == day) & (day > 0)),
            ended=np.flatnonzero(nature.catalogue.end_day == day),
            discontinued=np.flatnonzero(self._nature.discontinued_day == day),
            repriced=np.array(sorted(morning.repriced), dtype=np.int64),
            recosted=np.flatnonzero(state.cost_micros != cost_before),
            new_members=orders.new_members,
            ad_spend_minor=ads.spend_minor,
            clicks=ads.clicks,
            impressions=ads.impressions,
            visits=visits_of(nature.settings.traffic, nature.draws, day, self._orders_expected(mean), ads),
            expected=expected,
        )
        self._close(record, demand, received, ads)
        return record

    def _morning(self, actions: Sequence[Action]) -> _Morning:
        state, morning = self._state, _Morning()
        for number, action in enumerate(actions, 1):
            if isinstance(action, PurchaseOrder):
                morning.ordered += self._order_goods(action, number)
            elif isinstance(action, PriceChange):
                state.list_price_minor[action.product] = action.list_price_minor
                state.priced_by_hand[action.product] = True
                morning.repriced.add(action.product)
            elif isinstance(action, BudgetChange):
                state.budget_minor[action.channel] = action.daily_minor
            elif isinstance(action, Promotion):
                state.promotions.append(action)
            elif isinstance(action, PromotionStop):
                self._stop(action)
        for move in self._nature.price_moves.get(self._day, ()):
            if not state.priced_by_hand[move.product]:
                state.list_price_minor[move.product] = move.list_price_minor
                morning.repriced.add(move.product)
        morning.announced = np.flatnonzero(self._nature.announced_day == self._day)
        morning.repriced.update(morning.announced.tolist())
        morning.repriced &= set(np.flatnonzero(self._nature.announced_day <= self._day).tolist())
        return morning

    def _stop(self, stop: PromotionStop) -> None:
        """End it this morning; it keeps its place, for lines name promotions by index."""
        promotions = self._state.promotions
        for place, promotion in enumerate(promotions):
            if promotion.name == stop.name and promotion.end_day > self._day:
                promotions[place] = replace(promotion, end_day=max(self._day, promotion.start_day))

    def _order_goods(self, order: PurchaseOrder, number: int) -> list[PurchaseLine]:
        nature, day = self._nature, self._day
        if order.reference:
            self._state.references.add(order.reference)
        lead = lead_time_days(nature.settings, nature.draws, day, order.supplier)
        due = open_day(nature.settings, day + lead)
        lines = [
            PurchaseLine(
                purchase=order.reference or f"PO{nature.date(day):%Y%m%d}-{number:03d}",
                line=place,
                supplier=order.supplier,
                product=product,
                quantity=quantity,
                cost_micros=nature.offers[order.supplier, product].cost_micros(quantity),
                ordered_day=day,
                promised_day=day + nature.settings.supply.suppliers[order.supplier].promised_days,
                due_day=due,
            )
            for place, (product, quantity) in enumerate(order.lines, 1)
        ]
        self._state.deliveries.setdefault(due, []).extend(lines)
        return lines

    def _open(self) -> Wholes:
        """Count in what the store, or a launch, begins with."""
        nature, state = self._nature, self._state
        if self._day == 0:
            return state.on_hand.copy()
        launched = nature.catalogue.launch_day == self._day
        units = np.where(launched, nature.launch_quantity, 0)
        self._add_to_stock(units, units * nature.catalogue.unit_cost_micros)
        return units

    def _take_back(self, states: list[LineStates]) -> Wholes:
        units = np.zeros(self._count, dtype=np.int64)
        value = np.zeros(self._count, dtype=np.int64)
        for entry in states:
            np.add.at(units, entry.lines.product, entry.restocked)
            np.add.at(value, entry.lines.product, entry.restocked * entry.lines.cost_micros)
        self._add_to_stock(units, value)
        return units

    def _receive(self, arrived: list[PurchaseLine]) -> tuple[Wholes, Wholes]:
        """Units that arrive, and when: between eight and five."""
        units = np.zeros(self._count, dtype=np.int64)
        moment = np.zeros(self._count, dtype=np.int64)
        for line in arrived:
            units[line.product] += line.quantity
            luck = float(self._nature.draws.uniform(Purpose.RECEIPT_TIME, self._day, line.supplier)[0])
            moment[line.product] = max(moment[line.product], round((8 + 9 * luck) * 3600))
        return units, moment

    def _value(self, arrived: list[PurchaseLine]) -> Wholes:
        value = np.zeros(self._count, dtype=np.int64)
        for line in arrived:
            value[line.product] += line.quantity * line.cost_micros
        return value

    def _add_to_stock(self, units: Wholes, value_micros: Wholes) -> None:
        state = self._state
        state.cost_micros = average_cost(state.on_hand, state.cost_micros, units, value_micros)
        state.on_hand += units

    def _expected(self, ads: AdDay) -> tuple[Floats, Wholes, Wholes]:
        law, state = self._nature.law, self._state
        permille, promotion = discounts(state.promotions, self._day, self._count)
        price = law.price_factor(state.list_price_minor)
        dip, state.missing = pulled_forward(law, state.missing, permille)
        expected = law.plain(self._day) * price * law.promotion_factor(permille) * dip * ads.factor
        return expected, permille, promotion

    def _orders(
        self, wishes: Wishes, served: Wholes, permille: Wholes, promotion: Wholes, ads: AdDay, mean: float
    ) -> DayOrders:
        return order_lines(
            self._nature,
            self._state,
            Wishes(*(column[served > 0] for column in (wishes.product, served, wishes.seconds, wishes.rank))),
            discount_permille=permille,
            promotion=promotion,
            ads=ads,
            pace=mean / self._nature.baseline,
        )

    def _schedule(self, orders: DayOrders) -> list[LineStates]:
        """Put the later states where they belong and return those of today."""
        nature = self._nature
        later = after_sales.later_states(nature.settings, nature.draws, orders.paid, nature.catalogue.category)
        today = []
        for day, entry in [*later, *after_sales.unpaid_states(orders.unpaid, self._day)]:
            if day == self._day:
                today.append(entry)
            else:
                self._state.pending.setdefault(day, []).append(entry)
        return today

    def _write_off(self) -> Wholes:
        """What spoils, and what is left of products some time after their end."""
        nature, state = self._nature, self._state
        rate = np.array([category.spoilage_rate for category in nature.settings.catalogue.categories])
        mean = state.on_hand * rate[nature.catalogue.category]
        spoils = np.flatnonzero(mean)
        spoiled = np.zeros(self._count, dtype=np.int64)
        luck = nature.draws.uniform(Purpose.SPOILAGE, self._day, spoils)
        spoiled[spoils] = np.minimum(poisson_quantile(luck, mean[spoils]), state.on_hand[spoils])
        gone = np.where(self._nature.discontinued_day <= self._day, state.on_hand, spoiled)
        state.on_hand = state.on_hand - gone
        return gone

    def _close(self, record: DayRecord, demand: Wholes, received: Wholes, ads: AdDay) -> None:
        state, step = self._state, self._nature.micros_per_minor
        cost_minor = record.cost_micros / step
        columns = self._money(record.states)
        columns["write_downs"] = record.written_off * cost_minor
        columns["capital"] = record.on_hand * cost_minor * self._nature.settings.store.capital_rate / 365
        units = {
            "expected": record.expected,
            "demand": demand,
            "sold": record.sold,
            "lost": demand - record.sold,
            "restocked": record.restocked,
            "opening": record.opening_stock,
            "received": received,
            "written_off": record.written_off,
            "on_hand": record.on_hand,
        }
        columns.update({name: column.astype(np.float64) for name, column in units.items()})
        state.ledger.append(columns, ads.spend_minor.astype(np.float64), ads.lift)
        state.adstock_minor = ads.adstock_minor
        state.day += 1

    def _money(self, states: list[LineStates]) -> dict[str, Floats]:
        """The real orders' money by product; test and brushed orders earn nothing that counts."""
        step, empty = self._nature.micros_per_minor, np.zeros(self._count)
        names = ("paid", "refunds", "goods", "goods_back", "commission", "payment_fee", "shipping")
        sums = {name: empty.copy() for name in names}
        for entry in states:
            lines, real = entry.lines, entry.lines.reality == 0
            net = np.where(real, entry.amount_minor - entry.tax_minor, 0)
            if entry.state == "paid":
                sums["paid"] += self._per_product(lines.product, net)
                sums["goods"] += self._per_product(lines.product, real * lines.quantity * lines.cost_micros) / step
                sums["commission"] += self._per_product(lines.product, real * lines.commission_minor)
                sums["payment_fee"] += self._per_product(lines.product, real * lines.payment_fee_minor)
                sums["shipping"] += self._per_product(lines.product, real * lines.shipping_minor)
            elif entry.state in ("refunded", "cancelled"):
                back = real * entry.restocked * lines.cost_micros
                sums["refunds"] += self._per_product(lines.product, net)
                sums["goods_back"] += self._per_product(lines.product, back) / step
        return sums

    def _per_product(self, product: Wholes, values: Wholes) -> Wholes:
        total = np.zeros(self._count, dtype=np.int64)
        np.add.at(total, product, values)
        return total

    def _orders_expected(self, mean: Floats) -> float:
        demand = self._nature.settings.demand
        return float(mean.sum()) / (demand.units_per_line * demand.lines_per_order)

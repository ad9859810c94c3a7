"""What purchasing decides from: arrays over n products, sorted by key, and t days that end the day before as_of."""

from dataclasses import dataclass, field, fields, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.evidence import FactsUsed

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Offers:
    """Suppliers' terms, one entry per offer and price break, sorted by product, cost, supplier.

    ``product`` and ``supplier`` are indices; missing numbers are NaN.
    """

    product: Ints
    supplier: Ints
    from_quantity: Floats
    unit_cost: Floats
    lead_time_days: Floats
    pack_quantity: Floats
    minimum_quantity: Floats


@dataclass(frozen=True)
class Inbound:
    """Units ordered and not yet received.

    ``due`` is the ordinal of the promised day, 0 where none was promised; ``ordered`` that of the order.
    """

    product: Ints
    quantity: Floats
    due: Ints
    ordered: Ints


@dataclass(frozen=True)
class WriteOffs:
    """Units thrown away or spoilt: product index, day as column of the history, quantity."""

    product: Ints
    day: Ints
    quantity: Floats


@dataclass(frozen=True)
class Promotions:
    """Products in promotions, one entry for each pair, sorted by product and first day.

    Args:
        product: index.
        start, end: ordinals of the first day and of the first day without it.
        rate: what is taken off the price, as a share of it.
        name: of the promotion.
    """

    product: Ints
    start: Ints
    end: Ints
    rate: Floats
    name: tuple[str, ...]

    def of(self, place: Ints) -> "Promotions":
        """Those of some products; ``place`` gives each product's new index, -1 where it is left out."""
        kept = np.flatnonzero(place[self.product] >= 0)
        product = place[self.product[kept]]
        order = np.argsort(product, kind="stable")
        kept = kept[order]
        names = tuple(self.name[entry] for entry in kept)
        return Promotions(product[order], self.start[kept], self.end[kept], self.rate[kept], names)


NO_PROMOTIONS = Promotions(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), ())


@dataclass(frozen=True)
class Economics:
    """Money per unit in major units, NaN where no fact gives it; each of shape (n,).

    Args:
        net_price: what a buyer pays for a unit, without tax, after discounts.
        fees: commission, payment fee and shipping on a unit sold, by the category's share where few were sold; 0 where
            the facts have none, see ``has_fees``.
        return_rate: units sent back per unit sold.
        restocked_rate: units sent back that can be sold again, per unit sold.
        refund_rate: money given back per money paid.
        unit_cost: cost of a unit from sales, product attributes or the last purchase.
    """

    net_price: Floats
    fees: Floats
    has_fees: NDArray[np.bool_]
    return_rate: Floats
    restocked_rate: Floats
    refund_rate: Floats
    unit_cost: Floats


@dataclass(frozen=True)
class Inputs:
    """All that ``decide`` knows of a store as of a day.

    Args:
        group: shape (n,): index into ``categories``; the first one, without a name, holds products without category.
        units: float32, shape (n, t): units paid for, cancellations of the same day taken off.
        closing_stock: float32, shape (n, t): NaN where no count is known.
        selling_share: float32, shape (n, t): share of a usual day's sales that fall before the product's last sale of
            the day; NaN where no sale or no time is known.
        write_offs: units thrown away or spoilt over the history.
        on_hand: shape (n,): the newest count rolled forward by later sales and receipts; NaN if there is none.
        on_hand_age: shape (n,): days between that count and as_of; -1 if there is none.
        lead_times: observed days from order to receipt by supplier index, each sorted.
        supplier_minimum: each supplier's smallest order in major units, 0 where he names none.
        promoted: promotions that sales have shown; ``planned``: approved ones that are not over.
        kind: shape (n,): products of one category and style share a number; -1 where no style is known.
        sale_end: shape (n,) or (0,): ordinal of the first day without the product, 0 where none is known.
        returned_by: shape (k,) or (0,): of the goods that come back and can be sold again, the share back by the end of
            each day after payment, the day of payment first; ends at 1.
        rows: facts used, by table, for each product: (rows, first ordinal, last ordinal), shape (n, 3).
    """

    store: str
    currency: str
    capital_rate: float
    as_of: date
    first_date: date
    products: tuple[str, ...]
    titles: tuple[str, ...]
    on_sale: NDArray[np.bool_]
    group: Ints
    categories: tuple[str, ...]
    suppliers: tuple[str, ...]
    supplier_minimum: Floats
    units: Floats32
    closing_stock: Floats32
    selling_share: Floats32
    write_offs: WriteOffs
    on_hand: Floats
    on_hand_age: Ints
    inbound: Inbound
    economics: Economics
    offers: Offers
    lead_times: tuple[tuple[float, ...], ...]
    usual_supplier: Ints
    rows: tuple[tuple[str, Ints], ...]
    last_order_date: date | None
    promoted: Promotions = NO_PROMOTIONS
    planned: Promotions = NO_PROMOTIONS
    kind: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    returned_by: Floats = field(default_factory=lambda: np.zeros(0))
    sale_end: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def of(self, chosen: Ints) -> "Inputs":
        """The inputs of some products only, in the order of ``chosen``; suppliers and categories keep their numbers."""
        place = np.full(len(self.products), -1, dtype=np.int64)
        place[chosen] = np.arange(len(chosen))
        waiting, written, offered = self.inbound, self.write_offs, self.offers
        mine, theirs = place[waiting.product] >= 0, place[written.product] >= 0
        # An offer may be of a product that nothing else is known of.
        kept = (offered.product >= 0) & (place[offered.product] >= 0)
        offers = {each.name: getattr(offered, each.name)[kept] for each in fields(Offers)}
        return replace(
            self,
            products=tuple(self.products[product] for product in chosen),
            titles=tuple(self.titles[product] for product in chosen),
            on_sale=self.on_sale[chosen],
            group=self.group[chosen],
            kind=self.kind[chosen] if len(self.kind) else self.kind,
            sale_end=self.sale_end[chosen] if len(self.sale_end) else self.sale_end,
            units=self.units[chosen],
            closing_stock=self.closing_stock[chosen],
            selling_share=self.selling_share[chosen],
            write_offs=WriteOffs(place[written.product][theirs], written.day[theirs], written.quantity[theirs]),
            on_hand=self.on_hand[chosen],
            on_hand_age=self.on_hand_age[chosen],
            inbound=Inbound(
                place[waiting.product][mine], waiting.quantity[mine], waiting.due[mine], waiting.ordered[mine]
            ),
            economics=Economics(
                **{each.name: getattr(self.economics, each.name)[chosen] for each in fields(Economics)}
            ),
            offers=Offers(**{**offers, "product": place[offered.product][kept]}),
            usual_supplier=self.usual_supplier[chosen],
            rows=tuple((table, found[chosen]) for table, found in self.rows),
            promoted=self.promoted.of(place),
            planned=self.planned.of(place),
        )

    def facts_used(self, product: int) -> tuple[FactsUsed, ...]:
        """The rows that stand behind one product's figures."""
        return tuple(
            FactsUsed(
                table,
                int(found[product, 0]),
                date.fromordinal(int(found[product, 1])).isoformat(),
                date.fromordinal(int(found[product, 2])).isoformat(),
            )
            for table, found in self.rows
            if found[product, 0] > 0
        )

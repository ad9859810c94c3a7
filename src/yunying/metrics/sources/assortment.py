"""The range on sale: which of its products sold, and how long the stock of each lasts at the pace it sells."""

import ibis
import ibis.expr.types as ir

from yunying.metrics.dimensions import PRODUCT, attributes, with_dimensions
from yunying.metrics.metric import Gap, Measure, Scope, Source
from yunying.metrics.sources.orders import is_goods, is_paid, lines_in_period
from yunying.metrics.sources.stock import held_levels, levels_of_period


def _units_sold(scope: Scope) -> ir.Table:
    lines = lines_in_period(scope)
    goods = lines.filter(is_paid(lines), is_goods(lines))
    return goods.group_by(sold_product=goods.product).agg(units_sold=goods.quantity.sum())


def _products(scope: Scope) -> ir.Table:
    known = attributes(scope, ("status",))
    known = known.select(product=known.known_product, status=known.known_status)
    sold = _units_sold(scope)
    rows = known.left_join(sold, known.product == sold.sold_product)
    return with_dimensions(rows.mutate(is_sold=rows.units_sold.fill_null(0) > 0), scope)


def _attribute_rows(scope: Scope) -> ir.Table:
    product = scope.facts.table("product")
    rows = product.filter(product.store == scope.store, product.date < ibis.literal(scope.period.end_date))
    return with_dimensions(rows, scope)


def _pace(scope: Scope) -> ir.Table:
    """One row per product with a stock level: closing units, days in stock, units sold."""
    levels = held_levels(scope)
    stock = levels.group_by("product").agg(
        closing_units=levels.units.sum(where=levels.until_date >= ibis.literal(scope.period.end_date)),
        days_in_stock=levels.days.sum(where=levels.on_hand > 0).fill_null(0),
    )
    sold = _units_sold(scope)
    rows = stock.left_join(sold, stock.product == sold.sold_product)
    return with_dimensions(rows.mutate(units_sold=rows.units_sold.fill_null(0)), scope)


def _held_rows(scope: Scope) -> ir.Table:
    return with_dimensions(levels_of_period(scope), scope)


RANGE = Source("range", ("product", "order_line"), PRODUCT, _products, _attribute_rows)
PACE = Source("pace", ("stock_level", "order_line"), PRODUCT, _pace, _held_rows)

products_on_sale = Measure(
    "products_on_sale", RANGE, "count", lambda t: t.status == "on_sale",
    gaps=(Gap(
        lambda t: t.count(where=t.status.isnull()), "products do not say whether they are on sale and are not counted",
        blocks=False,
    ),),
    needs=lambda t: t.status.notnull(), needs_what="says whether a product is on sale; import the products' status",
)  # fmt: skip
products_sold = Measure("products_sold", RANGE, "count", lambda t: (t.status == "on_sale") & t.is_sold)

pace_closing_units = Measure(
    "pace_closing_units", PACE, "sum", lambda t: t.closing_units.notnull(), lambda t: t.closing_units
)
daily_units = Measure(
    "daily_units", PACE, "sum", lambda t: t.days_in_stock > 0,
    # Rounded to a decimal, so that the sum does not depend on the order of the rows.
    lambda t: (t.units_sold / t.days_in_stock.nullif(0)).cast("decimal(38, 15)"),
    gaps=(Gap(
        lambda t: t.count(where=(t.days_in_stock == 0) & (t.units_sold > 0)),
        "products sold without a day in stock and have no pace", blocks=False,
    ),),
)  # fmt: skip

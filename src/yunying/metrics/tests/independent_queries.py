"""Each metric once more, as somebody wrote it by hand in SQL, without Ibis and without the dictionary."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from yunying.kernel.periods import Period

STORE = "lamps-01"
PERIOD = Period(date(2025, 8, 1), date(2026, 2, 1))

# Tables that the queries stand on. Levels are carried day by day with an AS OF join, attributes by sorting.
TABLES = """
CREATE TABLE known AS SELECT DISTINCT p.product, {attributes} FROM product p WHERE store = '{store}' AND date < '{end}';
CREATE TABLE history AS
    SELECT l.* REPLACE (nullif(campaign, '') AS campaign), k.category, k.style, k.brand, k.supplier, day, week, month,
           coalesce(l.unit_cost, k.unit_cost) AS cost
    FROM order_line l LEFT JOIN known k USING (product) JOIN calendar ON l.date = day
    WHERE l.store = '{store}' AND reality = 'real' AND l.date < '{end}';
CREATE TABLE lines AS SELECT * FROM history WHERE date >= '{start}';
CREATE TABLE events AS
    SELECT e.*, k.category, k.style, k.brand, k.supplier, day, week, month
    FROM event e LEFT JOIN known k USING (product) JOIN calendar ON e.date = day
    WHERE e.store = '{store}' AND e.date >= '{start}' AND e.date < '{end}';
CREATE TABLE spend AS
    SELECT a.* REPLACE (nullif(campaign, '') AS campaign), day, week, month
    FROM ad_spend a JOIN calendar ON a.date = day
    WHERE store = '{store}' AND date >= '{start}' AND date < '{end}';
CREATE TABLE shelf AS
    SELECT d.day, d.week, d.month, d.product, k.category, k.style, k.brand, k.supplier, s.on_hand,
           greatest(s.on_hand, 0) * coalesce(k.unit_cost, 0) AS value, k.unit_cost
    FROM (SELECT * FROM calendar, (SELECT DISTINCT product FROM stock_level WHERE store = '{store}')) d
    ASOF JOIN (SELECT * FROM stock_level WHERE store = '{store}') s ON d.product = s.product AND d.day >= s.date
    LEFT JOIN known k ON k.product = d.product
    WHERE d.day >= '{start}' AND d.day < '{end}';
CREATE TABLE bought AS
    SELECT b.* REPLACE (coalesce(b.supplier, k.supplier) AS supplier), k.category, k.style, k.brand, day, week, month
    FROM purchase_line b LEFT JOIN known k USING (product) JOIN calendar ON b.date = day
    WHERE b.store = '{store}' AND b.state = 'received' AND b.date < '{end}';
CREATE TABLE moved AS
    SELECT m.*, k.category, k.style, k.brand, k.supplier, day, week, month, coalesce(m.unit_cost, k.unit_cost) AS cost
    FROM stock_movement m LEFT JOIN known k USING (product) JOIN calendar ON m.date = day
    WHERE m.store = '{store}' AND m.date >= '{start}' AND m.date < '{end}';
"""

TIME = ("day", "week", "month")
GOODS = ("category", "style", "brand", "supplier", "product")


@dataclass(frozen=True)
class By:
    """A formula over named parts; each part is a value and where it comes from, grouped by the same key."""

    formula: str
    parts: dict[str, str]
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)


def q(formula: str, only: dict[str, tuple[str, ...]] | None = None, **parts: str) -> By:
    return By(formula, parts, only or {})


PAID = "sum(amount_minor) FROM lines WHERE state = 'paid'"
PLACED = "sum(amount_minor) FROM lines WHERE state = 'placed'"
BACK = "sum(amount_minor) FROM lines WHERE state = 'refunded' OR state = 'cancelled'"
UNITS = "sum(quantity) FROM lines WHERE state = 'paid' AND line_kind = 'goods'"
RETURNED = "sum(quantity) FROM lines WHERE state = 'refunded' AND line_kind = 'goods'"
ORDERS_PAID = "count(DISTINCT \"order\") FROM lines WHERE state = 'paid'"
ORDERS_PLACED = "count(DISTINCT \"order\") FROM lines WHERE state = 'placed'"
BUYERS = "count(DISTINCT member) FROM lines WHERE state = 'paid'"
VISITORS = "count(DISTINCT visitor) FROM events WHERE type = 'visit' OR type = 'view'"
COST = "sum(100 * quantity * cost) FROM lines WHERE state = 'paid' AND line_kind <> 'shipping'"
COST_BACK = (
    "sum(100 * restocked_quantity * cost) FROM lines WHERE state IN ('cancelled', 'refunded') "
    "AND line_kind <> 'shipping'"
)
TAX = (
    "sum(CASE WHEN state = 'paid' THEN tax_minor ELSE -tax_minor END) FROM lines "
    "WHERE state NOT IN ('placed', 'shipped')"
)
COMMISSION = (
    "sum(CASE WHEN state IN ('refunded', 'cancelled') THEN -commission_minor ELSE commission_minor END) FROM lines"
)
FEE = "sum(CASE WHEN state IN ('refunded', 'cancelled') THEN -payment_fee_minor ELSE payment_fee_minor END) FROM lines"
SHIPPING = "sum(shipping_cost_minor) FROM lines"
ADS = "sum(spend_minor) FROM spend WHERE true"
WRITTEN_OFF = (
    "sum(100 * cost * quantity * CASE direction WHEN 'out' THEN 1 ELSE -1 END) FROM moved WHERE reason = 'write_off'"
)
CAPITAL = "sum(value) * 100 * 0.08 / 365 FROM shelf WHERE true"
CLOSING = "sum(on_hand) FROM shelf WHERE day = (SELECT max(day) FROM shelf s WHERE {same_bucket})"
CLOSING_VALUE = CLOSING.replace("sum(on_hand)", "sum(100 * value)")
CONTRIBUTION = {
    "paid": PAID, "back": BACK, "tax": TAX, "cost": COST, "cost_back": COST_BACK, "commission": COMMISSION, "fee": FEE,
    "ship": SHIPPING, "ads": ADS, "off": WRITTEN_OFF, "capital": CAPITAL,
}  # fmt: skip
PROFIT = "(paid - back - tax - cost + cost_back - commission - fee - ship - ads - off - capital)"
SOME = {"ads": (*TIME, "channel", "campaign"), "off": (*TIME, *GOODS), "capital": (*TIME, *GOODS)}

QUERIES: dict[str, By] = {
    "paid_amount": q("paid", paid=PAID),
    "gmv": q("placed", placed=PLACED),
    "refund_amount": q("back", back=BACK),
    "net_sales": q("paid - back", paid=PAID, back=BACK),
    "refund_rate": q("back / nullif(paid, 0)", paid=PAID, back=BACK),
    "units": q("units", units=UNITS),
    "units_returned": q("units", units=RETURNED),
    "return_rate": q("back / nullif(units, 0)", units=UNITS, back=RETURNED),
    "orders": q("orders", orders=ORDERS_PLACED),
    "paid_orders": q("orders", orders=ORDERS_PAID),
    "cancelled_rate": q(
        "gone / nullif(orders, 0)", orders=ORDERS_PLACED,
        gone="count(DISTINCT \"order\") FROM lines WHERE state = 'cancelled'",
    ),
    "aov": q("paid / nullif(orders, 0)", paid=PAID, orders=ORDERS_PAID),
    "units_per_order": q("units / nullif(orders, 0)", units=UNITS, orders=ORDERS_PAID),
    "unit_price": q("paid / nullif(units, 0)", paid=f"{PAID} AND line_kind = 'goods'", units=UNITS),
    "discount_rate": q(
        "off / nullif(off + paid, 0)", paid=f"{PAID} AND line_kind = 'goods'",
        off="sum(discount_minor) FROM lines WHERE state = 'paid' AND line_kind = 'goods'",
    ),
    "buyers": q("buyers", buyers=BUYERS),
    "spend_per_buyer": q(
        "paid / nullif(buyers, 0)", paid=f"{PAID} AND member IS NOT NULL", buyers=BUYERS
    ),
    "new_buyers": q("fresh", fresh="{new_buyers}"),
    "new_buyer_rate": q("fresh / nullif(buyers, 0)", fresh="{new_buyers}", buyers=BUYERS),
    "repurchase_rate": q("again / nullif(buyers, 0)", again="{repeat_buyers}", buyers=BUYERS),
    "visitors": q("visitors", visitors=VISITORS),
    "page_views": q("views", views="count(*) FROM events WHERE type = 'view'"),
    "order_conversion": q(
        "buyers / nullif(visitors, 0)", visitors=VISITORS,
        buyers="count(DISTINCT member) FROM lines WHERE state = 'placed'",
    ),
    "pay_conversion": q("buyers / nullif(visitors, 0)", buyers=BUYERS, visitors=VISITORS),
    "cart_rate": q(
        "carts / nullif(visitors, 0)", visitors=VISITORS,
        carts="count(DISTINCT visitor) FROM events WHERE type = 'cart'",
    ),
    "favourite_cart_rate": q(
        "carts / nullif(visitors, 0)", visitors=VISITORS,
        carts="count(DISTINCT visitor) FROM events WHERE type = 'cart' OR type = 'favourite'",
    ),
    "bounce_rate": q(
        "1 - clicking / nullif(visitors, 0)", visitors=VISITORS,
        clicking="count(DISTINCT visitor) FROM events WHERE type = 'click'",
    ),
    "revenue_per_visitor": q("paid / nullif(visitors, 0)", paid=PAID, visitors=VISITORS),
    "ad_spend": q("ads", ads=ADS),
    "impressions": q("shown", shown="sum(impressions) FROM spend WHERE true"),
    "clicks": q("clicks", clicks="sum(clicks) FROM spend WHERE true"),
    "ctr": q(
        "clicks / nullif(shown, 0)", clicks="sum(clicks) FROM spend WHERE true",
        shown="sum(impressions) FROM spend WHERE true",
    ),
    "cpc": q("ads / nullif(clicks, 0)", ads=ADS, clicks="sum(clicks) FROM spend WHERE true"),
    "roas": q(
        "paid / nullif(ads, 0)", ads=ADS,
        paid="sum(amount_minor) FROM lines WHERE state = 'paid' AND "
        "(campaign IN ('spring', 'summer') OR channel = 'social')",
    ),
    "ad_spend_rate": q("ads / nullif(paid, 0)", ads=ADS, paid=PAID),
    "cogs": q("cost - cost_back", cost=COST, cost_back=COST_BACK),
    "gross_profit": q("paid - back - cost + cost_back", paid=PAID, back=BACK, cost=COST, cost_back=COST_BACK),
    "gross_margin_rate": q(
        "(paid - back - cost + cost_back) / nullif(paid - back, 0)", paid=PAID, back=BACK, cost=COST,
        cost_back=COST_BACK,
    ),
    "commission": q("commission", commission=COMMISSION),
    "payment_fee": q("fee", fee=FEE),
    "shipping_cost": q("ship", ship=SHIPPING),
    "write_downs": q("off", off=WRITTEN_OFF),
    "capital_cost": q("capital", capital=CAPITAL),
    "contribution_profit": q(PROFIT, SOME, **CONTRIBUTION),
    "contribution_margin_rate": q(f"{PROFIT} / nullif(paid - back - tax, 0)", SOME, **CONTRIBUTION),
    "stock_units": q("units", units=CLOSING),
    "stock_value": q("worth", worth=CLOSING_VALUE),
    "inventory_turnover": q(
        "(cost - cost_back) / nullif(worth, 0)", cost=COST, cost_back=COST_BACK,
        worth="sum(100 * value) / {days} FROM shelf WHERE true",
    ),
    "inventory_days": q(
        "worth / nullif(cost - cost_back, 0)", cost=COST, cost_back=COST_BACK,
        worth="sum(100 * value) FROM shelf WHERE true",
    ),
    "days_of_cover": q(
        "units / nullif(pace, 0)", units=CLOSING.replace("sum(on_hand)", "sum(greatest(on_hand, 0))"), pace="{pace}"
    ),
    "stockout_rate": q(
        "out / nullif(days, 0)", out="count(*) FROM shelf WHERE on_hand <= 0", days="count(*) FROM shelf WHERE true"
    ),
    "sell_through": q(
        "(sold - back) / nullif(got, 0)",
        sold="sum(quantity) FROM history WHERE state = 'paid' AND line_kind = 'goods'",
        back="sum(quantity) FROM history WHERE state IN ('refunded', 'cancelled') AND line_kind = 'goods'",
        got="sum(quantity) FROM bought WHERE true",
    ),
    "active_sku_rate": q(
        "sold / nullif(offered, 0)", offered="count(*) FROM known WHERE status = 'on_sale'",
        sold="count(*) FROM known k WHERE status = 'on_sale' AND EXISTS (FROM lines l WHERE l.product = k.product AND "
        "l.state = 'paid' AND l.line_kind = 'goods')",
    ),
    "units_received": q("got", got="sum(quantity) FROM bought WHERE date >= '{start}'"),
    "on_time_delivery_rate": q(
        "good / nullif(promised, 0)",
        good="count(*) FROM bought b WHERE date >= '{start}' AND date <= {promise}",
        promised="count(*) FROM bought b WHERE date >= '{start}' AND {promise} IS NOT NULL",
    ),
    "supplier_lead_time": q(
        "days / nullif(known, 0)",
        days="sum(date - {ordered}) FROM bought b WHERE date >= '{start}'",
        known="count({ordered}) FROM bought b WHERE date >= '{start}'",
    ),
    "shipping_time": q(
        "days / nullif(known, 0)",
        days="sum(date - {paid_on}) FROM lines b WHERE state = 'shipped' AND line_kind = 'goods'",
        known="count({paid_on}) FROM lines b WHERE state = 'shipped' AND line_kind = 'goods'",
    ),
}  # fmt: skip

_OF_LINE = (
    "FROM purchase_line o WHERE o.store = '{store}' AND o.purchase = b.purchase AND o.line = b.line "
    "AND o.state = 'ordered'"
)
PIECES = {
    "new_buyers": "count(DISTINCT member) FROM lines l WHERE state = 'paid' AND NOT EXISTS (FROM history h WHERE "
    "h.member = l.member AND h.state = 'paid' AND h.day < greatest(DATE '{start}', {opening}))",
    "repeat_buyers": "count(*) FROM (SELECT {keys}member FROM lines WHERE state = 'paid' AND member IS NOT NULL "
    'GROUP BY {keys}member HAVING count(DISTINCT "order") > 1)',
    "pace": "sum(sold / in_stock) FROM (SELECT {keys}s.product AS p, count(*) AS in_stock, coalesce("
    "(SELECT sum(quantity) FROM lines l WHERE l.product = s.product AND l.state = 'paid' "
    "AND l.line_kind = 'goods'), 0) AS sold "
    "FROM shelf s WHERE on_hand > 0 GROUP BY ALL)",
    "promise": f"(SELECT max(promised_date) {_OF_LINE})",
    "ordered": f"(SELECT min(date) {_OF_LINE})",
    "paid_on": '(SELECT min(p.date) FROM history p WHERE p.state = \'paid\' AND p."order" = b."order" '
    "AND p.line = b.line)",
}


def _sql(part: str, by: tuple[str, ...]) -> str:
    """One part as a query of the columns of the key and ``v``."""
    keys = "".join(f"{name}, " for name in by)
    time = next((name for name in by if name in TIME), None)
    span = "(max(day) - min(day) + 1)"
    if time:
        span = (
            f"(SELECT count(*) FROM calendar c WHERE c.{time} = any_value(shelf.{time}) "
            "AND c.day >= '{start}' AND c.day < '{end}')"
        )
    pieces = PIECES | {
        "opening": f"l.{time}" if time else "DATE '1900-01-01'",
        "same_bucket": f"s.{time} = shelf.{time}" if time else "true",
        "days": span,
        "keys": keys,
    }
    for name, piece in pieces.items():
        part = part.replace(f"{{{name}}}", piece)
    value, rest = _split(part)
    return f"SELECT {keys}{value} AS v FROM {rest} GROUP BY ALL"


def _split(part: str) -> tuple[str, str]:
    """The value and what follows its FROM; a FROM inside brackets is the value's own."""
    depth = 0
    for i, letter in enumerate(part):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0 and part[i:].startswith(" FROM "):
            return part[:i], part[i + 6 :]
    raise ValueError(part)


def _filled(text: str, period: Period = PERIOD) -> str:
    return (
        text.replace("{store}", STORE).replace("{start}", str(period.start_date)).replace("{end}", str(period.end_date))
    )


def expected(engine: duckdb.DuckDBPyConnection, slug: str, by: tuple[str, ...]) -> dict[tuple[Any, ...], Any]:
    """The answers of the hand-written query by key."""
    query = QUERIES[slug]
    found: dict[str, dict[tuple[Any, ...], Any]] = {}
    for name, part in query.parts.items():
        if any(dimension not in query.only.get(name, by) for dimension in by):
            found[name] = {}
            continue
        rows = engine.execute(_filled(_sql(part, by))).fetchall()
        found[name] = {row[:-1]: row[-1] for row in rows if row[-1] is not None}
    keys = sorted({key for values in found.values() for key in values}, key=str)
    if not keys:
        return {}
    given = pa.table({name: pa.array([float(values.get(key, 0)) for key in keys]) for name, values in found.items()})
    engine.register("given", given)
    answers = engine.execute(f"SELECT {query.formula} FROM given").fetchall()
    return {key: answer for key, (answer,) in zip(keys, answers, strict=True)}


def prepare(engine: duckdb.DuckDBPyConnection, tables: dict[str, pa.Table]) -> None:
    """Lay the facts and the tables that the queries stand on into a plain engine."""
    engine.execute("SET threads = 1")
    for name, rows in tables.items():
        engine.register(f"arrow_{name}", rows)
        engine.execute(f'CREATE TABLE "{name}" AS FROM arrow_{name}')
    engine.execute(
        "CREATE TABLE calendar AS SELECT d::DATE AS day, date_trunc('week', d)::DATE AS week, "
        "date_trunc('month', d)::DATE AS month FROM generate_series(DATE '2024-12-01', DATE '2026-12-01', "
        "INTERVAL 1 DAY) t(d)"
    )
    latest = ", ".join(
        f"(SELECT {name} FROM product a WHERE a.store = '{{store}}' AND a.product = p.product "
        f"AND a.date < '{{end}}' AND {name} IS NOT NULL ORDER BY a.date DESC LIMIT 1) AS {name}"
        for name in ("category", "style", "brand", "supplier", "unit_cost", "status")
    )
    engine.execute(_filled(TABLES.replace("{attributes}", latest)))

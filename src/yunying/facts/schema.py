"""The fact tables: each column's type, range and meaning, and the key that makes a row one row.

Amounts and quantities are positive, the state gives the sign. Unit prices are decimals in major units, amounts whole
minor units of the store's currency. Dates are store-local. ``store`` is the partition and stands in every key.
"""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

STORE = pa.string()
TEXT = pa.string()
DATE = pa.date32()
AT = pa.timestamp("us", tz="UTC")
WHOLE = pa.int64()
AMOUNT = pa.int64()
PRICE = pa.decimal128(18, 6)
SHARE = pa.float64()
TRUTH = pa.bool_()

ORDER_STATES = ("placed", "paid", "shipped", "refunded", "cancelled")
LINE_KINDS = ("goods", "shipping", "fee", "discount", "gift", "adjustment")
REALITIES = ("real", "test", "brushed")
PURCHASE_STATES = ("ordered", "received", "cancelled")
MOVEMENT_REASONS = ("receipt", "sale", "return", "adjustment", "stock_take", "write_off", "transfer")
EVENT_TYPES = (
    "visit", "view", "search", "cart", "favourite", "share", "comment", "vote", "draw", "sign_up", "message",
    "impression", "click",
)  # fmt: skip
CONTENT_KINDS = ("article", "comment", "guestbook", "thread", "reply")
CONTENT_STATES = ("shown", "waiting", "hidden", "gone")
AUTHOR_KINDS = ("editor", "staff", "member", "guest")
PRODUCT_STATUSES = ("on_sale", "off_sale", "discontinued")


@dataclass(frozen=True)
class Column:
    """One column: its Arrow type, what it means, and what the door refuses."""

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = True
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class FactTable:
    """One fact table.

    Args:
        title_zh: the Chinese name that screens show.
        key: the columns that make a row one row; ``store`` is always the first.
        date_column: the store-local date that ``as_of`` cuts.
        merges_nulls: a correction's empty cell keeps what was known (attributes as of a date).
    """

    name: str
    title_zh: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    date_column: str
    merges_nulls: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The documented Arrow schema, in the order of the columns."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _store() -> Column:
    return Column("store", STORE, "id of the store", nullable=False)


def _date(meaning: str) -> Column:
    return Column("date", DATE, meaning, nullable=False)


_ORDER_LINE = FactTable(
    name="order_line",
    title_zh="订单行",
    meaning="one line of an order in one state; nothing erases the paid row that a refund follows",
    key=("store", "order", "line", "state", "occurrence"),
    date_column="date",
    columns=(
        _store(),
        Column("order", TEXT, "the order's number in the shop", nullable=False),
        Column("line", TEXT, "the line's number, or the nth identical row of its order", nullable=False),
        Column("state", TEXT, "what happened to the line on this date", nullable=False, choices=ORDER_STATES),
        Column("occurrence", TEXT, "the payment, shipment or refund it belongs to; empty if there is one", False),
        _date("day of the state"),
        Column("at", AT, "moment of the state, where the source gives one"),
        Column("product", TEXT, "the product's key: the shop's SKU", nullable=False),
        Column("line_kind", TEXT, "goods, postage, fee ...; product metrics count goods", False, LINE_KINDS),
        Column("quantity", WHOLE, "units of this state (refunded: units sent back)", nullable=False, minimum=0),
        Column("list_price", PRICE, "price of one unit before discounts", minimum=0),
        Column("amount_minor", AMOUNT, "money of this state with tax: due, paid or given back", False, minimum=0),
        Column("discount_minor", AMOUNT, "taken off the list price of the whole line", minimum=0),
        Column("tax_minor", AMOUNT, "the tax inside amount_minor", minimum=0),
        Column("unit_cost", PRICE, "cost of one unit of goods", minimum=0),
        Column("commission_minor", AMOUNT, "the platform's commission on this state", minimum=0),
        Column("payment_fee_minor", AMOUNT, "the payment provider's fee on this state", minimum=0),
        Column("shipping_cost_minor", AMOUNT, "what the store pays to ship the line", minimum=0),
        Column("restocked_quantity", WHOLE, "of the units sent back, those that can be sold again", minimum=0),
        Column("promotion", TEXT, "the promotion or coupon that priced it"),
        Column("channel", TEXT, "the channel that brought the order"),
        Column("campaign", TEXT, "the campaign that brought the order"),
        Column("member", TEXT, "random key of the buyer; empty where unknown"),
        Column("session", TEXT, "the visit in which it was placed"),
        Column("region", TEXT, "country or province of delivery"),
        Column("reality", TEXT, "real, test or brushed (刷单); metrics count the real", False, REALITIES),
    ),
)

_EVENT = FactTable(
    name="event",
    title_zh="行为",
    meaning="something a visitor did",
    key=("store", "event"),
    date_column="date",
    columns=(
        _store(),
        Column("event", TEXT, "id of the event", nullable=False),
        Column("type", TEXT, "what was done", False, EVENT_TYPES),
        _date("day of the event"),
        Column("at", AT, "moment of the event"),
        Column(
            "visitor",
            TEXT,
            "random key of the visitor (a device or a member); empty where he did not agree to one",
            nullable=False,
        ),
        Column("session", TEXT, "the visit"),
        Column("member", TEXT, "random key of the member, if signed in"),
        Column("page", TEXT, "the page"),
        Column("slot", TEXT, "the slot on the page"),
        Column("position", WHOLE, "place in the slot, from 1", minimum=1),
        Column("product", TEXT, "the product concerned"),
        Column("channel", TEXT, "the source that brought the visit"),
        Column("campaign", TEXT, "the campaign that brought the visit"),
        Column("experiment", TEXT, "the experiment"),
        Column("arm", TEXT, "the experiment's arm"),
        Column("propensity", SHARE, "probability with which the item was shown", minimum=0, maximum=1),
    ),
)

_STOCK_LEVEL = FactTable(
    name="stock_level",
    title_zh="库存",
    meaning="closing stock of a product on a day",
    key=("store", "product", "date"),
    date_column="date",
    columns=(
        _store(),
        Column("product", TEXT, "the product's key", nullable=False),
        _date("the day whose closing stock it is"),
        Column("on_hand", WHOLE, "units on hand at the end of the day; below zero where a shop oversold", False),
    ),
)

_STOCK_MOVEMENT = FactTable(
    name="stock_movement",
    title_zh="库存流水",
    meaning="one movement of stock with its reason",
    key=("store", "movement"),
    date_column="date",
    columns=(
        _store(),
        Column("movement", TEXT, "id of the movement", nullable=False),
        Column("product", TEXT, "the product's key", nullable=False),
        _date("day of the movement"),
        Column("reason", TEXT, "why it moved", False, MOVEMENT_REASONS),
        Column("direction", TEXT, "in or out", False, ("in", "out")),
        Column("quantity", WHOLE, "units moved", False, minimum=0),
        Column("unit_cost", PRICE, "cost of one unit", minimum=0),
    ),
)

_PURCHASE_LINE = FactTable(
    name="purchase_line",
    title_zh="采购行",
    meaning="one line of a purchase order in one state",
    key=("store", "purchase", "line", "state", "occurrence"),
    date_column="date",
    columns=(
        _store(),
        Column("purchase", TEXT, "the purchase order's number", nullable=False),
        Column("line", TEXT, "the line's number", nullable=False),
        Column("state", TEXT, "ordered, received or cancelled", False, PURCHASE_STATES),
        Column("occurrence", TEXT, "the delivery it belongs to; empty if there is one", nullable=False),
        _date("day of the state"),
        Column("promised_date", DATE, "the day that the supplier promised"),
        Column("supplier", TEXT, "the supplier's key"),
        Column("product", TEXT, "the product's key", nullable=False),
        Column("quantity", WHOLE, "units of this state", False, minimum=0),
        Column("unit_cost", PRICE, "cost of one unit", minimum=0),
    ),
)

_PRICE = FactTable(
    name="price",
    title_zh="价格",
    meaning="a list price from a day on, until the next row of the product",
    key=("store", "product", "date"),
    date_column="date",
    columns=(
        _store(),
        Column("product", TEXT, "the product's key", nullable=False),
        _date("first day of the price"),
        Column("end_date", DATE, "first day on which it no longer holds; empty while open"),
        Column("list_price", PRICE, "price of one unit", False, minimum=0),
    ),
)

_AD_SPEND = FactTable(
    name="ad_spend",
    title_zh="广告花费",
    meaning="what a campaign on a channel cost and showed on a day",
    key=("store", "date", "channel", "campaign"),
    date_column="date",
    columns=(
        _store(),
        _date("day of the spend"),
        Column("channel", TEXT, "the channel", nullable=False),
        Column("campaign", TEXT, "the campaign; empty where the channel is not split", nullable=False),
        Column("spend_minor", AMOUNT, "money spent", False, minimum=0),
        Column("impressions", WHOLE, "times shown", minimum=0),
        Column("clicks", WHOLE, "times clicked", minimum=0),
    ),
)

_FX_RATE = FactTable(
    name="fx_rate",
    title_zh="汇率",
    meaning="what one unit of a currency was worth in another on a day, as the store's company reckons",
    key=("store", "date", "from_currency", "to_currency"),
    date_column="date",
    columns=(
        _store(),
        _date("day of the rate"),
        Column("from_currency", TEXT, "three letters of ISO 4217", nullable=False),
        Column("to_currency", TEXT, "three letters of ISO 4217", nullable=False),
        Column("rate", PRICE, "units of the second for one unit of the first", False, minimum=0),
    ),
)

_PRODUCT = FactTable(
    name="product",
    title_zh="商品",
    meaning="a product's attributes as of a date; 1970-01-01 where the source names no date",
    key=("store", "product", "date"),
    date_column="date",
    merges_nulls=True,
    columns=(
        _store(),
        Column("product", TEXT, "the product's key: the shop's SKU", nullable=False),
        _date("from when on the attributes hold"),
        Column("title", TEXT, "name shown to buyers"),
        Column("category", TEXT, "category (品类)"),
        Column("style", TEXT, "style (风格)"),
        Column("brand", TEXT, "brand"),
        Column("supplier", TEXT, "key of the usual supplier"),
        Column("unit_cost", PRICE, "cost of one unit", minimum=0),
        Column("list_price", PRICE, "price of one unit", minimum=0),
        Column("status", TEXT, "whether it is on sale", choices=PRODUCT_STATUSES),
        Column("sale_end_date", DATE, "first day without it (a season's end); a newer row moves it"),
    ),
)

_MEMBER = FactTable(
    name="member",
    title_zh="会员",
    meaning="a member's attributes as of a date, under a random key",
    key=("store", "member", "date"),
    date_column="date",
    merges_nulls=True,
    columns=(
        _store(),
        Column("member", TEXT, "random key of the member", nullable=False),
        _date("from when on the attributes hold"),
        Column("joined_date", DATE, "day of the first sign-up or order"),
        Column("level", TEXT, "membership level"),
        Column("region", TEXT, "country or province"),
        Column("channel", TEXT, "the channel that brought the member"),
    ),
)

_SUPPLIER = FactTable(
    name="supplier",
    title_zh="供应商",
    meaning="a supplier's attributes as of a date",
    key=("store", "supplier", "date"),
    date_column="date",
    merges_nulls=True,
    columns=(
        _store(),
        Column("supplier", TEXT, "the supplier's key", nullable=False),
        _date("from when on the attributes hold"),
        Column("title", TEXT, "name"),
        Column("minimum_order_minor", AMOUNT, "smallest order in money", minimum=0),
    ),
)

_SUPPLIER_OFFER = FactTable(
    name="supplier_offer",
    title_zh="供货条件",
    meaning="a supplier's terms for a product as of a date; one row per price break",
    key=("store", "supplier", "product", "from_quantity", "date"),
    date_column="date",
    columns=(
        _store(),
        Column("supplier", TEXT, "the supplier's key", nullable=False),
        Column("product", TEXT, "the product's key", nullable=False),
        Column("from_quantity", WHOLE, "smallest quantity at which the cost holds, from 1", False, minimum=1),
        _date("from when on the terms hold"),
        Column("unit_cost", PRICE, "cost of one unit from that quantity on", False, minimum=0),
        Column("lead_time_days", WHOLE, "days from order to usable stock", minimum=0, maximum=3650),
        Column("pack_quantity", WHOLE, "units in a pack; orders are whole packs", minimum=1),
        Column("minimum_quantity", WHOLE, "smallest order in units", minimum=0),
    ),
)

_CAMPAIGN = FactTable(
    name="campaign",
    title_zh="推广计划",
    meaning="a campaign's attributes as of a date",
    key=("store", "campaign", "date"),
    date_column="date",
    merges_nulls=True,
    columns=(
        _store(),
        Column("campaign", TEXT, "the campaign's key", nullable=False),
        _date("from when on the attributes hold"),
        Column("title", TEXT, "name"),
        Column("channel", TEXT, "the channel it runs on"),
        Column("start_date", DATE, "first day"),
        Column("end_date", DATE, "first day on which it no longer runs"),
        Column("budget_minor", AMOUNT, "money set aside for it", minimum=0),
    ),
)

_CONTENT_ITEM = FactTable(
    name="content_item",
    title_zh="内容",
    meaning="an article, a comment, a thread or an entry of the guestbook, as it stands from a date on",
    key=("store", "item", "date"),
    date_column="date",
    merges_nulls=True,
    columns=(
        _store(),
        Column("item", TEXT, "its kind and number, such as article/12", nullable=False),
        _date("from when on this holds"),
        Column("kind", TEXT, "what it is", False, CONTENT_KINDS),
        Column("state", TEXT, "shown, waiting to be read by somebody, hidden or gone", False, CONTENT_STATES),
        Column("place", TEXT, "where it stands: an article's column, what a comment is about"),
        Column("language", TEXT, "language of an article: zh-hans or en"),
        Column("author_kind", TEXT, "who wrote it", choices=AUTHOR_KINDS),
        Column("published_at", AT, "when it was first shown"),
        Column("characters", WHOLE, "length of its text", minimum=0),
    ),
)

_PROMOTION = FactTable(
    name="promotion",
    title_zh="促销计划",
    meaning="a product's place in an approved promotion, as of a date; one that was taken back ends as it begins",
    key=("store", "promotion", "product", "date"),
    date_column="date",
    columns=(
        _store(),
        Column("promotion", TEXT, "the promotion's name", nullable=False),
        Column("product", TEXT, "the product's key", nullable=False),
        _date("from when on this is known"),
        Column("start_date", DATE, "first day", nullable=False),
        Column("end_date", DATE, "first day on which it no longer runs", nullable=False),
        Column(
            "discount_rate", SHARE, "what is taken off the list price, as a share of it", False, minimum=0, maximum=1
        ),
        Column("intervention", TEXT, "the intervention's number in the ledger"),
    ),
)

_STORE = FactTable(
    name="store",
    title_zh="店铺",
    meaning="what every figure of a store stands on: its one currency and its one time zone",
    key=("store",),
    date_column="date",
    columns=(
        _store(),
        _date("day on which the store was first recorded"),
        Column("title", TEXT, "name shown on screens"),
        Column("currency", TEXT, "ISO 4217 code", nullable=False),
        Column("time_zone", TEXT, "IANA name such as Asia/Shanghai", nullable=False),
        Column("capital_rate", SHARE, "cost of capital a year, a share of the money tied up", False, minimum=0),
    ),
)

_INTERVENTION = FactTable(
    name="intervention",
    title_zh="干预",
    meaning="one step of what people or standing approvals did in the store: every state an intervention went through",
    key=("store", "intervention", "revision"),
    date_column="date",
    columns=(
        _store(),
        Column("intervention", TEXT, "the intervention's number in the ledger", nullable=False),
        Column("revision", WHOLE, "counts its steps, from 1", nullable=False, minimum=1),
        _date("day of the step"),
        Column("at", AT, "moment of the step"),
        Column("state", TEXT, "the state after the step", nullable=False),
        Column("action", TEXT, "what was done: propose, approve, apply ...", nullable=False),
        Column("origin", TEXT, "who began it", False, ("practice", "person", "standing", "observed")),
        Column("practice", TEXT, "the practice; person where somebody composed it", nullable=False),
        Column("kind", TEXT, "the kind of command", nullable=False),
        Column("subject", TEXT, "what it acts on, such as a product", nullable=False),
        Column(
            "arm",
            TEXT,
            "treated, control where the unit keeps the old rule, or outside of the draw",
            False,
            ("treated", "control", "outside"),
        ),
        Column("cost_minor", AMOUNT, "money that it commits", minimum=0),
        Column("expected_minor", AMOUNT, "expected change of contribution profit; below zero where it costs"),
        Column("reference", TEXT, "what the outside system calls it, such as an order number"),
    ),
)

_AUDIT_HEAD = FactTable(
    name="audit_head",
    title_zh="审计链头",
    meaning="the newest link of a chain of the audit log at a moment; two digests of one number show an alteration",
    # The digest is part of the key, so that no later row takes the place of an earlier one.
    key=("store", "chain", "number", "digest"),
    date_column="date",
    columns=(
        _store(),
        Column("chain", TEXT, "the store's own, or the one that tells of accounts or of a company", nullable=False),
        Column("number", WHOLE, "counts the chain's links, from 1", nullable=False, minimum=1),
        Column("digest", TEXT, "SHA-256 over the link and the one before it", nullable=False),
        _date("day on which it was recorded"),
        Column("at", AT, "moment at which it was recorded"),
    ),
)

TABLES: dict[str, FactTable] = {
    table.name: table
    for table in (
        _ORDER_LINE, _EVENT, _STOCK_LEVEL, _STOCK_MOVEMENT, _PURCHASE_LINE, _PRICE, _AD_SPEND, _FX_RATE, _PRODUCT,
        _MEMBER, _SUPPLIER, _SUPPLIER_OFFER, _CAMPAIGN, _CONTENT_ITEM, _PROMOTION, _STORE,
        _INTERVENTION, _AUDIT_HEAD,
    )
}  # fmt: skip

UNDATED: Literal["1970-01-01"] = "1970-01-01"
"""The date of an attribute whose source names none: known since ever."""

SOURCE_ROW = "_source_row"
"""An extra int64 column that a batch may carry: the record of the file a fact came from. It is never stored."""

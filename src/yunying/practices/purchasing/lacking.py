"""What purchasing says where it cannot decide: what is lacking and what would mend it, in English and Chinese."""

from datetime import date
from decimal import Decimal

from yunying.kernel.counted import counted
from yunying.kernel.results import Abstention

_OF_PRODUCTS = {
    "no-stock-facts": (
        "no stock count in the {days} days before the plan.",
        "Import a stock file (--kind stock) with product, quantity and date.",
        "计划日前 {days} 天内没有库存盘点。",
        "请导入库存文件（--kind stock），含商品、数量和日期。",
    ),
    "no-price": (
        "no sale in the last {days} days and no list price, so no profit can be expected.",
        "Import a product file with prices (--kind products).",
        "最近 {days} 天没有销售，也没有标价，无法预计利润。",
        "请导入带价格的商品文件（--kind products）。",
    ),
    "no-cost-facts": (
        "no cost is known and the policy assumes none.",
        "Import costs with a product or supplier file, or set purchasing.assumed_cost_rate.",
        "成本未知，设置中也没有假设成本。",
        "请用商品或供应商文件导入成本，或设置 purchasing.assumed_cost_rate。",
    ),
    "no-lead-time": (
        "no lead time is known and the policy assumes none.",
        "Import a supplier file (--kind suppliers), or set purchasing.assumed_lead_time_days.",
        "交货期未知，设置中也没有假设交货期。",
        "请导入供应商文件（--kind suppliers），或设置 purchasing.assumed_lead_time_days。",
    ),
    "no-margin": (
        "each unit sold loses money after cost, fees and returns.",
        "Check cost and price; raise the price or let the product run out.",
        "扣除成本、费用和退货后，每卖一件都亏钱。",
        "请核对成本和价格；提价，或卖完为止。",
    ),
}


def product_lacks(code: str, subjects: tuple[str, ...], days: int) -> Abstention:
    """Products that cannot be decided for one of the reasons above; ``days`` is the span that it speaks of."""
    reason, remedy, reason_zh, remedy_zh = _OF_PRODUCTS[code]
    return Abstention(
        code, subjects, f"{counted(len(subjects), 'product')}: {reason.format(days=days)}", remedy,
        f"{len(subjects):,} 个商品：{reason_zh.format(days=days)}", remedy_zh,
    )  # fmt: skip


def nothing_known(store: str) -> Abstention:
    """There are no facts at all."""
    return Abstention(
        "no-facts", (), f"No order, stock, purchase or product facts of {store} before the plan's date.",
        "Import an order export: yunying import FILE --store ID.",
        f"计划日之前，店铺 {store} 没有任何订单、库存、采购或商品数据。",
        "请导入订单：yunying import FILE --store ID。",
    )  # fmt: skip


def too_little_history(days: int, as_of: date, least_days: int) -> Abstention:
    """Sales are known for too short a time."""
    return Abstention(
        "too-little-history", (),
        f"Only {counted(days, 'day')} of sales are known before {as_of}; {least_days} are needed.",
        "Import older orders, or lower purchasing.least_history_days.",
        f"{as_of} 之前只有 {days} 天的销售记录，至少需要 {least_days} 天。",
        "请导入更早的订单，或调低 purchasing.least_history_days。",
    )  # fmt: skip


def impossible_number(subjects: tuple[str, ...], names: str) -> Abstention:
    """Products of which a number cannot be."""
    have = "has" if len(subjects) == 1 else "have"
    return Abstention(
        "impossible-number", subjects,
        f"{counted(len(subjects), 'product')} {have} an impossible number (not finite, below zero or far too large): "
        f"{names}.",
        "Correct the files that hold it and import them.",
        f"{len(subjects):,} 个商品含有不可能的数值（非有限数、负数或过大）：{names}。",
        "请更正含有该数值的文件后重新导入。",
    )  # fmt: skip


def supplier_minimum(subjects: tuple[str, ...], supplier: str, least: float, currency: str) -> Abstention:
    """A supplier's smallest order is not worth filling today."""
    do = "does" if len(subjects) == 1 else "do"
    return Abstention(
        "supplier-minimum", subjects,
        f"{counted(len(subjects), 'product')} of {supplier} {do} not fill its smallest order of {least:,.2f} "
        f"{currency} without more cost than waiting has.",
        "Wait, or order by hand if you must.",
        f"供应商 {supplier} 的 {len(subjects):,} 个商品凑不够最低起订额 {least:,.2f} {currency}，硬凑的成本高于等待。",
        "请再等等；确有需要时可手工下单。",
    )  # fmt: skip


def no_room(subjects: tuple[str, ...], free_units: float, lost: Decimal, currency: str, price: float) -> Abstention:
    """Orders for which the storage has no room.

    Args:
        lost: what they would earn.
        price: what room for one unit more would earn; 0 where that is not known.
    """
    more = f" Room for one unit more would earn about {price:,.2f}." if price > 0 else ""
    more_zh = f"每多一件库容约可多赚 {price:,.2f}。" if price > 0 else ""
    return Abstention(
        "storage-limit", subjects,
        f"{counted(len(subjects), 'order')} left out for want of room: {free_units:,.0f} units are free; "
        f"{lost:,} {currency} more would be earned.{more}",
        "Raise purchasing.storage_limit_units or order them later.",
        f"{len(subjects):,} 笔订货放不下：库容只剩 {free_units:,.0f} 件；放得下还能多赚 {lost:,} {currency}。{more_zh}",
        "请调高 purchasing.storage_limit_units，或推迟订货。",
    )  # fmt: skip


def no_cash(subjects: tuple[str, ...], limit: Decimal, lost: Decimal, currency: str, price: float) -> Abstention:
    """Orders that the cash limit leaves out; ``price`` is what one more of the currency would earn, 0 where unknown."""
    more = f" One {currency} more would earn about {price:,.2f}." if price > 0 else ""
    more_zh = f"每多一个 {currency} 的资金约可多赚 {price:,.2f}。" if price > 0 else ""
    return Abstention(
        "cash-limit", subjects,
        f"{counted(len(subjects), 'order')} left out by the cash limit of {limit:,} {currency}; "
        f"{lost:,} {currency} more would be earned.{more}",
        "Raise purchasing.cash_limit_minor or order them later.",
        f"{len(subjects):,} 笔订货超出 {limit:,} {currency} 的资金上限；资金够还能多赚 {lost:,} {currency}。{more_zh}",
        "请调高 purchasing.cash_limit_minor，或推迟订货。",
    )  # fmt: skip

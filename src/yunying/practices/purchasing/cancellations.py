"""Cancelled lines: which of them take back a sale, and on which day that sale was counted."""

import ibis.expr.types as ir

_LINE = ["order", "line", "product"]


def without_vain_cancellations(lines: ir.Table) -> ir.Table:
    """Order lines whose cancellations take back what was sold, each on the day of its sale.

    A line that was never paid was no sale, so its cancellation takes back nothing and is left out. A line that was
    paid is taken back on the day of its payment: counted on its own day it would take off what others bought then. An
    export that gives cancellations numbers of their own (Online Retail) does not say which sale they take back; such a
    one, told by its money, stays on its own day.

    Args:
        lines: rows of ``order_line``.

    Returns:
        The same columns.
    """
    cancelled = lines.filter(lines.state == "cancelled")
    paid = lines.filter(lines.state == "paid")
    sold = paid.semi_join(cancelled, _LINE).group_by(_LINE).agg(sold_date=paid.date.min())
    known = cancelled.left_join(sold.rename({f"sold_{name}": name for name in _LINE}), [
        (cancelled[name], f"sold_{name}") for name in _LINE
    ])  # fmt: skip
    meant = known.filter(known.sold_date.notnull() | (known.amount_minor.fill_null(0) != 0))
    dated = meant.mutate(date=meant.sold_date.coalesce(meant.date)).select(lines.columns)
    return lines.filter(lines.state != "cancelled").union(dated)

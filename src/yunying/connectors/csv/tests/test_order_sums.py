"""Whatever discount, postage, tax and refund an order has, its lines sum to its total and its refund to the cent."""

import csv
import io

import numpy as np
import pyarrow.compute as pc

HEADER = [
    "Name", "Financial Status", "Paid at", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Refunded Amount",
]  # fmt: skip
MOMENT = "2024-05-01 10:00:00 -0400"


def random_orders(rng: np.random.Generator, count: int) -> tuple[str, dict[str, int], dict[str, int]]:
    """A Shopify export, and each order's total and refund in cents."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    totals, refunds = {}, {}
    for number in range(count):
        size = int(rng.integers(1, 6))
        quantity, price = rng.integers(1, 5, size), rng.integers(99, 9999, size)
        goods = int((quantity * price).sum())
        discount = int(rng.integers(0, goods + 1)) if rng.random() < 0.5 else 0
        shipping, tax = int(rng.choice([0, 499, 1000])), (goods - discount) * 8 // 100
        total = goods - discount + shipping + (tax if rng.random() < 0.5 else 0)
        refund = int(rng.integers(0, total + 1)) if rng.random() < 0.3 else 0
        name = f"#{number}"
        totals[name], refunds[name] = total, refund
        money = [f"{cents / 100:.2f}" for cents in (goods - discount, shipping, tax, total, discount)]
        for line in range(size):
            first = ["paid", MOMENT, "USD", *money] if line == 0 else [""] * 8
            own = [MOMENT, quantity[line], "x", f"{price[line] / 100:.2f}", f"s{line}"]
            writer.writerow([name, *first, *own, f"{refund / 100:.2f}" if line == 0 else ""])
    return text.getvalue(), totals, refunds


def test_lines_sum_to_totals_and_refunds_to_the_cent(read):
    text, totals, refunds = random_orders(np.random.default_rng(5), 400)
    lines = read(text, time_zone="America/New_York").batch.tables["order_line"]
    for state, wanted in (("paid", totals), ("refunded", refunds)):
        chosen = lines.filter(pc.equal(lines["state"], state)).group_by("order").aggregate([("amount_minor", "sum")])
        found = dict(zip(chosen["order"].to_pylist(), chosen["amount_minor_sum"].to_pylist(), strict=True))
        assert {name: found.get(name, 0) for name in wanted} == wanted


def test_tax_that_no_total_places_is_taken_to_be_inside_and_said(read):
    text = "order id,date,sku,quantity,price,tax\nA1,2024-03-01,S1,1,10,1.67\n"
    assert any("taken to be inside" in note for note in read(text, currency="EUR", time_zone="UTC").notes)
    with_total = text.replace("tax\n", "tax,total\n").replace("1.67", "1.67,11.67")
    assert not any("taken to be inside" in note for note in read(with_total, currency="EUR", time_zone="UTC").notes)

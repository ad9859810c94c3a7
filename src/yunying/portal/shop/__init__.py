"""The shop: from product page to paid order.

Whoever locks rows locks them in this order, so that no two can wait for each other: basket, order, payment, coupon,
the buyer's key, stock by rising variant. A conditional update locks its row. Providers are never called inside a
transaction.
"""

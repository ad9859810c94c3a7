"""The textbook of stock, arrays in and arrays out.

Certain demand: ``economic_order``, ``lot_sizing``. One order: ``newsvendor``, ``newsvendor_budget``. Customers who
wait: ``reorder_point`` (r, Q), ``order_up_to`` (s, S), ``dual_sourcing``. Customers who do not: ``lost_sales`` exactly,
``lost_sales_policies`` by simple rules, ``projected`` from scenarios, which is what purchasing calls. What a supplier
lets one order: ``order_sizes``. Laws of demand: ``demand_law``.
"""

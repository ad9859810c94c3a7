"""Demand per product as a distribution: pooled seasons and events, own levels, a variance learned by back-test.

Arrays run over n products and t days. ``units`` is what was sold, ``exposure`` the share of the day (0 to 1) on which
it could have been sold: a stock-out is not a day without demand. The ``weekly_*`` files and ``series_spread`` forecast
weeks of many series together, by trees where two years of history allow it.
"""

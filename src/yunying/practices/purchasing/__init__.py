"""Purchasing (进货): when to buy, what, how much, from whom."""

"""Yunying (运营): the open operations system for online stores and the sites around them."""

__version__ = "0.1.0"

"""Databases and crowds of their own, as the accounts' tests have them."""

from yunying.accounts.tests.conftest import postgres, together

__all__ = ["postgres", "together"]

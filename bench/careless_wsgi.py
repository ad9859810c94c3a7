"""The control of the flash sale: the same site with a reservation that looks first and writes later."""

from yunying.config.wsgi import application
from yunying.portal.shop import placing
from yunying.portal.shop.tests.race_buyers import careless_reserve

placing.stock_reserve = careless_reserve

__all__ = ["application"]

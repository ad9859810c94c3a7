"""What the portal makes before a server's first visitor comes."""

from yunying.portal.news.warming import site_warm
from yunying.portal.shop.warming import shops_warm


def portal_warm() -> None:
    """Make what pages share, and a page of each kind, for nobody."""
    shops_warm()
    site_warm()

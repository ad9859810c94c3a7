"""What the portal's news keep."""

from yunying.portal.news.models.listing import Listing, MostRead, TurnDone
from yunying.portal.news.models.pages import ArticlePage, ColumnPage, HomePage, InfoPage
from yunying.portal.news.models.reading import (
    ArticleDay,
    ArticleFavourite,
    ArticleGram,
    ArticleText,
    Report,
    Share,
    ShareVisit,
    SiteChange,
)
from yunying.portal.news.models.site import PortalSettings

__all__ = [
    "ArticleDay",
    "ArticleFavourite",
    "ArticleGram",
    "ArticlePage",
    "ArticleText",
    "ColumnPage",
    "HomePage",
    "InfoPage",
    "Listing",
    "MostRead",
    "PortalSettings",
    "Report",
    "Share",
    "ShareVisit",
    "SiteChange",
    "TurnDone",
]

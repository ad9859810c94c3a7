"""Pictures in the sizes that pages show, drawn by the turn, so that the first reader of an article waits for none."""

from yunying.portal.news.articles import CARD, LEAD, home_page, pictures_of
from yunying.portal.news.models import Listing
from yunying.portal.news.models.pages import LANGUAGES

NEWEST = 100
"""Of each language's newest articles with a picture; older ones are drawn when somebody asks for them."""


def pictures_draw() -> None:
    """Draw what is missing of the newest articles' lead pictures."""
    home = home_page()
    if home is None:
        return
    numbers: set[int] = set()
    for language, _name in LANGUAGES:
        newest = Listing.objects.filter(place=home.pk, language=language, is_pictured=True)
        rows = newest.order_by("-published_at", "-article").values_list("article__lead_picture", flat=True)[:NEWEST]
        numbers |= {number for number in rows if number is not None}
    for spec in (LEAD, CARD):
        pictures_of(numbers, spec)

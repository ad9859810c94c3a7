"""Pictures in the sizes that pages show, drawn by the turn, so that the first reader of an article waits for none."""

from collections.abc import Iterator

from yunying.portal.news.articles import CARD, LEAD, home_page, pictures_of
from yunying.portal.news.models import ColumnPage, Listing
from yunying.portal.news.models.pages import LANGUAGES

NEWEST, NEWEST_OF_A_COLUMN = 100, 24
"""Of the newest articles with a picture, in each language; older ones are drawn when somebody asks for them."""


def pictures_draw() -> None:
    """Draw what is missing of the lead pictures of the newest articles, of all and of each column."""
    home = home_page()
    if home is None:
        return
    numbers = set(_newest(home.pk, NEWEST))
    for place in ColumnPage.objects.live().values_list("pk", flat=True):
        numbers.update(_newest(place, NEWEST_OF_A_COLUMN))
    for spec in (LEAD, CARD):
        pictures_of(numbers, spec)


def _newest(place: int, count: int) -> Iterator[int]:
    for language, _name in LANGUAGES:
        rows = Listing.objects.filter(place=place, language=language, is_pictured=True)
        pictures = rows.order_by("-published_at", "-article").values_list("article__lead_picture", flat=True)[:count]
        yield from (number for number in pictures if number is not None)

"""Finding products by their words, two characters of Chinese too, as fast among a hundred thousand as among ten."""

import re
import unicodedata
from collections.abc import Iterable

from yunying.portal.shop.models import Product, SearchGram, Shop

MOST_FOUND = 2_000
"""A search shows the newest of so many; whoever finds more is asked for another word."""
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]")
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]+|[^\W_\u3400-\u9fff\uf900-\ufaff"
                  r"\u3040-\u30ff\uac00-\ud7af]+")  # fmt: skip


def grams_of(text: str) -> set[str]:
    """The grams of a text: pairs of Chinese characters, threes of letters and digits, and shorter runs as they are.

    >>> sorted(grams_of("龙井茶 Tea 50g A")), sorted(grams_of("运营"))
    (['50g', 'a', 'tea', '井', '井茶', '茶', '龙', '龙井'], ['营', '运', '运营'])
    """
    found: set[str] = set()
    for run in _RUN.findall(_folded(text)):
        if _CJK.match(run):
            found |= {run[at : at + 2] for at in range(len(run) - 1)} | set(run)
        else:
            found |= {run[at : at + 3] for at in range(max(len(run) - 2, 1))}
    return found


def products_found(shop: Shop, words: str) -> tuple[list[int], bool]:
    """The products with all the words, newest first, and whether there are more than are shown."""
    wanted = _folded(words).split()[:8]
    grams = sorted({gram for word in wanted for gram in _sought(word)}, key=len, reverse=True)
    if not grams:
        return [], False
    rows = SearchGram.objects.filter(shop=shop, gram=grams[0], product__is_listed=True)
    for gram in grams[1:]:
        rows = rows.filter(product__grams__gram=gram, product__grams__shop=shop)
    found = list(rows.order_by("-product").values_list("product", flat=True)[: MOST_FOUND + 1])
    # Grams that stand in another order are sorted out here, by the same folding on every database.
    texts = Product.objects.filter(pk__in=found[:MOST_FOUND]).order_by("-pk").values_list(
        "pk", "title", "title_zh", "brand"
    )  # fmt: skip
    kept = [pk for pk, *parts in texts if all(word in _folded("\n".join(parts)) for word in wanted)]
    return kept, len(found) > MOST_FOUND


def grams_write(products: Iterable[Product]) -> None:
    """Write the grams of products anew, in the caller's transaction."""
    rows = list(products)
    SearchGram.objects.filter(product__in=rows).delete()
    SearchGram.objects.bulk_create(
        [
            SearchGram(shop_id=product.shop_id, product=product, gram=gram)
            for product in rows
            for gram in sorted(grams_of(f"{product.title} {product.title_zh} {product.brand}"))
        ],
        batch_size=2_000,
    )


def _sought(word: str) -> set[str]:
    """The grams that a word must have: of a run of letters, those that every text with it has."""
    found: set[str] = set()
    for run in _RUN.findall(word):
        if _CJK.match(run):
            found |= {run[at : at + 2] for at in range(len(run) - 1)} or {run}
        else:
            found |= {run[at : at + 3] for at in range(max(len(run) - 2, 1))}
    return found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()

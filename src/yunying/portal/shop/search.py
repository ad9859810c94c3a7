"""Finding products by their words, two characters of Chinese too, as fast among a hundred thousand as among ten."""

from collections.abc import Iterable

from yunying.portal.grams import folded, grams_of, grams_sought
from yunying.portal.shop.models import Product, SearchGram, Shop

MOST_FOUND = 2_000
"""A search shows the newest of so many; whoever finds more is asked for another word."""


def products_found(shop: Shop, words: str) -> tuple[list[int], bool]:
    """The products with all the words, newest first, and whether there are more than are shown."""
    wanted = folded(words).split()[:8]
    grams = sorted({gram for word in wanted for gram in grams_sought(word)}, key=len, reverse=True)
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
    kept = [pk for pk, *parts in texts if all(word in folded("\n".join(parts)) for word in wanted)]
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

"""A page's slot: drawn anew for each request from a deck that is kept, with cards that are made when first drawn."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language

from yunying.methods.chance import SeededChance
from yunying.portal.shop.models import Category, Product, Shop
from yunying.portal.shop.slots import Deck, Layout, Place, layout_fill, slot_deck, slot_set
from yunying.portal.shop.tracking.events import Shown
from yunying.portal.shop.views.cards import carded
from yunying.portal.shop.views.kept_parts import Parts

SLOT_PLACES = 4
# Random, so that no product's words hold one of them.
_SLOT, _POSITION = secrets.token_hex(16), secrets.token_hex(16)


@dataclass(frozen=True)
class Card:
    """A product's finished card in pieces: between the first two stands its slot, then its position.

    Args:
        sku: of the variant that it offers; empty where nothing of the product can be bought.
    """

    sku: str
    pieces: Sequence[str]


_NOTHING = Card("", ())


@dataclass
class Drawn:
    """What was drawn for one request, with the cards that are known; ``missing`` are those that are not made yet."""

    places: Sequence[Place]
    cards: dict[int, Card] = field(default_factory=dict)

    @property
    def missing(self) -> list[int]:
        """Products whose card is not made."""
        return [each.product for each in self.places if each.product not in self.cards]


def deck_of(shop: Shop, slot: str, category: Category | None, parts: Parts) -> Deck:
    """What a slot is filled from."""
    known = parts.shared("set", (shop.pk, slot), lambda: slot_set(shop, slot, parts.now))
    alike = (shop.pk, slot, category.pk if category else 0)
    return parts.shared("deck", alike, lambda: slot_deck(shop, slot, known, parts.now, category=category))


def slot_drawn(layout: Layout | None, draw: str, shop: Shop, parts: Parts) -> Drawn:
    """One request's draw; the request's key seeds it, so that it can be made again."""
    if layout is None:
        return Drawn(())
    drawn = Drawn(layout_fill(layout, SeededChance(f"{draw} {layout.deck.slot}")))
    key = _key(shop, parts)
    for each in drawn.places:
        card = parts.find("parts", f"{key}{each.product}")
        if card is not None:
            drawn.cards[each.product] = card
    return drawn


def products_of(missing: Sequence[int]) -> list[Product]:
    """The products of cards that are to be made."""
    return list(Product.objects.filter(pk__in=missing, is_listed=True)) if missing else []


def cards_make(
    drawn: Drawn, wanted: Sequence[int], shown: Sequence[Mapping[str, Any]], shop: Shop, parts: Parts
) -> None:  # fmt: skip
    """Make the cards of some products, from what cards show of those that can be bought."""
    html = render_to_string(
        "shop/cards.html", {"shop": shop, "cards": [{**card, "slot": _SLOT, "position": _POSITION} for card in shown]}
    )
    items = html.rpartition("</ul>")[0].split("<li>")[1:]
    made: dict[int, Card] = {}
    for card, item in zip(shown, items, strict=True):
        before, between = item.split(_SLOT)
        made[card["product"].pk] = Card(card["sku"], (before, *between.split(_POSITION)))
    key = _key(shop, parts)
    for product in wanted:
        drawn.cards[product] = made.get(product, _NOTHING)
        parts.keep("parts", f"{key}{product}", drawn.cards[product])


def slot_filled(drawn: Drawn, layout: Layout | None, shop: Shop, parts: Parts) -> tuple[str, list[Shown]]:
    """A slot as HTML, and what stands in it."""
    if layout is not None and drawn.missing:
        # All of the deck, so that a page that is kept asks for cards once and not at every new draw.
        key = _key(shop, parts)
        wanted = [each for each in layout.deck.products if parts.find("parts", f"{key}{each}") is None]
        cards_make(drawn, wanted, carded(products_of(wanted), parts.now), shop, parts)
    items, shown = [], []
    for each in drawn.places:
        card = drawn.cards[each.product]
        if card.sku:
            before, between, after = card.pieces
            items.append(f"<li>{before}{each.slot}{between}{each.position}{after}")
            shown.append(Shown(card.sku, each.slot, each.position, each.propensity, each.experiment))
    if not items:
        return "", []
    frame = parts.shared("slot-frame", (get_language(), shown[0].slot), lambda: _frame(shop, shown[0].slot))
    return "".join((frame[0], *items, frame[1])), shown


def _frame(shop: Shop, slot: str) -> tuple[str, str]:
    """What stands before and after a slot's cards."""
    html = render_to_string("shop/slot.html", {"shop": shop, "slot": slot, "recommended": ()})
    before, end, after = html.rpartition("</ul>")
    return before, end + after


def _key(shop: Shop, parts: Parts) -> str:
    """Where cards are kept; their product comes last."""
    return f"shop-card-{parts.version}-{get_language()}-{shop.pk}-"

"""What a simulated person sees on a page."""

from yunying.sim.visitors.reading import page_read

CARDS = """
<a href="/shop/t/product/cup/" data-slot="front" data-position="2" data-product="CUP"><img alt="">
<span class="title">Celadon   cup</span><span class="price">from ¥1,048.50 <s>¥2,000.00</s></span></a>
<a href="/shop/t/product/puer/" data-slot="list" data-position="1" data-product="PUER"><span class="title">Pu'er</span>
<span class="price"><s>¥9.00</s> ¥7.00</span><span class="gone">Sold out</span></a>
<a href="/shop/t/?category=tea">Tea</a><a href="https://elsewhere.example/">x</a>
"""
FORM = """
<form method="post" action="/shop/t/basket/add/"><input type="hidden" name="csrfmiddlewaretoken" value="secret">
<label class="offer"><input type="radio" name="variant" value="7" disabled><span class="price">¥5.00</span></label>
<label class="offer"><input type="radio" name="variant" value="8"><span class="price">¥6.00</span></label>
<input name="quantity" value="1"><button>Put in</button></form>
<form method="post"><textarea name="text"></textarea><button name="consent" value="yes">Yes</button></form>
"""


def test_cards_have_their_place_and_the_price_that_is_not_crossed_out() -> None:
    page = page_read(200, "/shop/t/", CARDS)
    cup, puer = page.cards
    assert (cup.slot, cup.position, cup.product, cup.title, cup.price) == ("front", 2, "CUP", "Celadon cup", 1048.5)
    assert (puer.price, puer.is_gone, cup.is_gone) == (7.0, True, False)
    assert page.links == ["/shop/t/?category=tea"], "what leads away is not followed"


def test_forms_hold_their_secrets_their_choices_and_their_buttons() -> None:
    page = page_read(200, "/shop/t/product/cup/", FORM)
    add = page.form(has="variant")
    assert add is not None
    assert add.is_post
    assert add.fields == {"csrfmiddlewaretoken": "secret", "quantity": "1"}
    assert [(each.value, each.price) for each in add.open_choices("variant")] == [("8", 6.0)]
    asked = page.form(has="consent")
    assert asked is not None
    assert asked.action == "/shop/t/product/cup/", "a form without an address goes back to its page"
    assert page.form(has="coupon") is None

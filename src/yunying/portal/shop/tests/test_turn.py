"""The two commands: a sample to try out, and the minute's turn."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from yunying.portal.shop.models import Order, Shop, Stock
from yunying.portal.shop.placing import order_place
from yunying.portal.shop.tests.furnished import NOW, basket_with, check_out


def turn() -> str:
    out = io.StringIO()
    call_command("shop_turn", stdout=out, stderr=out)
    return out.getvalue()


def test_a_turn_ends_what_is_over_and_checks_the_books(shop: Shop) -> None:
    basket = basket_with(shop, TEA=1)
    order_place(basket, check_out(basket), NOW)
    assert timezone.now() > NOW + timedelta(days=1)
    assert turn().startswith("1 orders ended")
    assert Order.objects.get().state == "cancelled"
    assert turn().startswith("0 orders ended")
    Stock.objects.filter(variant__sku="TEA").update(on_hand=7)
    with pytest.raises(SystemExit):
        turn()


def test_the_sample_opens_once_and_its_books_agree(shop: Shop) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("shop_sample", stdout=out)
    Shop.objects.filter(pk=shop.pk).update(slug="renamed")
    with transaction.atomic():
        call_command("shop_sample", stdout=out)
    assert "/shop/teahouse/" in out.getvalue()
    assert turn().endswith("60 products priced.\n")

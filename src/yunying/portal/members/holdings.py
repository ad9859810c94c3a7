"""Everything that the portal holds on a member, section by section, as rows of plain values; nothing of anybody else.

Moments are ISO 8601 in UTC, amounts whole minor units of the currency beside them.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from yunying.accounts.member_keys import member_key_known, member_stores
from yunying.accounts.people import Person
from yunying.accounts.sessions import sessions_told
from yunying.audit.log import audit_chains
from yunying.audit.reading import audit_found
from yunying.inbox.box import inbox_waiting
from yunying.portal.community.models import Post
from yunying.portal.members.erasing import email_of
from yunying.portal.members.models import Erasure, Invited, InviteLink, Profile, Standing
from yunying.portal.moderation.models import MemberTrust, Submission
from yunying.portal.moderation.models import Report as PostReport
from yunying.portal.news.models import ArticleFavourite, Share
from yunying.portal.news.models import Report as ArticleReport
from yunying.portal.shop.erasing import conversations_of, messages_of, orders_of
from yunying.portal.shop.models import (
    Basket,
    BasketLine,
    CouponUse,
    Favourite,
    Invoice,
    Member,
    Order,
    OrderLine,
    Payment,
    Refund,
    Remark,
    Return,
    Review,
    SavedAddress,
)

Row = Mapping[str, Any]
MOST_FACTS = 200_000


def holdings_of(person: Person, browser: Row) -> dict[str, list[Row]]:
    """All sections in an order for reading; a section without rows is empty rather than left out.

    Args:
        browser: what the asking browser itself keeps: its choice about being counted.
    """
    email = email_of(person)
    orders = list(orders_of(person, email))
    return {
        **_account(person),
        "this_browser": [browser],
        **_orders(orders),
        **_kept(person),
        **_written(person, orders),
        "conversations": _talks(person, email, orders),
        "mails": _rows(
            messages_of(email, orders).order_by("pk"), "to", "subject", "body", "state", "made_at", "sent_at"
        ),
        "facts": _facts(person, orders),
        "log": _log(person),
    }


def _account(person: Person) -> dict[str, list[Row]]:
    own = {name: getattr(person, name) for name in ("username", "first_name", "last_name", "email")}
    moments = {"date_joined": person.date_joined, "last_login": person.last_login}
    invited = Invited.objects.filter(inviter=person)
    return {
        "account": [_plain({**own, **moments})],
        "member": _rows(Member.objects.filter(person=person), "email", "proven_at", "joined_at"),
        "profile": _rows(Profile.objects.filter(person=person), "nickname", "intro", "region", "picture_digest"),
        "levels": _rows(
            Standing.objects.filter(person=person), "site", "level", "days", "posts", "orders", "counted_at"
        ),
        "invite_link": _rows(InviteLink.objects.filter(person=person), "code", "made_at"),
        "invited": [_plain({"joined_at": each}) for each in invited.values_list("joined_at", flat=True)],
        "addresses": _rows(SavedAddress.objects.filter(person=person), *ADDRESS),
        "sign_ins": [_plain(each) for each in sessions_told(person)],
        "erasures": _rows(
            Erasure.objects.filter(person=person), "asked_at", "due_at", "state", "keeps_posts", "asked_by"
        ),
    }


ADDRESS = ("name", "phone", "email", "country", "region", "city", "district", "street", "postcode")


def _orders(orders: list[Order]) -> dict[str, list[Row]]:
    numbers = {order.pk: order.number for order in orders}

    def of(rows: QuerySet[Any], path: str, *fields: str) -> list[Row]:
        found = rows.filter(**{f"{path}__in": list(numbers)}).order_by("pk")
        return [{"order": numbers[each[path]], **_plain({name: each[name] for name in fields})}
                for each in found.values(path, *fields)]  # fmt: skip

    shown = [
        {"shop": order.shop.slug, **_plain({name: getattr(order, name) for name in ORDER}),
         **{f"to_{name}": getattr(order.address, name) for name in ADDRESS}}
        for order in orders
    ]  # fmt: skip
    return {
        "orders": shown,
        "order_lines": of(OrderLine.objects, "order", "position", "sku", "title", "quantity", "unit_price_minor",
                          "due_minor", "returned", "refunded_minor"),
        "payments": of(Payment.objects, "order", "provider", "reference", "amount_minor", "currency", "state",
                       "charge", "begun_at", "ended_at"),
        "refunds": of(Refund.objects, "payment__order", "amount_minor", "state", "reason", "asked_at", "ended_at"),
        "returns": of(Return.objects, "order", "state", "reason", "answer", "asked_at", "received_at"),
        "invoices": of(Invoice.objects, "order", "year", "number", "total_minor", "tax_minor", "content",
                       "issued_at"),
        "coupons": of(CouponUse.objects, "order", "coupon__code", "phone", "given_back_at"),
        "reviews": of(Review.objects, "line__order", "stars", "text", "name", "state", "answer", "written_at"),
    }  # fmt: skip


ORDER = (
    "number", "state", "currency", "goods_minor", "discount_minor", "shipping_minor", "tax_minor", "total_minor",
    "paid_minor", "refunded_minor", "coupon_code", "provider", "language", "note", "carrier", "tracking", "placed_at",
    "paid_at", "shipped_at", "delivered_at", "cancelled_at",
)  # fmt: skip


def _kept(person: Person) -> dict[str, list[Row]]:
    baskets = Basket.objects.filter(person=person, is_open=True)
    lines = BasketLine.objects.filter(basket__in=baskets)
    shares = Share.objects.filter(person=person).prefetch_related("visits")
    return {
        "basket": _rows(lines, "basket__shop__slug", "variant__sku", "quantity", "basket__changed_at"),
        "product_favourites": _rows(
            Favourite.objects.filter(person=person), "shop__slug", "product__slug", "product__title", "kept_at"
        ),
        "article_favourites": _rows(
            ArticleFavourite.objects.filter(person=person), "article__title", "article__url_path", "kept_at"
        ),
        "shares": [
            _plain({"article": each.article_id, "code": each.code, "made_at": each.made_at,
                    "readers": len(each.visits.all())})
            for each in shares
        ],
    }  # fmt: skip


def _written(person: Person, orders: list[Order]) -> dict[str, list[Row]]:
    posts = Post.objects.filter(person=person).order_by("pk")
    return {
        "posts": _rows(posts, "site", "kind", "place", "name", "title", "text", "made_at", "submission__state",
                       "submission__reason", "submission__appeal"),
        "moderation": _rows(Submission.objects.filter(person=person).order_by("pk"), "site", "kind", "place", "state",
                            "flags", "probability", "reason", "note", "made_at", "decided_at", "reports"),
        "trust": _rows(MemberTrust.objects.filter(person=person), "site", "since", "given_level", "shown", "hidden",
                       "silenced_at", "silenced_for"),
        "reports_of_posts": _rows(PostReport.objects.filter(person=person), "submission__place", "reason", "made_at"),
        "reports_of_articles": _rows(ArticleReport.objects.filter(person=person), "article__title", "reason", "words",
                                     "contact", "reported_at", "answer"),
    }  # fmt: skip


def _talks(person: Person, email: str, orders: list[Order]) -> list[Row]:
    """What was said, a row each; of the shop's people only that it was the shop."""
    talks = conversations_of(person, email, orders)
    said = Remark.objects.filter(conversation__in=talks).select_related("conversation").order_by("conversation", "pk")
    return [
        _plain({"conversation": each.conversation_id, "subject": each.conversation.subject,
                "name": each.conversation.name, "email": each.conversation.email,
                "by": "the shop" if each.by else "you", "text": each.text, "said_at": each.said_at})
        for each in said
    ]  # fmt: skip


def _facts(person: Person, orders: list[Order]) -> list[Row]:
    """What facts tell under the member's random keys: those that are published, and those that wait to be.

    A guest is known by the telephone number, which others may have given too: of that key only the member's own orders
    are told.
    """
    found = [each for store, key in member_stores(f"person:{person.pk}").items() for each in _facts_of(store, key)]
    for shop in {order.shop.slug for order in orders}:
        mine = [order for order in orders if order.shop.slug == shop]
        numbers = {order.number for order in mine}
        for digits in {"".join(letter for letter in order.address.phone if letter.isdigit()) for order in mine}:
            key = member_key_known(shop, f"phone:{digits}")
            found += [each for each in (_facts_of(shop, key) if key else ()) if each.get("order") in numbers]
    return found


def _facts_of(store: str, key: str) -> list[Row]:
    read = import_string(settings.MEMBER_FACTS) if settings.MEMBER_FACTS else None
    published = read(store, key, MOST_FACTS) if read else ()
    waiting = inbox_waiting(store, "member", key)
    return [{"store": store, "table": table, **_plain(content)} for table, content in (*published, *waiting)]


def _log(person: Person) -> list[Row]:
    name = person.get_username()
    entries = [entry for chain in audit_chains() for entry in audit_found(chain, actor=name).order_by("number")]
    return [
        _plain({"chain": each.store, "number": each.number, "at": each.at, "action": each.action,
                "subject": each.subject, "before": each.before, "after": each.after})
        for each in entries
    ]  # fmt: skip


def _rows(rows: QuerySet[Any], *fields: str) -> list[Row]:
    return [_plain({name: each[name] for name in fields}) for each in rows.values(*fields)]


def _plain(row: Mapping[str, Any]) -> Row:
    return {name.replace("__", "_"): _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.pk if isinstance(value, Model) else value


def sections(held: Mapping[str, Iterable[Row]]) -> list[str]:
    """The names of sections that have rows."""
    return [name for name, rows in held.items() if rows]

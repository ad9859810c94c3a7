"""A hold on everything that moves money, while the books of a shop do not agree."""

from datetime import datetime

from django.db import connection, transaction

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.models import BooksHold, Shop

MOST_SHOWN = 50


def hold_open(shop: Shop) -> BooksHold | None:
    """The hold on a shop's money, if there is one: for staff to see, with the problems."""
    return BooksHold.objects.filter(shop=shop, ended_at=None).first()


def money_may_move(shop: Shop) -> None:
    """Refuse what moves money while the books do not agree."""
    if hold_open(shop):
        raise OperatorError(
            "books-disagree", "The shop's books do not agree, so no money is moved.", "Let the shop's staff look first."
        )


def books_check(shop: Shop, now: datetime) -> list[str]:
    """Check the books as they stand at one moment; begin a hold where they disagree, end it where they agree again.

    What the gateway reports is still written down: that money has moved already.
    """
    problems = _problems_at_once(shop)
    with transaction.atomic():
        open_hold = BooksHold.objects.select_for_update().filter(shop=shop, ended_at=None).first()
        if problems and open_hold is None:
            BooksHold.objects.create(shop=shop, problems=problems[:MOST_SHOWN], begun_at=now, checked_at=now)
            _tell(shop, "shop-money-held", problems, now)
        elif problems and open_hold is not None:
            BooksHold.objects.filter(pk=open_hold.pk).update(problems=problems[:MOST_SHOWN], checked_at=now)
        elif open_hold is not None:
            BooksHold.objects.filter(pk=open_hold.pk).update(ended_at=now, checked_at=now)
            _tell(shop, "shop-money-released", [], now)
    return problems


def work_books_check(shop: Shop, actor: str, now: datetime) -> None:
    """Let the books be checked now, so that a hold whose cause was mended ends at once; by nothing else does it end.

    Raises:
        OperatorError: the books do not agree.
    """
    with transaction.atomic():
        problems = books_check(shop, now)
        change = Change("shop-books-check", f"shop/{shop.slug}", after={"problems": problems[:5]})
        audit_record(shop.slug, actor, now, [change])
    if problems:
        raise OperatorError(
            "books-still-disagree", "The books do not agree yet, so the hold stays.", "Mend what the list below names."
        )


def _problems_at_once(shop: Shop) -> list[str]:
    """One snapshot for all queries: orders that are placed meanwhile are no disagreement."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        # SQLite's transactions are one snapshot by themselves.
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return shop_problems(shop)


def _tell(shop: Shop, action: str, problems: list[str], now: datetime) -> None:
    audit_record(shop.slug, "system", now, [Change(action, f"shop/{shop.slug}", after={"problems": problems[:5]})])

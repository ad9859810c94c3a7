"""Random keys for a shop's customers: facts name nobody, and an erasure deletes the map."""

import secrets
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from yunying.accounts.models import MemberKey
from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record

_BATCH = 500


def member_keys(store: str, shop_ids: Iterable[str]) -> Mapping[str, str]:
    """The key of each customer id of a store; new ids get a new random key of 24 hexadecimal digits.

    Two imports that meet the same new customer at once agree on one key: the database's unique constraint decides.
    """
    wanted = sorted(set(shop_ids))
    known = _known(store, wanted)
    new = [shop_id for shop_id in wanted if shop_id not in known]
    if new:
        with transaction.atomic():
            MemberKey.objects.bulk_create(
                [MemberKey(store=store, shop_id=shop_id, key=secrets.token_hex(12)) for shop_id in new],
                batch_size=_BATCH,
                ignore_conflicts=True,
            )
        known |= _known(store, new)
    return known


def member_key_known(store: str, shop_id: str) -> str | None:
    """The key of a customer, if he has one; who was forgotten gets no new one by this."""
    return _known(store, [shop_id]).get(shop_id)


def member_forget(store: str, shop_id: str, *, actor: Person | None = None) -> bool:
    """Delete the map's row: from then on no fact leads to the person. Says whether there was one."""
    with transaction.atomic():
        key = MemberKey.objects.filter(store=store, shop_id=shop_id).values_list("key", flat=True).first()
        forgotten = MemberKey.objects.filter(store=store, shop_id=shop_id).delete()[0] > 0
        if forgotten:
            # The log keeps the key, which leads nowhere now, and never the shop's own id.
            name = actor.get_username() if actor else "system"
            audit_record(store, name, timezone.now(), [Change("member_forget", f"member/{key}")])
    return forgotten


def member_drop(store: str, shop_id: str) -> str | None:
    """Delete the map's row as a part of an erasure, which tells the log at its end; the key, if there was one."""
    mine = MemberKey.objects.filter(store=store, shop_id=shop_id)
    key = mine.values_list("key", flat=True).first()
    mine.delete()
    return key


def member_drop_everywhere(shop_ids: Iterable[str]) -> list[tuple[str, str]]:
    """The same in all stores under each of a customer's ids; stores and keys."""
    mine = MemberKey.objects.filter(shop_id__in=sorted(set(shop_ids)))
    found = list(mine.order_by("store", "pk").values_list("store", "key"))
    mine.delete()
    return found


def member_stores(shop_id: str) -> Mapping[str, str]:
    """The stores that know a customer of that id, each with his key there."""
    return dict(MemberKey.objects.filter(shop_id=shop_id).order_by("store").values_list("store", "key"))


def _known(store: str, shop_ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for at in range(0, len(shop_ids), _BATCH):
        rows = MemberKey.objects.filter(store=store, shop_id__in=shop_ids[at : at + _BATCH])
        found.update(rows.values_list("shop_id", "key"))
    return found

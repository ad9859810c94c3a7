"""Seals: what was published, under a code whose key is in no table.

Whoever writes to the database without the site's key can alter a page and cannot make the seal that belongs to it.
"""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from yunying.portal.watch.models import Seal

Content = Mapping[str, Any]
_SALT = "yunying.portal.watch"


def code_of(*parts: Any) -> str:
    """The code of some values under the site's key: 64 hexadecimal digits."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()


def seal_write(subject: str, content: Content) -> None:
    """Say, in the caller's transaction, that this is what was published; the same again changes nothing."""
    with transaction.atomic():
        known = Seal.objects.select_for_update().filter(subject=subject).first()
        if known is not None and seal_holds(known) and known.content == content:
            return
        seal = known or Seal(subject=subject, number=0)
        seal.number, seal.content, seal.sealed_at = seal.number + 1, dict(content), timezone.now()
        seal.code = code_of(subject, seal.number, seal.content)
        seal.save()


def seal_empty(subject: str) -> None:
    """Say that its editors took a thing away."""
    if Seal.objects.filter(subject=subject).exists():
        seal_write(subject, {})


def seal_holds(seal: Seal) -> bool:
    """Whether a seal was made by this site, and for this thing."""
    return hmac.compare_digest(seal.code, code_of(seal.subject, seal.number, seal.content))


def seals_of(kind: str) -> dict[str, Seal]:
    """All seals of a kind, such as ``page``, by their subject."""
    return {each.subject: each for each in Seal.objects.filter(subject__startswith=f"{kind}/")}

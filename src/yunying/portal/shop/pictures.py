"""Pictures of products: read for what they are, written anew without what cameras add, kept in a few widths."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.picture_files import picture_read, picture_written
from yunying.portal.shop.models import Picture, Product

WIDTHS = (320, 640, 1280)
MOST_PICTURES = 12


def picture_add(product: Product, data: bytes, words: Mapping[str, str], actor: str, now: datetime) -> Picture:
    """Add a picture to a product; the same one again is the same picture.

    Args:
        words: what it shows, as ``en`` and ``zh``, for who does not see it.
    """
    drawn = picture_read(data)
    written = {width: picture_written(drawn, width) for width in WIDTHS}
    digest = hashlib.sha256(written[WIDTHS[-1]]).hexdigest()
    for width, content in written.items():
        _keep(picture_path(digest, width), content)
    with transaction.atomic():
        Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
        there = Picture.objects.filter(product=product)
        if (known := there.filter(digest=digest).first()) is not None:
            return known
        if there.count() >= MOST_PICTURES:
            raise OperatorError("pictures-full", "It has as many pictures as it may have.", "Remove one.")
        position = (there.aggregate(last=Max("position"))["last"] or 0) + 1
        made = Picture.objects.create(
            product=product, digest=digest, width=drawn.width, height=drawn.height, position=position,
            words=words.get("en", "")[:200], words_zh=words.get("zh", "")[:200], added_at=now,
        )  # fmt: skip
        change = Change("shop-picture-add", f"product/{product.slug}", after={"digest": digest})
        audit_record(product.shop.slug, actor, now, [change])
    return made


def picture_remove(picture: Picture, actor: str, now: datetime) -> None:
    """Take a picture off its product; its files stay, for pages that are open."""
    with transaction.atomic():
        Picture.objects.filter(pk=picture.pk).delete()
        change = Change("shop-picture-remove", f"product/{picture.product.slug}", before={"digest": picture.digest})
        audit_record(picture.product.shop.slug, actor, now, [change])


def picture_path(digest: str, width: int) -> Path:
    """Where the file of a picture lies."""
    return Path(settings.HOME) / "shop-pictures" / digest[:2] / f"{digest}-{width}.webp"


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{hashlib.sha256(content).hexdigest()[:8]}.part")
    part.write_bytes(content)
    part.replace(path)

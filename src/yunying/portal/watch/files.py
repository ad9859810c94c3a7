"""Whether the files that pages are made of, and those in the media folder, are what they were."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings
from wagtail.images import get_image_model

from yunying.portal.watch.findings import Finding
from yunying.portal.watch.models import Seal
from yunying.portal.watch.published import Rendition, file_digest
from yunying.portal.watch.seals import seal_holds

_PASSED_OVER = {"__pycache__", "tests"}


def files_digests() -> dict[str, str]:
    """The SHA-256 of each file of the program, of its templates, styles, scripts and words too, by its path."""
    roots = [Path(root) for root in settings.WATCH_FILES]
    return {str(path.relative_to(root.parent)): _digest(path) for root in roots for path in _below(root)}


def files_findings(known: Mapping[str, str]) -> list[Finding]:
    """Which files changed, came or went since they were last said to be right."""
    now = files_digests()
    found = [Finding(f"file/{_short(path)}", "file-new", "", "", path) for path in sorted(now.keys() - known.keys())]
    for path in sorted(known):
        if now.get(path) != known[path]:
            found.append(Finding(f"file/{_short(path)}", "file", "", f"{path} {known[path]}", now.get(path, "")))
    return found


def media_findings() -> list[Finding]:
    """Files in the media folder that no row knows; a page of somebody's own may be among them."""
    known = {
        *get_image_model().objects.values_list("file", flat=True),
        *Rendition.objects.values_list("file", flat=True),
    }
    root = Path(settings.MEDIA_ROOT)
    there = {path.relative_to(root).as_posix() for path in _below(root)}
    return [Finding(f"media/{_short(each)}", "media-new", f"{settings.MEDIA_URL}{each}", "", each)
            for each in sorted(there - known)]  # fmt: skip


def pictures_findings(part: int, parts: int) -> Iterator[Finding]:
    """Whether the bytes of pictures and their sizes are those that were uploaded; one of so many parts of them."""
    for kind, model in (("picture", get_image_model()), ("rendition", Rendition)):
        seals = {each.subject: each for each in Seal.objects.filter(subject__startswith=f"{kind}/")}
        for row in model.objects.all():
            seal = seals.get(f"{kind}/{row.pk}")
            if row.pk % parts != part or seal is None or not seal_holds(seal):
                continue
            seen = file_digest(row)
            if seen != seal.content["digest"]:
                yield Finding(seal.subject, "picture", f"{settings.MEDIA_URL}{row.file.name}",
                              f"{row.file.name} {seal.content['digest']}", seen)  # fmt: skip


def _short(path: str) -> str:
    """The end of a path, which is what names it."""
    return path[-190:]


def _below(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and not _PASSED_OVER & set(path.relative_to(root).parts):
            yield path


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""

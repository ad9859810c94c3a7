"""Whether the rows of the database are what was published: all of them, at each turn."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wagtail.images import get_image_model
from wagtail.models import Page, Revision

from yunying.methods.text_integrity import problems_of
from yunying.portal.news.articles import address_of
from yunying.portal.watch.findings import Finding
from yunying.portal.watch.memory import Memory
from yunying.portal.watch.models import Seal
from yunying.portal.watch.published import PAGES, PLAIN, Rendition, pages_content, plain_content
from yunying.portal.watch.publishing import revision_problem
from yunying.portal.watch.seals import seal_holds, seals_of

_KEPT = ("page", "picture", *PLAIN)
"""Seals that stay when their thing is taken away; the others go with it."""


def rows_findings(memory: Memory | None) -> list[Finding]:
    """What differs between rows and seals, and between seals and what is known of them from the turn before."""
    pages = seals_of("page")
    return [
        *_pages(pages),
        *_others(),
        *_pictures(),
        *_scheduled(),
        *(_remembered(memory) if memory is not None else ()),
    ]


def seals_known() -> dict[str, tuple[int, str]]:
    """How far each seal is that is never deleted."""
    rows = Seal.objects.values_list("subject", "number", "code")
    return {subject: (number, code) for subject, number, code in rows if subject.partition("/")[0] in _KEPT}


def _pages(seals: Mapping[str, Seal]) -> Iterator[Finding]:
    tree = {path: (pk, url_path) for path, pk, url_path in Page.objects.values_list("path", "pk", "url_path")}
    there = set()
    for model in PAGES:
        for row, content in pages_content(model):
            subject = f"page/{row['id']}"
            there.add(subject)
            above = tree.get(row["path"][: -Page.steplen], (None, "/"))
            now = {**content, "parent": above[0], "model": model._meta.model_name}
            yield from _page(subject, row, now, above[1], seals.get(subject))
    for page in Page.objects.live().filter(depth__gt=1).exclude(pk__in=[each.split("/")[1] for each in there]):
        if page.specific_class is not Page:
            yield Finding(f"page/{page.pk}", "page-new", page.url_path, "", page.title)
    for subject, seal in seals.items():
        if seal.content and subject not in there:
            yield Finding(subject, "page-gone", "", str(seal.content.get("title", "")), "")


def _page(
    subject: str, row: Mapping[str, Any], content: Mapping[str, Any], above: str, seal: Seal | None
) -> Iterator[Finding]:
    address = address_of(Page(url_path=row["url_path"])) if row["depth"] > 1 else ""
    sealed = seal.content if seal is not None else {}
    if seal is not None and not seal_holds(seal):
        yield Finding(subject, "seal", address, "", str(sealed.get("title", "")))
        return
    if not row["live"]:
        if sealed:
            yield Finding(subject, "page-gone", address, str(sealed["title"]), "")
        return
    if not sealed:
        yield Finding(subject, "page-new", address, "", str(content["title"]))
        return
    # The tree's own root has no address; below it each page's follows from the page above.
    if row["depth"] > 2 and row["url_path"] != f"{above}{content['slug']}/":
        yield Finding(subject, "place", address, f"{above}{content['slug']}/", row["url_path"])
    yield from content_findings(subject, address, sealed, content)


def content_findings(
    subject: str, address: str, sealed: Mapping[str, Any], content: Mapping[str, Any]
) -> Iterator[Finding]:
    """Where a row's fields are not the sealed ones; broken characters among them are told apart."""
    if sealed == content:
        return
    names = [name for name in sorted({*sealed, *content}) if sealed.get(name) != content.get(name)]
    expected, seen = ("\n".join(f"{name}: {_as_text(each.get(name))}" for name in names) for each in (sealed, content))
    yield Finding(subject, "row", address, expected, seen)
    broken = [each for name in names for each in problems_of(_as_text(content.get(name)))]
    if broken:
        yield Finding(subject, "broken-text", address, "", "; ".join(f"{each.kind}: {each.excerpt}" for each in broken))


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _others() -> Iterator[Finding]:
    for kind, model in PLAIN.items():
        seals = seals_of(kind)
        rows = {f"{kind}/{pk}": content for pk, content in plain_content(model)}
        yield from _plain_rows(seals, rows)


def _plain_rows(seals: Mapping[str, Seal], rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    for subject in sorted({*seals, *rows}):
        seal, content = seals.get(subject), rows.get(subject, {})
        if seal is not None and not seal_holds(seal):
            yield Finding(subject, "seal", "", "", _as_text(content))
            continue
        yield from content_findings(subject, "", seal.content if seal is not None else {}, content)


def _pictures() -> Iterator[Finding]:
    pictures = get_image_model().objects.values("pk", "title", "file")
    for kind, rows in (("picture", pictures), ("rendition", Rendition.objects.values("pk", "image", "file"))):
        seals = seals_of(kind)
        found = {f"{kind}/{row.pop('pk')}": row for row in rows}
        for subject, row in found.items():
            seal = seals.get(subject)
            if seal is None or not seal_holds(seal):
                yield Finding(subject, "seal", "", "", str(row["file"]))
            elif any(seal.content.get(name) != value for name, value in row.items()):
                yield from content_findings(subject, "", seal.content, {**seal.content, **row})
        gone = (subject for subject, seal in seals.items() if seal.content and subject not in found)
        yield from (Finding(subject, "picture", "", str(seals[subject].content["file"]), "") for subject in gone)


def _scheduled() -> Iterable[Finding]:
    """Revisions that will be published by themselves, when nobody looks."""
    for revision in Revision.objects.filter(approved_go_live_at__isnull=False):
        if revision_problem(revision):
            words = str(revision.content.get("title", ""))
            yield Finding(f"revision/{revision.pk}", "draft", "", revision.object_str, words)


def _remembered(memory: Memory) -> Iterator[Finding]:
    now = seals_known()
    for subject, (number, code) in memory.seals.items():
        known = now.get(subject)
        if known is None or known[0] < number or (known[0] == number and known[1] != code):
            seen = "" if known is None else str(known[0])
            yield Finding(subject, "seal", "", str(number), seen)

"""What of each row is published: the fields that readers see, as plain values, straight from the tables."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Field, Model, QuerySet, TextField
from django.db.models.functions import Cast
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import Page, PageViewRestriction, Site

from yunying.portal.news.models import ArticlePage, ColumnPage, HomePage, InfoPage, PortalSettings

PAGES: tuple[type[Page], ...] = (HomePage, ColumnPage, ArticlePage, InfoPage)
Rendition = get_image_model().get_rendition_model()
_UNSEEN = {
    # Where a draft stands, who wrote it, and how the tree counts; none of it is shown.
    "id", "page_ptr", "path", "depth", "numchild", "url_path", "translation_key", "locale", "latest_revision",
    "live_revision", "has_unpublished_changes", "draft_title", "owner", "locked", "locked_at", "locked_by",
    "alias_of", "content_type", "go_live_at", "expired", "latest_revision_created_at",
}  # fmt: skip
_OF_OTHERS: Mapping[type[Model], tuple[str, ...]] = {
    Site: ("hostname", "port", "site_name", "root_page", "is_default_site"),
    PageViewRestriction: ("page", "restriction_type", "password"),
}
PLAIN: Mapping[str, type[Model]] = {
    "settings": PortalSettings, "site": Site, "restriction": PageViewRestriction,
}  # fmt: skip
"""Rows beside pages and pictures, by the name that their seals have."""


def pages_content(model: type[Page], **chosen: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Of each page of a type: its row (``id``, ``path``, ``url_path``, ``live``) and what it publishes."""
    fields = [each for each in model._meta.concrete_fields if each.name not in _UNSEEN and each.name != "live"]
    streams = [each.name for each in fields if isinstance(each, StreamField)]
    plain = [each.attname for each in fields if each.name not in streams]
    rows = model.objects.filter(**chosen).annotate(**{f"raw_{name}": Cast(name, TextField()) for name in streams})
    own = ("id", "path", "depth", "url_path", "live")
    for row in rows.values(*own, *plain, *(f"raw_{name}" for name in streams)).iterator():
        content = {name: _plain(row[name]) for name in plain}
        # A database may write JSON with other spaces than it was given.
        content |= {name: json.loads(row[f"raw_{name}"] or "[]") for name in streams}
        if model is not ArticlePage:
            _unless_set(content)
        yield {name: row[name] for name in own}, content


def parents_of(rows: QuerySet[Page]) -> dict[str, tuple[int, str]]:
    """The number and address of each page, by its place in the tree."""
    return {path: (pk, url_path) for path, pk, url_path in rows.values_list("path", "pk", "url_path")}


def plain_content(model: type[Model], **chosen: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Of each row of a model without files: its number and what it publishes."""
    names = _OF_OTHERS.get(model) or tuple(each.name for each in model._meta.concrete_fields if each.name != "id")
    named = [_attname(model._meta.get_field(name)) for name in names]
    for row in model._default_manager.filter(**chosen).values("pk", *named):
        content = {name: _plain(row[name]) for name in named}
        yield row["pk"], _unless_set(content)


def _unless_set(content: dict[str, Any]) -> dict[str, Any]:
    """Without the editor's leave for odd text where none was given: seals from before it could be are of this shape."""
    if not content.get("takes_odd_text", True):
        del content["takes_odd_text"]
    return content


def picture_content(picture: AbstractImage) -> dict[str, Any]:
    """What a picture is: its title, its file and a digest of the bytes (SHA-256; empty where the file is gone)."""
    return {"title": picture.title, "file": picture.file.name, "digest": file_digest(picture)}


def rendition_content(rendition: AbstractRendition) -> dict[str, Any]:
    """What one size of a picture is."""
    return {"image": rendition.image_id, "file": rendition.file.name, "digest": file_digest(rendition)}


def file_digest(row: AbstractImage | AbstractRendition) -> str:
    """SHA-256 of a row's file; empty where the file cannot be read."""
    try:
        with row.file.storage.open(row.file.name) as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return ""


def _attname(field: Any) -> str:
    return field.attname if isinstance(field, Field) else str(field)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)

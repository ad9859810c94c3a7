"""Each thing is sealed when an editor's deed publishes it, in the transaction of the deed.

A page is sealed when it is published and never because its row was merely saved: a draft that is kept would otherwise
seal whatever somebody had written into the row meanwhile.
"""

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.images import get_image_model
from wagtail.models import Page, Revision
from wagtail.signals import page_published, page_unpublished, post_page_move

from yunying.kernel.ids import digest
from yunying.portal.watch.models import Seal
from yunying.portal.watch.published import (
    PAGES,
    PLAIN,
    Rendition,
    pages_content,
    picture_content,
    plain_content,
    rendition_content,
)
from yunying.portal.watch.seals import seal_empty, seal_holds, seal_write

Image = get_image_model()


def connect() -> None:
    """Listen to what Wagtail and its models say."""
    page_published.connect(_published, dispatch_uid="watch-published")
    page_unpublished.connect(_unpublished, dispatch_uid="watch-unpublished")
    post_page_move.connect(_moved, dispatch_uid="watch-moved")
    post_save.connect(_saved, dispatch_uid="watch-saved")
    post_delete.connect(_deleted, dispatch_uid="watch-deleted")


def page_seal(pk: int) -> None:
    """Seal what the row of a page holds now; one that is not live gets an empty seal."""
    for model in PAGES:
        for row, content in pages_content(model, pk=pk):
            if row["live"]:
                above = Page.objects.filter(path=row["path"][: -Page.steplen]).values_list("pk", flat=True).first()
                seal_write(f"page/{pk}", {**content, "parent": above, "model": model._meta.model_name})
                return
    seal_empty(f"page/{pk}")


def revision_digest(revision: Revision) -> str:
    """What a revision says, without where it stands."""
    return digest(repr(sorted(revision.content.items(), key=lambda each: each[0])), 32)


def revision_problem(revision: Revision) -> bool:
    """Whether a revision is another than the one that an editor kept; of those before the watch nothing is known."""
    seal = Seal.objects.filter(subject=f"revision/{revision.pk}").first()
    stored = Revision.objects.get(pk=revision.pk)
    return seal is not None and not (seal_holds(seal) and seal.content == {"digest": revision_digest(stored)})


def _published(instance: Page, revision: Revision | None = None, **_other: Any) -> None:
    if revision is not None and revision.pk and revision_problem(revision):
        # What stands in the row is not what its editor wrote: the old seal stays, so the next look tells.
        return
    page_seal(instance.pk)


def _unpublished(instance: Page, **_other: Any) -> None:
    seal_empty(f"page/{instance.pk}")


def _moved(instance: Page, parent_page_after: Page, **_other: Any) -> None:
    # Only the place is taken over: the text of the row may be somebody else's.
    seal = Seal.objects.filter(subject=f"page/{instance.pk}").first()
    if seal is not None and seal.content and seal_holds(seal):
        seal_write(seal.subject, {**seal.content, "parent": parent_page_after.pk})


def _saved(sender: type[Model], instance: Any, created: bool, update_fields: Any = None, raw: bool = False,
           **_other: Any) -> None:  # fmt: skip
    if raw or update_fields is not None:
        return
    if issubclass(sender, PAGES):
        if created and instance.live:
            page_seal(instance.pk)
    elif issubclass(sender, Image):
        seal_write(f"picture/{instance.pk}", picture_content(instance))
    elif issubclass(sender, Rendition):
        seal_write(f"rendition/{instance.pk}", rendition_content(instance))
    elif sender is Revision and instance.base_content_type.model == "page":
        seal_write(f"revision/{instance.pk}", {"digest": revision_digest(Revision.objects.get(pk=instance.pk))})
    else:
        for kind, model in PLAIN.items():
            if sender is model:
                seal_write(f"{kind}/{instance.pk}", dict(plain_content(model, pk=instance.pk))[instance.pk])


def _deleted(sender: type[Model], instance: Any, **_other: Any) -> None:
    if issubclass(sender, Page):
        seal_empty(f"page/{instance.pk}")
    elif issubclass(sender, Image):
        seal_empty(f"picture/{instance.pk}")
        _lead_pictures_gone(instance.pk)
    elif issubclass(sender, Rendition):
        Seal.objects.filter(subject=f"rendition/{instance.pk}").delete()
    elif sender is Revision:
        Seal.objects.filter(subject=f"revision/{instance.pk}").delete()
    else:
        for kind, model in PLAIN.items():
            if sender is model:
                seal_empty(f"{kind}/{instance.pk}")


def _lead_pictures_gone(picture: int) -> None:
    """A picture that its editors deleted leaves the articles that it led."""
    for seal in Seal.objects.filter(subject__startswith="page/", content__lead_picture_id=picture):
        if seal_holds(seal):
            seal_write(seal.subject, {**seal.content, "lead_picture_id": None})

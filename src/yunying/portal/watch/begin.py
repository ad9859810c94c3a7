"""How a watch begins over what was published before it."""

from django.contrib.auth.models import Group, Permission
from wagtail.images import get_image_model
from wagtail.models import Page

from yunying.portal.news.opening import ROLES
from yunying.portal.watch.models import Seal
from yunying.portal.watch.published import PAGES, PLAIN, Rendition, picture_content, plain_content, rendition_content
from yunying.portal.watch.publishing import page_seal
from yunying.portal.watch.seals import seal_write

_DEEDS = {"editor": ("view_incident",), "moderator": ("view_incident", "change_incident")}


def editors_told() -> None:
    """Let editors look at what was found, and moderators decide on it."""
    for role, deeds in _DEEDS.items():
        group, _made = Group.objects.get_or_create(name=ROLES[role])
        group.permissions.add(*Permission.objects.filter(content_type__app_label="watch", codename__in=deeds))


def unsealed_seal() -> int:
    """Seal pages, settings and pictures that have no seal yet; how many."""
    known = set(Seal.objects.values_list("subject", flat=True))
    before = len(known)
    for model in PAGES:
        for page in Page.objects.live().type(model).exclude(pk__in=_numbers(known, "page")):
            page_seal(page.pk)
    for kind, plain in PLAIN.items():
        for pk, content in plain_content(plain):
            if f"{kind}/{pk}" not in known:
                seal_write(f"{kind}/{pk}", content)
    for picture in get_image_model().objects.exclude(pk__in=_numbers(known, "picture")):
        seal_write(f"picture/{picture.pk}", picture_content(picture))
    for rendition in Rendition.objects.exclude(pk__in=_numbers(known, "rendition")):
        seal_write(f"rendition/{rendition.pk}", rendition_content(rendition))
    return Seal.objects.count() - before


def _numbers(known: set[str], kind: str) -> list[int]:
    return [int(each.partition("/")[2]) for each in known if each.startswith(f"{kind}/")]

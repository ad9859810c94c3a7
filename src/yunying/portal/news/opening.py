"""A portal that opens: its home, its pages about itself, and who may edit it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Page, Site

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.news.following import CHAIN
from yunying.portal.news.models import ColumnPage, HomePage, InfoPage, PortalSettings

ABOUT: Sequence[tuple[str, str, str]] = (
    ("about", "About us", "关于我们"),
    ("contact", "Contact", "联系方式"),
    ("terms", "Terms of use", "使用协议"),
    ("privacy", "Privacy", "隐私政策"),
    ("copyright", "Copyright", "版权声明"),
)
ROLES: Mapping[str, str] = {"editor": "Editors", "moderator": "Moderators"}
"""An editor writes and hands in; a moderator also publishes. Both are groups that Wagtail begins with."""
_DEEDS = ("view_report", "change_report", "change_portalsettings")


def portal_open(name: str, name_zh: str, actor: str, now: datetime) -> HomePage:
    """Make the portal's home and its pages about itself, which its operator fills; the same again changes nothing."""
    with transaction.atomic():
        known = HomePage.objects.first()
        if known is not None:
            return known
        root = Page.get_first_root_node()
        begun = [page for page in root.get_children() if page.specific_class is Page]
        home = root.add_child(instance=HomePage(title=name, title_zh=name_zh, slug="portal"))
        Site.objects.update_or_create(
            is_default_site=True, defaults={"root_page": home},
            create_defaults={"root_page": home, "hostname": "localhost", "port": 80, "is_default_site": True},
        )  # fmt: skip
        for page in begun:
            page.delete()
        for slug, title, title_zh in ABOUT:
            home.add_child(instance=InfoPage(title=title, title_zh=title_zh, slug=slug))
        PortalSettings.objects.update_or_create(
            site=Site.objects.get(is_default_site=True), defaults={"name": name, "name_zh": name_zh}
        )
        audit_record(CHAIN, actor, now, [Change("news-open", "portal", after={"name": name})])
    return home


def column_make(above: Page, title: str, title_zh: str, slug: str = "", **fields: object) -> ColumnPage:
    """A column below the home or another column."""
    page = ColumnPage(title=title, title_zh=title_zh, slug=slug or slugify(title), **fields)
    return above.add_child(instance=page)


def editor_set(person: Person, role: str, actor: str, now: datetime, *, holds: bool) -> None:
    """Let a person edit the portal, or not any more."""
    if role not in ROLES:
        raise OperatorError("no-role", f"There is no role {role}.", f"Use one of: {', '.join(ROLES)}.")
    with transaction.atomic():
        group = Group.objects.get(name=ROLES[role])
        if role == "moderator":
            group.permissions.add(*Permission.objects.filter(content_type__app_label="news", codename__in=_DEEDS))
        if holds:
            person.groups.add(group)
        else:
            person.groups.remove(group)
        change = Change("news-role", f"person/{person.pk}", after={"role": role, "holds": holds})
        audit_record(CHAIN, actor, now, [change])

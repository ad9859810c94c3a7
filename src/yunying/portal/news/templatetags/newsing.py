"""How the portal writes texts of editors: cleaned, whatever wrote them."""

import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar

from bs4.element import Tag
from django import template
from django.db.models import Model
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.images.models import Image
from wagtail.rich_text import RichText, expand_db_html
from wagtail.whitelist import Whitelister, allow_without_attributes, attribute_rule, check_url

from yunying.portal.news.articles import address_of
from yunying.portal.news.shared import shared_of

register = template.Library()
BODY = "max-1024x1280|format-webp"
_AS_TEXT = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def _web_link(tag: Tag) -> None:
    attribute_rule({"href": check_url})(tag)
    if not tag.get("href"):
        tag.unwrap()
    elif not tag["href"].startswith("/"):
        tag["rel"] = "nofollow noopener"


class _Cleaner(Whitelister):
    """Only what the editor offers; links to web and mail addresses only."""

    element_rules: ClassVar = {
        **dict.fromkeys(
            ("[document]", "b", "br", "em", "h2", "h3", "hr", "i", "li", "ol", "p", "strong", "ul"),
            allow_without_attributes,
        ),
        "a": _web_link,
    }


@register.filter
def cleaned(value: RichText) -> SafeString:
    """Rich text as HTML of the allowed elements; a program may have stored anything."""
    return mark_safe(_Cleaner().clean(expand_db_html(value.source)))  # noqa: S308 (cleaned here)


@register.filter
def linked_data(value: Mapping[str, Any]) -> SafeString:
    """JSON-LD that no text in it can end."""
    return mark_safe(json.dumps(value, ensure_ascii=False).translate(_AS_TEXT))  # noqa: S308 (no < can be in it)


@register.filter
def page_address(page: Any) -> str:
    """Where a page of the tree is read."""
    return address_of(page)


@register.filter
def web_address(address: str) -> str:
    """An address of the web; nothing where a program stored something else."""
    return address if address.startswith(("https://", "http://")) else ""


@register.filter
def body_picture(image: Image | None) -> Any:
    """A picture of a body in the width of a column; none where its file is gone."""
    try:
        return image.get_rendition(BODY) if image is not None else None
    except OSError:
        return None


@register.filter
def feed_path(column: Any) -> str:
    """The part of a column's address below the tree's, as its feeds have it."""
    return column.url_path.split("/", 2)[2]


class _OnceNode(template.Node):
    def __init__(self, nodelist: template.NodeList, name: str, varies: Sequence[FilterExpression]) -> None:
        self.nodelist, self.name, self.varies = nodelist, name, varies

    def render(self, context: template.Context) -> SafeString:
        alike = [_as_key(each.resolve(context)) for each in self.varies]
        key = ("part", self.name, get_language(), context["portal"].pk, *alike)
        return shared_of(context["request"]).kept(key, lambda: self.nodelist.render(context))


@register.tag
def once(parser: Parser, token: Token) -> _OnceNode:
    """``{% once "name" value ... %}``: a part that is the same on all pages where the values are; no form may be in it.

    It is written once for each language and state of the site. A list of pages is a value by their numbers.
    """
    _tag, name, *varies = token.split_contents()
    nodelist = parser.parse(["endonce"])
    parser.delete_first_token()
    return _OnceNode(nodelist, name.strip("\"'"), [parser.compile_filter(each) for each in varies])


def _as_key(value: Any) -> Hashable:
    if isinstance(value, list):
        return tuple(each.pk for each in value)
    return value.pk if isinstance(value, Model) else str(value)

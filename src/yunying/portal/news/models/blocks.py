"""What an article's body and the layout of a home or a column are made of."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.images.blocks import ImageChooserBlock

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "hr"]
MOST_SHOWN = 24
TABLE = {"minSpareRows": 0, "startRows": 3, "startCols": 3, "contextMenu": True, "editor": "text", "renderer": "text"}


def video_host(address: str) -> str:
    """The host of a player's address, if it is one that articles may show; else nothing."""
    try:
        parts = urlsplit(address)
        is_plain = parts.scheme == "https" and not parts.username and parts.port in (None, 443)
    except ValueError:
        return ""
    host = (parts.hostname or "").casefold()
    return host if is_plain and host in settings.NEWS_VIDEO_HOSTS else ""


class PictureBlock(blocks.StructBlock):
    """A picture with its caption."""

    image = ImageChooserBlock(label=_("Picture"))
    caption = blocks.CharBlock(max_length=200, required=False, label=_("Caption"))

    class Meta:
        icon, label, template = "image", _("Picture"), "news/blocks/picture.html"


class VideoBlock(blocks.StructBlock):
    """A film in the player of a site that is allowed."""

    address = blocks.URLBlock(max_length=500, label=_("Address of the player"))
    title = blocks.CharBlock(max_length=200, label=_("What it shows"))

    class Meta:
        icon, label, template = "media", _("Film"), "news/blocks/video.html"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not video_host(cleaned["address"]):
            words = _("Only players of these sites can be shown: %(hosts)s.")
            error = ValidationError(words % {"hosts": ", ".join(settings.NEWS_VIDEO_HOSTS)})
            raise blocks.StructBlockValidationError(block_errors={"address": error})
        return cleaned

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        # Asked again, because a site may have left the list since.
        return {**super().get_context(value, parent_context), "is_allowed": bool(video_host(value["address"]))}


class BodyBlock(blocks.StreamBlock):
    """The body of an article."""

    text = blocks.RichTextBlock(features=TEXT_FEATURES, label=_("A text"), template="news/blocks/text.html")
    picture = PictureBlock()
    table = TableBlock(table_options=TABLE, label=_("A table"), template="news/blocks/table.html")
    video = VideoBlock()


class ShownBlock(blocks.StructBlock):
    """A part of a layout: its heading, if it is not the usual one, and how much it shows."""

    heading = blocks.CharBlock(max_length=60, required=False, label=_("Heading"))
    heading_zh = blocks.CharBlock(max_length=60, required=False, label=_("Heading in Chinese"))
    count = blocks.IntegerBlock(min_value=1, max_value=MOST_SHOWN, default=6, label=_("How many"))


class ColumnBlock(ShownBlock):
    """The newest of one column."""

    column = blocks.PageChooserBlock(page_type="news.ColumnPage", label=_("News column"))


class NoticeBlock(blocks.StructBlock):
    """An announcement, which stays closed for whoever closed it until its words change."""

    words = blocks.CharBlock(max_length=300, label=_("Words"))
    words_zh = blocks.CharBlock(max_length=300, required=False, label=_("Words in Chinese"))


class LayoutBlock(blocks.StreamBlock):
    """The parts of a home or a column, in the order in which they stand."""

    notice = NoticeBlock(label=_("Announcement"))
    headlines = ShownBlock(label=_("Head lines"))
    pictures = ShownBlock(label=_("Picture stories"))
    newest = ShownBlock(label=_("Newest"))
    most_read = ShownBlock(label=_("Most read in 30 days"))
    recommended = ShownBlock(label=_("Recommended"))
    products = ShownBlock(label=_("Products of the shop"))
    column = ColumnBlock(label=_("A column"))


USUAL_LAYOUT = ("headlines", "pictures", "newest", "most_read", "recommended", "products")

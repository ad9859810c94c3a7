"""What an operator sets for the whole site."""

from typing import ClassVar
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from yunying.portal.news.text_checks import fields_check


def zone_known(name: str) -> None:
    """Refuse what is no time zone."""
    if name not in available_timezones():
        raise ValidationError(_("This is no time zone, such as Asia/Shanghai."))


@register_setting(icon="site")
class PortalSettings(BaseSiteSetting):
    """The names, numbers and sentences that stand on every page."""

    name = models.CharField(_("name of the portal"), max_length=100, blank=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    shop = models.SlugField(
        _("shop"), max_length=63, blank=True,
        help_text=_("The shop whose products are shown and whose facts tell of readers; empty: the only one."),
    )  # fmt: skip
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai", validators=[zone_known])
    record_number = models.CharField(_("record number (ICP)"), max_length=60, blank=True)
    police_number = models.CharField(_("record number of the public security"), max_length=60, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    copyright = models.CharField(_("copyright"), max_length=500, blank=True)
    copyright_zh = models.CharField(_("copyright, in Chinese"), max_length=500, blank=True)
    disclaimer = models.CharField(_("disclaimer"), max_length=1000, blank=True)
    disclaimer_zh = models.CharField(_("disclaimer, in Chinese"), max_length=1000, blank=True)
    takes_odd_text = models.BooleanField(
        _("let odd text pass"), default=False,
        help_text=_("Tick it if the check for broken characters is wrong about these sentences."),
    )  # fmt: skip

    panels: ClassVar = [
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("name_zh"), FieldPanel("shop"), FieldPanel("time_zone")], _("The portal")
        ),
        MultiFieldPanel(
            [FieldPanel("record_number"), FieldPanel("police_number"), FieldPanel("licence")], _("Registration")
        ),
        MultiFieldPanel(
            [FieldPanel(f"{name}{ending}") for name in ("copyright", "disclaimer") for ending in ("", "_zh")],
            _("Under each article"),
        ),
        FieldPanel("takes_odd_text"),
    ]

    class Meta:
        verbose_name = _("Portal")

    def clean(self) -> None:
        super().clean()
        fields_check(self, ("name", "name_zh", "licence", "copyright", "copyright_zh", "disclaimer", "disclaimer_zh"))

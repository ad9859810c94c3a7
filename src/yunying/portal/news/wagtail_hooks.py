"""What the portal adds to the editors' desk."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.documents.wagtail_hooks import DocumentsSummaryItem

from yunying.portal.news.models import Report


@hooks.register("insert_global_admin_js")
def choosers() -> SafeString:
    """Date choosers without scripts in the page."""
    return format_html('<script src="{}"></script>', static("news/cms.js"))


@hooks.register("construct_main_menu")
def only_what_is_there(request: HttpRequest, items: list[MenuItem]) -> None:
    """No entry for pages that are closed here."""
    items[:] = [each for each in items if each.name != "documents"]


@hooks.register("construct_homepage_summary_items")
def nothing_that_leads_nowhere(request: HttpRequest, items: list[SummaryItem]) -> None:
    """No count of documents, whose pages are closed here."""
    items[:] = [each for each in items if not isinstance(each, DocumentsSummaryItem)]


@hooks.register("construct_settings_menu")
def no_accounts(request: HttpRequest, items: list[MenuItem]) -> None:
    """Accounts are changed in their own room."""
    items[:] = [each for each in items if each.name != "users"]


class ReportViews(ModelViewSet):
    """Readers' reports, for editors who may change them."""

    model = Report
    icon = "warning"
    menu_label = _("Reports of readers")
    add_to_admin_menu = True
    list_display = ("article", "reason", "reported_at", "is_open")
    list_filter = ("is_open", "reason")
    inspect_view_enabled = True
    inspect_view_fields = ("article", "reason", "words", "contact", "reported_at", "answer", "is_open")
    panels = (FieldPanel("answer"), FieldPanel("is_open"))


@hooks.register("register_admin_viewset")
def reports() -> ReportViews:
    """The reports in the menu."""
    return ReportViews("reports", url_prefix="reports-of-readers")

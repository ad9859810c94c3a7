"""Wagtail's choosers without the script that each of them puts into the page: ``cms.js`` begins them from data.

Our pages forbid scripts in them, the editors' too, because what an author stored must not run where an editor is signed
in. Wagtail has no setting for it; the one method that writes the script is replaced.
"""

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets import BaseChooser


def connect() -> None:
    """Let every chooser be written as data."""
    BaseChooser.render = _rendered


def _rendered(self: BaseChooser, name: str, value: Any, attrs: dict[str, Any], renderer: Any = None) -> SafeString:
    data = self.get_value_data(value)
    return format_html(
        '{}<i hidden data-chooser="{}" data-for="{}" data-config="{}"></i>',
        self.render_html(name, data, attrs), self.js_constructor, attrs["id"],
        json.dumps(self.get_js_init_options(attrs["id"], name, data)),
    )  # fmt: skip

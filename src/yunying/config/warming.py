"""What a server loads before its first visitor comes, who would wait a second for it."""

from pathlib import Path

from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver

import yunying


def server_warm() -> None:
    """Load every view and compile the project's own templates."""
    _ = get_resolver().url_patterns
    own = Path(yunying.__file__).parent
    for folder in get_app_template_dirs("templates"):
        if own in folder.parents:
            for path in sorted(folder.rglob("*.html")):
                get_template(path.relative_to(folder).as_posix())

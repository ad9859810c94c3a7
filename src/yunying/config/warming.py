"""What a server loads before its first visitor comes, who would wait a second for it."""

import gc
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import URLResolver, get_resolver
from django.utils.translation import override
from wagtail.hooks import search_for_hooks

import yunying
from yunying.portal.warming import portal_warm


def server_warm() -> None:
    """Load every view and hook, compile addresses and the project's own templates, and make a few pages for nobody."""
    _addresses_compile(get_resolver())
    search_for_hooks()
    own = Path(yunying.__file__).parent
    for folder in get_app_template_dirs("templates"):
        if own in folder.parents:
            for path in sorted(folder.rglob("*.html")):
                get_template(path.relative_to(folder).as_posix())
    portal_warm()
    # What stands now stays: else a look for garbage walks through all of it, some 0.2 s in the midst of a request.
    gc.collect()
    gc.freeze()


def _addresses_compile(resolver: URLResolver) -> None:
    for language, _name in settings.LANGUAGES:
        with override(language):
            _ = resolver.reverse_dict
    for each in resolver.url_patterns:
        _ = each.pattern.regex
        if isinstance(each, URLResolver):
            _addresses_compile(each)

"""Addresses of static files that carry their content, without a build step."""

import hashlib
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStorage(StaticFilesStorage):
    """A file's address ends in its digest, so browsers may keep it and still see every change at once."""

    def url(self, name: str | None) -> str:
        """The address of a file that a finder knows."""
        address = super().url(name)
        version = _digest(name) if name else ""
        return f"{address}?v={version}" if version else address


@cache
def _digest(name: str) -> str:
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] if path else ""


@cache
def plotly_styles() -> str:
    """The ids of style elements that Plotly's script adds unless an element of that id is there (for maps, unused)."""
    path = finders.find("plotly/plotly.min.js")
    text = Path(path).read_text(encoding="utf-8") if path else ""
    return " ".join(sorted(set(re.findall(r'getElementById\("([0-9a-f]{64})"\)', text))))

"""The names of practices and of kinds of command, in the person's language."""

from functools import cache

from django.utils.translation import gettext as _

from yunying.console.access import is_chinese
from yunying.kernel.command_schema import COMMANDS
from yunying.practices.manifest import Manifest, practices_found


@cache
def manifests() -> dict[str, Manifest]:
    """Every practice's manifest by slug; folders do not come and go while the desk serves."""
    return {slug: practice.manifest for slug, practice in practices_found().items()}


def practice_name(slug: str) -> str:
    """A practice's name; what a person composed and what was only observed have no practice."""
    if slug == "person":
        return _("By hand")
    if slug == "observed":
        return _("Observed")
    found = manifests().get(slug)
    return slug if found is None else found.title_zh if is_chinese() else found.title_en


def kind_name(kind: str, version: int = 1) -> str:
    """A kind of command's name."""
    schema = COMMANDS.get((kind, version))
    return kind if schema is None else schema.title_zh if is_chinese() else schema.title_en

"""Whether a text is as somebody wrote it: broken characters and inserted readings are refused at the door."""

from importlib import import_module
from importlib.util import find_spec

_MODULE = "yunying.methods.text_integrity"


def text_refused(text: str) -> str:
    """Why a text is refused, in words; empty where nothing is wrong, or where there is no check yet."""
    if not text or find_spec(_MODULE) is None:
        return ""
    problems = import_module(_MODULE).problems_of(text)
    return "; ".join(f"{each.kind}: {each.excerpt}" for each in problems[:3])

"""File names from texts that others wrote: no way out of the folder, no name that some system refuses."""

import re
import unicodedata

_MOST_BYTES = 80
_BAD = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+')
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"))
)
NAMELESS = "unassigned"


def safe_name(text: str) -> str:
    """A file name, without an ending, that every usual system takes and that stays in its folder.

    Different texts may give the same name; who needs them apart must look.

    >>> safe_name("../../etc/passwd"), safe_name("义乌恒通"), safe_name("COM1.x"), safe_name(" . ")
    ('_.._etc_passwd', '义乌恒通', '_COM1.x', 'unassigned')
    """
    name = _BAD.sub("_", unicodedata.normalize("NFKC", text))
    name = _cut(name.strip(" .")).strip(" .")
    if name.split(".")[0].strip().casefold() in _RESERVED:
        name = f"_{name}"
    return name or NAMELESS


def _cut(name: str) -> str:
    """At most 80 bytes, no character halved."""
    return name.encode("utf-8", "replace")[:_MOST_BYTES].decode("utf-8", "ignore")

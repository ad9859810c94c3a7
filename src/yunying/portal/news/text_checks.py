"""Whether a text is as somebody wrote it: broken characters and inserted readings are refused at the door."""

from yunying.methods.text_integrity import problems_of


def text_refused(text: str) -> str:
    """Why a text is refused, in words; empty where nothing is wrong."""
    return "; ".join(f"{each.kind}: {each.excerpt}" for each in problems_of(text)[:3])

"""Small drawings as SVG in the page: nothing but numbers goes in, so nothing can be smuggled in."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 100.0, 28.0


def sparkline(values: Sequence[float | None]) -> SafeString:
    """A line through the values from left to right, broken where one is missing, the last one marked."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return mark_safe("")
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = WIDTH / max(len(values) - 1, 1)

    def point(index: int, value: float) -> str:
        return f"{index * step:.1f},{HEIGHT - 3 - (value - low) / span * (HEIGHT - 6):.1f}"

    pieces: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(point(index, value))
    lines = mark_safe("".join(f'<polyline points="{" ".join(piece)}"/>' for piece in pieces if len(piece) > 1))  # noqa: S308 - numbers only
    return format_html(
        '<svg class="spark" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">{}</svg>', lines
    )


def interval_bar(low: int | None, mid: int | None, high: int | None, least: int, most: int) -> SafeString:
    """A bar from low to high with a tick at mid and one at zero, on a scale that the rows of a list share."""
    if low is None or mid is None or high is None:
        return mark_safe("")
    least, most = min(least, 0), max(most, 1)
    span = float(most - least)

    def x(value: int) -> float:
        return max(0.0, min(100.0, (value - least) / span * 100.0))

    width = max(x(high) - x(low), 0.8)
    kind = "good" if low > 0 else "bad" if high < 0 else "open"
    return format_html(
        '<svg class="interval {}" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="zero" x1="{}" x2="{}" y1="0" y2="12"/><rect x="{}" y="4" width="{}" height="4"/>'
        '<line class="mid" x1="{}" x2="{}" y1="1" y2="11"/></svg>',
        kind, f"{x(0):.1f}", f"{x(0):.1f}", f"{x(low):.1f}", f"{width:.1f}", f"{x(mid):.1f}", f"{x(mid):.1f}",
    )  # fmt: skip


def pace_line(committed: Sequence[int], days: int, cap: int, forecast: int | None) -> SafeString:
    """What is committed day by day beside an even pace, and a dashed line to where it would end."""
    if not committed or days < 1:
        return mark_safe("")
    most = float(max(cap, *committed, forecast or 0, 1))

    def at(day: int, amount: float) -> str:
        return f"{day / days * WIDTH:.1f},{HEIGHT - 2 - amount / most * (HEIGHT - 4):.1f}"

    line = " ".join([at(0, 0), *(at(day + 1, amount) for day, amount in enumerate(committed))])
    ahead = "" if forecast is None else f"{at(len(committed), committed[-1])} {at(days, forecast)}"
    return format_html(
        '<svg class="pace" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">'
        '<polyline class="plan" points="{}"/><polyline class="ahead" points="{}"/>'
        '<polyline class="so-far" points="{}"/>'
        "</svg>",
        f"{at(0, 0)} {at(days, cap)}", ahead, line,
    )  # fmt: skip


def share_bar(parts: Sequence[tuple[str, float]]) -> SafeString:
    """A bar of parts, each a class of the style sheet and its share from 0 to 1."""
    drawn, at = [], 0.0
    for name, share in parts:
        width = max(0.0, min(1.0 - at, share)) * 100
        drawn.append(format_html('<rect class="{}" x="{}" width="{}" y="0" height="8"/>', name, f"{at * 100:.2f}",
                                 f"{width:.2f}"))  # fmt: skip
        at += width / 100
    return format_html(
        '<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        mark_safe("".join(drawn)),  # noqa: S308 - made by format_html
    )

"""Evidence as charts: demand, stock and the order on one time axis, and each curve on its own.

A chart is data for Plotly. Colours are named with ``@`` and filled in by the page from its style sheet, so that one
description serves the light and the dark theme.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yunying.console.formats import in_language

Series = Mapping[str, Any]
_COLOURS = ("@ink", "@accent", "@second", "@third", "@fourth")
_NO_ORDER = ("without", "不下单", "不订")
_WITH_ORDER = ("with this order", "下单后")
_PAST_SALES = ("sold", "销量")


def charts_of(evidence: Mapping[str, Any], params: Mapping[str, Any], as_of: str, *, is_chinese: bool) -> list[Any]:
    """Everything of an evidence that is drawn, in the order in which it is shown."""
    series = [each for each in evidence.get("series", ()) if each.get("dates")]
    drawn = [_time_chart(series, _ordered(params), as_of, is_chinese)] if series else []
    return drawn + [_curve_chart(each, is_chinese) for each in evidence.get("curves", ()) if each.get("x")]


def _time_chart(series: Sequence[Series], ordered: int, as_of: str, is_chinese: bool) -> dict[str, Any]:
    """One panel for what flows per day, one below it for what is held; both share the days."""
    flows = [each for each in series if _is_flow(each)]
    levels = [each for each in series if not _is_flow(each)]
    panels = [group for group in (flows, levels) if group]
    layout = _layout()
    layout["xaxis"] |= {"type": "date", "anchor": "y" if len(panels) == 1 else "y2"}
    layout["shapes"] = [_day_line(as_of)]
    layout["annotations"] = [_note(as_of, 1.0, _("today"), "left", "bottom", "paper")]
    data: list[dict[str, Any]] = []
    for place, group in enumerate(panels):
        axis = "y" if place == 0 else "y2"
        name = "yaxis" if place == 0 else "yaxis2"
        domain = [0.0, 1.0] if len(panels) == 1 else ([0.56, 1.0] if place == 0 else [0.0, 0.46])
        unit = in_language(str(group[0].get("unit", "")), is_chinese=is_chinese)
        layout[name] = _axis(unit) | {"domain": domain, "rangemode": "tozero"}
        data += [_trace(each, index, axis, is_chinese) for index, each in enumerate(group)]
    arrival = _arrival(levels)
    if arrival and ordered:
        data.append(_marker(arrival, ordered, "y" if len(panels) == 1 else "y2"))
    title = _("Demand, stock and the order") if levels else in_language(series[0]["title"], is_chinese=is_chinese)
    return {"title": title, "data": data, "layout": layout, "height": 340 if len(panels) > 1 else 220}


def _trace(each: Series, index: int, axis: str, is_chinese: bool) -> dict[str, Any]:
    title = str(each["title"]).lower()
    trace: dict[str, Any] = {
        "x": list(each["dates"]), "y": list(each["values"]), "yaxis": axis,
        "name": in_language(str(each["title"]), is_chinese=is_chinese), "hovertemplate": "%{y:,.1f}",
    }  # fmt: skip
    if any(word in title for word in _PAST_SALES):
        return trace | {"type": "bar", "marker": {"color": "@bar"}}
    is_without = any(word in title for word in _NO_ORDER)
    is_with = any(word in title for word in _WITH_ORDER)
    colour = "@bad" if is_without else "@accent" if is_with else _COLOURS[index % len(_COLOURS)]
    line = {"color": colour, "width": 2, "dash": "dot" if is_without else "solid"}
    return trace | {"type": "scatter", "mode": "lines", "line": line, "connectgaps": False}


def _marker(arrival: tuple[str, float], ordered: int, axis: str) -> dict[str, Any]:
    day, level = arrival
    return {
        "x": [day], "y": [level], "yaxis": axis, "type": "scatter", "mode": "markers+text", "text": [f"+{ordered:,}"],
        "textposition": "top center", "textfont": {"color": "@accent", "size": 12}, "cliponaxis": False,
        "marker": {"color": "@accent", "size": 11, "symbol": "triangle-up", "line": {"color": "@paper", "width": 1}},
        "name": _("The order arrives"), "hovertemplate": f"+{ordered:,}",
    }  # fmt: skip


def _curve_chart(curve: Mapping[str, Any], is_chinese: bool) -> dict[str, Any]:
    layout = _layout()
    layout["xaxis"] |= {"title": {"text": in_language(str(curve.get("x_label", "")), is_chinese=is_chinese)}}
    layout["yaxis"] = _axis(in_language(str(curve.get("y_label", "")), is_chinese=is_chinese))
    layout["hovermode"], layout["showlegend"] = "closest", False
    data = [{
        "x": list(curve["x"]), "y": list(curve["y"]), "type": "scatter", "mode": "lines",
        "line": {"color": "@accent", "width": 2}, "hovertemplate": "%{x:,} · %{y:,.2f}<extra></extra>",
    }]  # fmt: skip
    title = in_language(str(curve["title"]), is_chinese=is_chinese)
    return {"title": title, "data": data, "layout": layout, "height": 220}


def _layout() -> dict[str, Any]:
    return {
        "margin": {"l": 52, "r": 12, "t": 18, "b": 34}, "hovermode": "x unified", "showlegend": True,
        "legend": {"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0, "font": {"size": 12}},
        "paper_bgcolor": "@paper", "plot_bgcolor": "@paper", "font": {"color": "@muted", "size": 12, "family": "@font"},
        "hoverlabel": {"bgcolor": "@paper", "bordercolor": "@line", "font": {"color": "@ink"}},
        "xaxis": {"gridcolor": "@line", "linecolor": "@line", "zeroline": False, "automargin": True},
    }  # fmt: skip


def _axis(title: str) -> dict[str, Any]:
    return {
        "title": {"text": title, "standoff": 6, "font": {"size": 11}}, "gridcolor": "@line", "zerolinecolor": "@line",
        "automargin": True, "nticks": 5, "tickformat": ",~f",
    }  # fmt: skip


def _day_line(day: str) -> dict[str, Any]:
    line = {"color": "@muted", "width": 1, "dash": "dash"}
    return {"type": "line", "x0": day, "x1": day, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _note(x: str, y: float, text: str, xanchor: str, yanchor: str, yref: str) -> dict[str, Any]:
    return {"x": x, "y": y, "yref": yref, "text": text, "showarrow": False, "xanchor": xanchor, "yanchor": yanchor,
            "font": {"size": 11, "color": "@muted"}}  # fmt: skip


def _is_flow(series: Series) -> bool:
    unit = str(series.get("unit", "")).lower()
    return "day" in unit or "天" in unit


def _ordered(params: Mapping[str, Any]) -> int:
    lines = params.get("lines")
    rows = [line for line in lines if isinstance(line, Mapping)] if isinstance(lines, list | tuple) else []
    return sum(int(line.get("quantity") or 0) for line in rows)


def _arrival(levels: Sequence[Series]) -> tuple[str, float] | None:
    """The first day on which the order makes a difference, and the stock on it."""
    found: dict[str, Series] = {}
    for each in levels:
        title = str(each["title"]).lower()
        found |= {"without": each} if any(word in title for word in _NO_ORDER) else {}
        found |= {"with": each} if any(word in title for word in _WITH_ORDER) else {}
    if len(found) < 2:
        return None
    without = dict(zip(found["without"]["dates"], found["without"]["values"], strict=True))
    for day, level in zip(found["with"]["dates"], found["with"]["values"], strict=True):
        other = without.get(day)
        if level is not None and other is not None and level - other > 0.5:
            return day, level
    return None

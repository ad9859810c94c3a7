"""Visits as facts: a sample of visitors, each with all that they did, whether they bought or not."""

from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yunying.sim import columns as col
from yunying.sim.draws import Purpose
from yunying.sim.lines import REAL, Lines
from yunying.sim.members import member_keys
from yunying.sim.nature import Nature
from yunying.sim.sales import moments
from yunying.sim.state import DayRecord

Wholes = NDArray[np.int64]

_TYPES = ("visit", "view", "cart")
_PAGES = ("home", "product", "product")
_VISIT, _VIEW, _CART = 0, 1, 2


class _Rows:
    """Rows of events, gathered in parts; product and member are -1 where there is none."""

    def __init__(self) -> None:
        self._parts: list[dict[str, Wholes]] = []

    def add(
        self, kind: int, *, session: Wholes, seconds: Wholes, product: Wholes, member: Wholes, channel: Wholes
    ) -> None:
        self._parts.append(
            {
                "kind": np.full(len(session), kind),
                "session": session,
                "seconds": np.minimum(seconds, 86399),
                "product": product,
                "member": member,
                "channel": channel,
            }
        )

    def sorted(self) -> dict[str, Wholes]:
        columns = {name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]}
        order = np.lexsort((columns["product"], columns["kind"], columns["session"], columns["seconds"]))
        return {name: column[order] for name, column in columns.items()}


def event_table(nature: Nature, record: DayRecord, zone: ZoneInfo) -> pa.Table:
    """The events of the sampled visits of a day; empty where the sample rate is 0."""
    if nature.settings.traffic.event_sample_rate == 0:
        return pa.table({})
    rows = _Rows()
    orders = _buying(nature, record, rows)
    _browsing(nature, record, rows, orders)
    return _table(nature, record, rows.sorted(), zone)


def _buying(nature: Nature, record: DayRecord, rows: _Rows) -> int:
    """The visits that ended in a real order; returns how many there were before sampling."""
    placed = [entry.lines for entry in record.states if entry.state == "placed"]
    lines = placed[0].take(placed[0].reality == REAL) if placed else None
    if lines is None or not len(lines):
        return 0
    seen = nature.draws.uniform(Purpose.SAMPLING, lines.order) < nature.settings.traffic.event_sample_rate
    heads = lines.take(seen & (lines.line == 1))
    lines = lines.take(seen)
    nothing = np.full(len(heads), -1)
    rows.add(_VISIT, product=nothing, **_visit(heads, -240))
    rows.add(_VIEW, product=lines.product, **_visit(lines, -180))
    rows.add(_CART, product=lines.product, **_visit(lines, -60))
    return len(np.unique(placed[0].order))


def _visit(lines: Lines, delay: int) -> dict[str, Wholes]:
    return {
        "session": lines.order,
        "seconds": np.maximum(0, lines.seconds + delay),
        "member": lines.member,
        "channel": lines.channel,
    }


def _browsing(nature: Nature, record: DayRecord, rows: _Rows, orders: int) -> None:
    """The visits that did not buy: as many as the channels brought beyond the orders, thinned to the sample."""
    settings = nature.settings.traffic
    rng = nature.draws.stream(Purpose.BROWSING, record.day)
    idle = max(0.0, 1 - orders / max(1, int(record.visits.sum())))
    visits = rng.binomial(record.visits, idle * settings.event_sample_rate)
    count = int(visits.sum())
    channel = np.repeat(np.arange(len(visits)), visits)
    session = (nature.date(record.day).toordinal() * 10**8 + np.arange(count)) * 10
    seconds = moments(nature.settings.demand, rng.random(count))
    nobody = np.full(count, -1)
    rows.add(_VISIT, session=session, seconds=seconds, product=nobody, member=nobody, channel=channel)
    views = rng.geometric(1 / settings.views_per_visit, count)
    visit = np.repeat(np.arange(count), views)
    weights = np.cumsum(record.expected)
    if not len(visit) or weights[-1] <= 0:
        return
    product = np.searchsorted(weights / weights[-1], rng.random(len(visit)), side="right").clip(0, len(weights) - 1)
    later = np.arange(len(visit)) - np.repeat(np.cumsum(views) - views, views) + 1
    is_cart = rng.random(len(visit)) < settings.cart_rate
    for kind, which, pause in ((_VIEW, np.ones(len(visit), dtype=bool), 0), (_CART, is_cart, 15)):
        chosen = visit[which]
        rows.add(
            kind,
            session=session[chosen],
            seconds=seconds[chosen] + 40 * later[which] + pause,
            product=product[which].astype(np.int64),
            member=nobody[chosen],
            channel=channel[chosen],
        )


def _table(nature: Nature, record: DayRecord, rows: dict[str, Wholes], zone: ZoneInfo) -> pa.Table:
    count, date = len(rows["kind"]), nature.date(record.day)
    channels = nature.settings.traffic.channels
    member = pa.array(member_keys(nature.draws, np.maximum(rows["member"], 0)), pa.string(), mask=rows["member"] < 0)
    session = col.numbered(rows["session"], "S")
    return col.table(
        "event",
        {
            "event": col.numbered(date.toordinal() * 10**8 + np.arange(count), "E"),
            "type": col.chosen(_TYPES, rows["kind"]),
            "date": col.dates(date, count),
            "at": col.instants(date, rows["seconds"], zone),
            # A signed-in visitor is the member; another one is known for one visit only.
            "visitor": pc.coalesce(member, session),
            "session": session,
            "member": member,
            "page": col.chosen(_PAGES, rows["kind"]),
            "product": col.chosen([*nature.catalogue.products, None], rows["product"]),
            "channel": col.chosen([channel.name for channel in channels], rows["channel"]),
            "campaign": col.chosen([c.paid.campaign if c.paid else None for c in channels], rows["channel"]),
        },
    )

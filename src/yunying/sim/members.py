"""The buyers: each known member has a rate and a probability to be lost after each further order (BG/NBD).

Source: Fader, Hardie and Lee, "Counting your customers the easy way", Marketing Science 24 (2005).
"""

import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from yunying.sim.draws import Draws, Purpose, Words
from yunying.sim.lines import NOBODY
from yunying.sim.settings import MemberSettings, WorldSettings

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]


@dataclass
class Members:
    """The population so far; arrays over members in the order in which they joined.

    Args:
        rate: orders a day while alive, at the store's usual pace.
        dropout: probability to be lost after each further order.
        alive: whether the member may order again.
        joined_day: negative for those who were there before.
        region, channel: indexes in the settings.
    """

    rate: Floats
    dropout: Floats
    alive: NDArray[np.bool_]
    joined_day: Wholes
    region: Wholes
    channel: Wholes

    def __len__(self) -> int:
        return len(self.rate)

    def copy(self) -> "Members":
        """A population that changes alone."""
        return copy.deepcopy(self)

    def expected_orders(self) -> float:
        """Orders a day of the living members, at the store's usual pace."""
        return float(self.rate[self.alive].sum())

    def join(
        self, settings: MemberSettings, draws: Draws, joined_day: Wholes, region: Wholes, channel: Wholes
    ) -> Wholes:
        """Add members and return their indexes; their luck is keyed by index."""
        index = np.arange(len(self), len(self) + len(joined_day))
        rate, dropout = _individual_laws(settings, draws, index)
        self.rate = np.append(self.rate, rate)
        self.dropout = np.append(self.dropout, dropout)
        self.alive = np.append(self.alive, np.ones(len(index), dtype=bool))
        self.joined_day = np.append(self.joined_day, joined_day)
        self.region = np.append(self.region, region)
        self.channel = np.append(self.channel, channel)
        return index


def population_draw(settings: WorldSettings, draws: Draws) -> Members:
    """The members of the first day, who joined in the two years before it."""
    count = settings.members.initial
    rng = draws.stream(Purpose.MEMBER_NEW, 0)
    none = np.zeros(0, dtype=np.int64)
    members = Members(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool), none, none, none)
    shares = np.array([channel.visit_share for channel in settings.traffic.channels])
    members.join(
        settings.members,
        draws,
        joined_day=-rng.integers(1, 731, count),
        region=regions_draw(settings, rng.random(count)),
        channel=rng.choice(len(shares), size=count, p=shares / shares.sum()).astype(np.int64),
    )
    return members


def regions_draw(settings: WorldSettings, u: Floats) -> Wholes:
    """Regions by their weights, from uniform numbers."""
    weights = np.cumsum(list(settings.store.regions.values()))
    return np.searchsorted(weights / weights[-1], u, side="right").astype(np.int64).clip(0, len(weights) - 1)


@dataclass(frozen=True)
class Buyers:
    """Who placed each of n orders: ``member`` (NOBODY for a guest), ``region``, and the members who are new."""

    member: Wholes
    region: Wholes
    new_members: Wholes


def buyers_of(
    settings: WorldSettings,
    draws: Draws,
    members: Members,
    day: int,
    channel: Wholes,
    subjects: Words,
    pace: float,
) -> Buyers:
    """Give each of a day's n paid orders a buyer, and let some of the returning ones be lost.

    Args:
        settings: of the world.
        draws: the world's luck.
        members: the population; new members join it, lost ones are marked.
        day: the day.
        channel: of each order, shape (n,).
        subjects: what keys each order's luck, shape (n,).
        pace: the day's expected demand over the usual one: members buy more when the store sells more.
    """
    count = len(channel)
    is_member = draws.uniform_of(Purpose.GUEST, subjects) >= settings.members.guest_rate
    places = np.flatnonzero(is_member)
    rng = draws.stream(Purpose.MEMBER_CHOICE, day)
    wanted = int(rng.poisson(members.expected_orders() * pace))
    repeats = min(wanted, int(settings.members.repeat_cap * len(places)))
    chosen = rng.permutation(places)
    returning, new = chosen[:repeats], np.sort(chosen[repeats:])
    member = np.full(count, NOBODY, dtype=np.int64)
    member[returning] = _weighted(members, rng, repeats)
    region = regions_draw(settings, draws.uniform_of(Purpose.REGION, subjects))
    joined = members.join(settings.members, draws, np.full(len(new), day), region[new], channel[new])
    member[new] = joined
    region = np.where(member >= 0, members.region[np.maximum(member, 0)] if len(members) else region, region)
    lost = rng.random(repeats) < members.dropout[member[returning]]
    members.alive[member[returning][lost]] = False
    return Buyers(member, region, joined)


def _weighted(members: Members, rng: np.random.Generator, count: int) -> Wholes:
    living = np.flatnonzero(members.alive)
    if not count:
        return np.zeros(0, dtype=np.int64)
    cumulated = np.cumsum(members.rate[living])
    places = np.searchsorted(cumulated, rng.random(count) * cumulated[-1], side="right")
    chosen: Wholes = living[np.minimum(places, len(living) - 1)]
    return chosen


def _individual_laws(settings: MemberSettings, draws: Draws, index: Wholes) -> tuple[Floats, Floats]:
    rate = special.gammaincinv(settings.rate_shape, draws.uniform(Purpose.MEMBER_NEW, index))
    dropout = special.betaincinv(settings.dropout_a, settings.dropout_b, draws.uniform(Purpose.MEMBER_DROPOUT, index))
    return rate * settings.rate_mean / settings.rate_shape, dropout


def member_keys(draws: Draws, index: Wholes) -> list[str]:
    """The random keys under which facts name members: 16 hexadecimal digits each."""
    return [f"{word:016x}" for word in draws.words(Purpose.MEMBER_KEY, index).tolist()]

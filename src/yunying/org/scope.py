"""What a person may see and do: the grants that hold on a day, resolved into areas. No query runs without one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from yunying.org.roles import FOUR_EYES_MAJOR, FUNCTIONS, ROLES, Role, functions_of, practices_of_role


@dataclass(frozen=True)
class Piece:
    """What a deed is about; an empty text is not limited by it, so a limited area never covers it."""

    practice: str = ""
    category: str = ""
    channel: str = ""
    style: str = ""


ANYTHING = Piece()

OF_ALL_PRODUCTS = frozenset(("import",))
"""Deeds of nobody who is limited to a category, channel or style: a file or a row of facts may speak of any product."""


@dataclass(frozen=True)
class Area:
    """One role over some stores, and perhaps only a part of them; an empty set is no limit.

    Args:
        limits: store to the amount in minor units that this role approves there; a store that is not named has the
            role's own.
    """

    role: Role
    stores: frozenset[str]
    practices: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    styles: frozenset[str] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether the area is limited by stores only."""
        return not (self.practices or self.categories or self.channels or self.styles)

    @property
    def is_by_function(self) -> bool:
        """Whether the area is limited by practices at most."""
        return not (self.categories or self.channels or self.styles)

    @property
    def limits_by(self) -> dict[str, frozenset[str]]:
        """What the area is limited to, by the dimension of figures."""
        named = (("category", self.categories), ("channel", self.channels), ("style", self.styles))
        return {name: values for name, values in named if values}

    def covers(self, store: str, piece: Piece) -> bool:
        """Whether a piece of a store lies in the area."""
        if store not in self.stores:
            return False
        pairs = (
            (self.practices, piece.practice),
            (self.categories, piece.category),
            (self.channels, piece.channel),
            (self.styles, piece.style),
        )
        # What a person composes belongs to no practice, and so to whoever may act on the rest of it.
        return all(not limit or value in limit or (limit is self.practices and value == "person")
                   for limit, value in pairs)  # fmt: skip

    def most_minor(self, store: str, minor_digits: int) -> int | None:
        """The largest amount that is approved alone, in minor units; None for any."""
        if store in self.limits:
            return self.limits[store]
        return None if self.role.most_major is None else self.role.most_major * 10**minor_digits


@dataclass(frozen=True)
class Scope:
    """Everything that a person may see and do on a day."""

    person: int
    areas: tuple[Area, ...]
    four_eyes: Mapping[str, int] = field(default_factory=dict)
    everywhere: Role | None = None
    has_rules: bool = True

    @property
    def stores(self) -> frozenset[str]:
        """The stores that are named and of which anything may be seen."""
        return frozenset(store for area in self.areas if "see" in area.role.deeds for store in area.stores)

    def sees(self, store: str) -> bool:
        """Whether anything of a store may be seen."""
        return bool(self.areas_for("see", store))

    def sees_whole(self, store: str) -> bool:
        """Whether the store's own totals may be seen: somebody with a part of it sees that part only."""
        return any(area.is_by_function for area in self.areas_for("see", store))

    def sees_totals(self, store: str) -> bool:
        """Whether the figures of the whole store may be seen, and not only those of a function or a part."""
        return any(area.is_whole for area in self.areas_for("see", store))

    def functions_seen(self, store: str) -> tuple[str, ...]:
        """The functions whose figures are seen where the store's own are not."""
        areas = [area for area in self.areas_for("see", store) if area.is_by_function and not area.is_whole]
        return functions_of({practice for area in areas for practice in area.practices})

    def parts_seen(self, store: str) -> tuple[Mapping[str, frozenset[str]], ...]:
        """Per limited area what it is limited to, by dimension: category, channel, style."""
        areas = [area for area in self.areas_for("see", store) if not area.is_by_function]
        return tuple(area.limits_by for area in areas)

    @property
    def may_open_store(self) -> bool:
        """Whether a store that nobody has placed yet may be begun."""
        top = max((area.role.rank for area in self.areas if area.is_whole), default=0)
        leads = self.everywhere is not None and "people" in self.everywhere.deeds
        return leads or top >= ROLES["coo"].rank

    def areas_for(self, deed: str, store: str) -> tuple[Area, ...]:
        """The areas in which a deed may be done in a store."""
        found = tuple(area for area in self.areas if deed in area.role.deeds and store in area.stores)
        if deed in OF_ALL_PRODUCTS:
            found = tuple(area for area in found if area.is_by_function)
        if self.everywhere is not None and deed in self.everywhere.deeds:
            return (*found, Area(self.everywhere, frozenset((store,))))
        return found

    def may(self, deed: str, store: str, piece: Piece = ANYTHING) -> bool:
        """Whether a deed may be done to a piece of a store."""
        return any(area.covers(store, piece) for area in self.areas_for(deed, store))

    def may_somewhere(self, deed: str, store: str) -> bool:
        """Whether a deed may be done to any part of a store: whether to show the button."""
        return bool(self.areas_for(deed, store))

    def may_spend(self, store: str, piece: Piece, cost_minor: int, minor_digits: int) -> bool:
        """Whether an amount may be approved, alone or as one of two."""
        for area in self.areas_for("decide", store):
            most = area.most_minor(store, minor_digits)
            if area.covers(store, piece) and (most is None or cost_minor <= most):
                return True
        return False

    def needs_second(self, store: str, cost_minor: int, minor_digits: int) -> bool:
        """Whether an amount needs the approval of a second person."""
        return cost_minor > self.four_eyes.get(store, FOUR_EYES_MAJOR * 10**minor_digits)

    def narrowed(self, stores: Collection[str], deeds: Collection[str]) -> "Scope":
        """The scope that is left within some stores and deeds; an empty collection is no limit."""
        kept = []
        for area in self.areas:
            role = replace(area.role, deeds=area.role.deeds & frozenset(deeds)) if deeds else area.role
            kept.append(replace(area, role=role, stores=area.stores & frozenset(stores) if stores else area.stores))
        everywhere = self.everywhere
        if everywhere is not None and deeds:
            everywhere = replace(everywhere, deeds=everywhere.deeds & frozenset(deeds))
        if everywhere is not None and stores:
            kept.append(Area(everywhere, frozenset(stores)))
            everywhere = None
        return replace(self, areas=tuple(kept), everywhere=everywhere)

    def rank(self, store: str) -> int:
        """The highest rank held over a whole store, 0 for none: roles may be given to lower ranks only."""
        ranks = [area.role.rank for area in self.areas_for("people", store) if area.is_whole]
        return max(ranks, default=0)


NOBODY = Scope(0, ())


def area_of(
    role: str,
    stores: Collection[str],
    *,
    functions: Collection[str] = (),
    categories: Collection[str] = (),
    channels: Collection[str] = (),
    styles: Collection[str] = (),
    limits: Mapping[str, int] | None = None,
) -> Area:
    """A grant as an area: the grant's functions narrow those of its role."""
    found = ROLES[role]
    own = practices_of_role(found)
    named = frozenset(practice for name in functions for practice in FUNCTIONS.get(name, ()))
    practices = own & named if own and named else own or named
    if own and named and not practices:
        # Two limits that share nothing leave nothing, not everything.
        practices = frozenset(("",))
    return Area(
        found, frozenset(stores), practices, frozenset(categories), frozenset(channels), frozenset(styles), limits or {}
    )


def holds_on(day: date, start_date: date | None, end_date: date | None) -> bool:
    """Whether a grant's half-open days hold a day.

    >>> holds_on(date(2026, 11, 25), date(2026, 11, 25), date(2026, 11, 26)), holds_on(date(2026, 11, 26), None,
    ...     date(2026, 11, 26))
    (True, False)
    """
    return (start_date is None or start_date <= day) and (end_date is None or day < end_date)

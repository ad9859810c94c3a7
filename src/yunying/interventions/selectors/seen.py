"""What the active scope sees of a store's rows; every list begins here."""

from django.db.models import Q, QuerySet

from yunying.interventions.models import Intervention, Measurement
from yunying.org.active import active_scope
from yunying.org.scope import Area, Scope


def seen_of(store: str) -> QuerySet[Intervention]:
    """The rows of a store that the active scope sees: those in its areas, and what the person composed.

    Raises:
        InternalError: no scope is active.
    """
    return Intervention.objects.filter(seen_filter(active_scope(), store), store=store)


def seen_filter(scope: Scope, store: str) -> Q:
    """What a scope sees of a store's rows, as a condition on them."""
    areas = scope.areas_for("see", store)
    if any(area.is_whole for area in areas):
        return Q()
    limits = Q(composer=scope.person) if areas else Q(pk__in=())
    for area in areas:
        limits |= area_filter(area)
    return limits


def area_filter(area: Area) -> Q:
    """The rows of an area, as a condition on them; no condition where it has no limits."""
    part = Q()
    # What a person composes belongs to no practice, and so to whoever may act on the rest of it.
    part &= Q(practice__in=(*area.practices, "person")) if area.practices else Q()
    part &= Q(category__in=area.categories) if area.categories else Q()
    part &= Q(channel__in=area.channels) if area.channels else Q()
    part &= Q(style__in=area.styles) if area.styles else Q()
    return part


def looks_seen(store: str) -> QuerySet[Measurement]:
    """The looks that the active scope sees.

    Of single interventions those of rows in its areas; of whole practices only for whoever sees the whole of them.
    """
    rows = Measurement.objects.filter(store=store)
    areas = active_scope().areas_for("see", store)
    if any(area.is_whole for area in areas):
        return rows
    whole = {practice for area in areas if area.is_by_function for practice in area.practices}
    return rows.filter(Q(trial__isnull=False, practice__in=whole) | Q(intervention__in=seen_of(store)))

"""The filters of the lists. A bulk action runs on exactly the set that its filter shows."""

from decimal import Decimal
from typing import Any, ClassVar

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunying.console.access import Desk, is_chinese
from yunying.console.practice_names import kind_name, practice_name
from yunying.interventions import states
from yunying.interventions.selectors.interventions import RANK, expiring, interventions_of, practices_of
from yunying.kernel.command_schema import COMMANDS
from yunying.kernel.money import to_minor

RUNNING = "running"
SORTS = {
    "": RANK,
    "profit": ("-mid_minor", "id"),
    "cost": ("-cost_minor", "id"),
    "expires": ("expires_date", "id"),
    "newest": ("-changed_at", "-id"),
}
YES_NO = (("1", gettext_lazy("yes")), ("0", gettext_lazy("no")))


class ProposalFilter(filters.FilterSet):
    """What can be asked of a list; the amounts are in major units."""

    q = filters.CharFilter(method="by_text", label=gettext_lazy("Search"))
    practice = filters.ChoiceFilter(label=gettext_lazy("Practice"))
    kind = filters.ChoiceFilter(label=gettext_lazy("Kind"))
    state = filters.ChoiceFilter(method="by_state", label=gettext_lazy("State"))
    cost_min = filters.NumberFilter(method="by_cost", label=gettext_lazy("Cost from"))
    cost_max = filters.NumberFilter(method="by_cost", label=gettext_lazy("Cost to"))
    reversible = filters.ChoiceFilter(
        field_name="is_reversible", method="by_truth", choices=YES_NO, label=gettext_lazy("Reversible")
    )
    arm = filters.ChoiceFilter(
        choices=(("treated", gettext_lazy("in the trial")), ("held_out", gettext_lazy("held out"))),
        label=gettext_lazy("Arm"),
    )
    soon = filters.ChoiceFilter(method="by_soon", choices=YES_NO[:1], label=gettext_lazy("Expires soon"))

    more: ClassVar = ("kind", "cost_min", "cost_max", "reversible", "arm", "soon")
    """The filters that stand behind one button."""

    def __init__(self, query: Any, desk: Desk, offered_states: tuple[str, ...]) -> None:
        self.desk = desk
        super().__init__(query, queryset=interventions_of(desk.slug))
        title = 1 if is_chinese() else 0
        # The choices depend on the store and the language, so they are set for each request.
        named = [(each, states.TITLES[each][title]) for each in offered_states]
        self._offer("state", named + ([(RUNNING, _("under way"))] if states.APPROVED in offered_states else []))
        self._offer("practice", [(slug, practice_name(slug)) for slug in practices_of(desk.slug)])
        self._offer("kind", [(kind, kind_name(kind)) for kind in sorted({kind for kind, _version in COMMANDS})])
        empty = {"state": _("any state"), "practice": _("any practice")}
        for name in ("state", "practice", "kind", "reversible", "arm", "soon"):
            self.form.fields[name].empty_label = empty.get(name, _("any"))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.form.fields[name].choices = choices

    def by_text(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Words in either title, in the subject, or the reference."""
        for word in value.split()[:6]:
            rows = rows.filter(
                Q(title_en__icontains=word) | Q(title_zh__icontains=word) | Q(subject__icontains=word)
                | Q(reference__iexact=word)
            )  # fmt: skip
        return rows

    def by_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """One state, or all that are under way."""
        return rows.filter(state__in=states.RUNNING) if value == RUNNING else rows.filter(state=value)

    def by_cost(self, rows: QuerySet[Any], name: str, value: Decimal) -> QuerySet[Any]:
        """A bound of the cost, in major units; one beyond every amount is the largest amount."""
        bound = max(min(value, Decimal(10) ** 14), -(Decimal(10) ** 14))
        amount = to_minor(bound, self.desk.currency)
        return rows.filter(cost_minor__gte=amount) if name == "cost_min" else rows.filter(cost_minor__lte=amount)

    def by_truth(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Yes or no."""
        return rows.filter(is_reversible=value == "1")

    def by_soon(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        """Only what holds for a few more days."""
        return expiring(rows, self.desk.today)


def proposals_filtered(desk: Desk, query: QueryDict) -> tuple[ProposalFilter, QuerySet[Any]]:
    """The filter of the proposals and its rows: without a state, those that wait for a person."""
    found = ProposalFilter(query, desk, (states.PROPOSED, states.SNOOZED, states.REJECTED, states.EXPIRED))
    return found, _rows(found, query, default_states=(states.PROPOSED,), default_sort="")


def interventions_filtered(desk: Desk, query: QueryDict) -> tuple[ProposalFilter, QuerySet[Any]]:
    """The filter of everything that ever was, and its rows, what changed last on top."""
    found = ProposalFilter(query, desk, tuple(states.TITLES))
    return found, _rows(found, query, default_states=(), default_sort="newest")


def _rows(found: ProposalFilter, query: QueryDict, *, default_states: tuple[str, ...], default_sort: str) -> Any:
    rows = found.qs
    chosen = found.form.cleaned_data.get("state") if found.form.is_valid() else None
    if default_states and not chosen:
        rows = rows.filter(state__in=default_states)
    sort = query.get("sort", default_sort)
    return rows.order_by(*SORTS.get(sort, SORTS[default_sort]))

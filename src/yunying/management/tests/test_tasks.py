"""Tasks and mentions reach only people who see what they are about, and come back when somebody no longer does."""

from datetime import date

import pytest

from yunying.accounts.people import Person, person_make
from yunying.audit.models import AuditEntry
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Intervention
from yunying.interventions.proposing import Drawn, proposals_record
from yunying.interventions.selectors.stores import Missing
from yunying.interventions.tests.conftest import TODAY, proposal
from yunying.kernel.errors import OperatorError
from yunying.management.comments import comment_write, mentions_looked_at
from yunying.management.covering import people_offered
from yunying.management.models import Mention, Task
from yunying.management.selectors import unread_count, waiting_for
from yunying.management.tasks import task_done, task_give, task_hand_over, tasks_looked_at, tasks_return
from yunying.org.active import scope_active
from yunying.org.grants import grant_end, grant_give, grants_of, scope_of
from yunying.org.scope import Piece
from yunying.org.structure import brand_make, company_make, shop_place

GOOD = "a long enough phrase"


@pytest.fixture
def people(ledger_database: None) -> dict[str, Person]:
    for company, store in (("acme", "shop"), ("other", "far")):
        company_make(company, company, None)
        brand_make(company, f"brand-{company}", company, None)
        store_save(store, title=store, currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY)
        shop_place(store, f"brand-{company}", None)
    roles = {"lead": ("store_manager", {}), "cups": ("operator", {"categories": ["cups"]}),
             "pots": ("operator", {"categories": ["pots"]}), "looks": ("viewer", {})}  # fmt: skip
    found = {name: person_make(name, GOOD) for name in (*roles, "far")}
    for name, (role, part) in roles.items():
        grant_give(found[name], role, None, store="shop", **part)
    grant_give(found["far"], "coo", None, company="other")
    drawn = [Drawn(proposal(f"P-{each}"), piece=Piece("purchasing", each)) for each in ("cups", "pots")]
    proposals_record("shop", "purchasing", drawn, None, as_of=TODAY, proofs={})
    return found


def row(category: str) -> Intervention:
    return Intervention.objects.get(store="shop", category=category)


def acting(person: Person) -> object:
    return scope_active(scope_of(person, TODAY))


def names(found: list[Person]) -> list[str]:
    return [each.username for each in found]


def give(people: dict[str, Person], owner: str, about: Intervention | None = None, **more: object) -> Task:
    with acting(people["lead"]):
        return task_give("shop", "Ask the supplier", people[owner].pk, people["lead"],
                         intervention=about.pk if about else None, **more)  # fmt: skip


def test_a_chooser_offers_only_those_who_see_it(people: dict[str, Person]) -> None:
    assert names(people_offered("shop", row("cups"))) == ["cups", "lead", "looks"]
    assert names(people_offered("shop", None)) == ["cups", "lead", "looks", "pots"]


@pytest.mark.parametrize("owner", ["pots", "far"])
def test_nobody_is_given_what_he_does_not_see_and_a_foreign_person_is_not_found(
    people: dict[str, Person], owner: str
) -> None:
    with pytest.raises(Missing) as foreign:
        give(people, owner, row("cups"))
    with acting(people["lead"]), pytest.raises(Missing) as absent:
        task_give("shop", "x", 999_999, people["lead"], intervention=row("cups").pk)
    assert foreign.value.what == absent.value.what
    task = give(people, "cups", row("cups"))
    with acting(people["lead"]), pytest.raises(Missing):
        task_hand_over("shop", task.pk, people[owner].pk, people["lead"])
    with acting(people["lead"]), pytest.raises(OperatorError):
        comment_write("shop", row("cups").pk, f"see @{owner}", people["lead"])
    assert Mention.objects.count() == 0


def test_who_does_not_see_it_finds_neither_the_task_nor_what_it_is_about(people: dict[str, Person]) -> None:
    task = give(people, "cups", row("cups"))
    with acting(people["pots"]):
        him, about = people["pots"], row("cups").pk
        for deed in (
            lambda: task_done("shop", task.pk, him), lambda: task_hand_over("shop", task.pk, him.pk, him),
            lambda: comment_write("shop", about, "x", him),
            lambda: task_give("shop", "x", him.pk, him, intervention=about),
        ):  # fmt: skip
            with pytest.raises(Missing):
                deed()
    with acting(people["looks"]), pytest.raises(OperatorError, match="may not"):
        task_done("shop", task.pk, people["looks"])


def test_the_life_of_a_task_is_in_both_inboxes_and_in_the_log(people: dict[str, Person]) -> None:
    task = give(people, "cups", row("cups"), due_date=date(2026, 12, 1), note="please")
    with acting(people["cups"]):
        assert unread_count("shop", people["cups"]) == 1
        assert [each.pk for each in waiting_for("shop", people["cups"]).tasks] == [task.pk]
        tasks_looked_at("shop", people["cups"])
        assert unread_count("shop", people["cups"]) == 0
        task_hand_over("shop", task.pk, people["lead"].pk, people["cups"], note="on leave")
    with acting(people["lead"]):
        assert unread_count("shop", people["lead"]) == 1
        task_done("shop", task.pk, people["lead"])
        with pytest.raises(OperatorError, match="done already"):
            task_done("shop", task.pk, people["lead"])
        assert waiting_for("shop", people["lead"]).tasks == []
    told = list(AuditEntry.objects.filter(subject=f"task/{task.pk}").order_by("number"))
    assert [(each.action, each.actor) for each in told] == [
        ("task_give", "lead"), ("task_hand_over", "cups"), ("task_done", "lead")]  # fmt: skip
    assert (told[1].reason, told[1].before, told[1].after) == ("on leave", {"owner": "cups"}, {"owner": "lead"})


def test_what_was_looked_at_and_changed_meanwhile_is_refused(people: dict[str, Person]) -> None:
    task = give(people, "cups")
    with acting(people["lead"]):
        task_hand_over("shop", task.pk, people["pots"].pk, people["lead"], revision=1)
        with pytest.raises(OperatorError, match="changed"):
            task_hand_over("shop", task.pk, people["looks"].pk, people["lead"], revision=1)
    assert Task.objects.get(pk=task.pk).owner == people["pots"]


def test_a_task_returns_when_its_owners_role_ends_or_no_longer_covers_it(people: dict[str, Person]) -> None:
    on_cups, on_store = give(people, "cups", row("cups")), give(people, "cups")
    kept = give(people, "looks", row("cups"))
    assert tasks_return("shop") == 0
    grant_end(grants_of(people["cups"])[0].pk, None)
    grant_give(people["cups"], "operator", None, store="shop", categories=["pots"])
    assert tasks_return("shop") == 1
    with acting(people["lead"]):
        waiting = waiting_for("shop", people["lead"])
        assert [(each.pk, each.is_returned) for each in waiting.tasks] == [(on_cups.pk, True)]
        assert unread_count("shop", people["lead"]) == 1
    assert Task.objects.get(pk=on_store.pk).owner == people["cups"]
    grant_end(grants_of(people["cups"])[0].pk, None)
    assert tasks_return("shop") == 1
    assert Task.objects.get(pk=kept.pk).owner == people["looks"]
    assert AuditEntry.objects.filter(action="task_return", actor="system").count() == 2


def test_whoever_is_named_finds_it_until_he_has_looked(people: dict[str, Person]) -> None:
    with acting(people["looks"]):
        comment_write("shop", row("cups").pk, "@CUPS and @lead: why ten? Not b@cups.example, @cups", people["looks"])
    with acting(people["cups"]):
        assert unread_count("shop", people["cups"]) == 1
        assert len(waiting_for("shop", people["cups"]).mentions) == 1
        mentions_looked_at("shop", people["cups"])
        assert unread_count("shop", people["cups"]) == 0
        assert len(waiting_for("shop", people["cups"]).mentions) == 1
    assert Mention.objects.count() == 2
    grant_end(grants_of(people["cups"])[0].pk, None)
    with acting(people["cups"]):
        assert list(waiting_for("shop", people["cups"]).mentions) == [], "what he no longer sees is gone"


def test_the_proposals_are_those_that_one_may_decide(people: dict[str, Person]) -> None:
    def subjects(name: str) -> set[str]:
        with acting(people[name]):
            return {each.subject for each in waiting_for("shop", people[name]).proposals}

    assert subjects("lead") == {"P-cups", "P-pots"}
    assert subjects("cups") == {"P-cups"}
    assert subjects("looks") == set()
    grant_give(people["far"], "coo", None, store="shop")
    assert subjects("far") == {"P-cups", "P-pots"}, "whom nothing limits"
    Intervention.objects.filter(category="cups").update(cost_minor=10**9)
    assert subjects("cups") == set(), "above his amount"
    Intervention.objects.filter(category="pots").update(composer=people["lead"])
    assert subjects("lead") == set(), "one's own, and the other above the amount"


@pytest.mark.parametrize("title", ["", "   "])
def test_a_task_says_something(people: dict[str, Person], title: str) -> None:
    with acting(people["lead"]), pytest.raises(OperatorError):
        task_give("shop", title, people["cups"].pk, people["lead"])

"""Every address of the desk, by every role, on one's own store and on another's: what is not declared here fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from yunying.accounts.people import person_make
from yunying.console.tests.desk_world import FIGURES, HIDDEN, desk_fill
from yunying.console.urls import urlpatterns
from yunying.interventions.models import Intervention, StandingApproval, Upload
from yunying.interventions.tests.two_stores import CANARY, FOREIGN, OWN, PASSWORD, World, world_make
from yunying.management.tests.two_stores import tasks_fill
from yunying.org.grants import grant_give
from yunying.org.roles import ROLES

OPEN = "open"
"""Whoever asks is answered."""
SIGNED_IN = "signed in"
OWN_ACCOUNT = "own account"
"""Whoever has an account, with or without a role."""


@dataclass(frozen=True)
class Rule:
    """What an address takes.

    Args:
        get, post: the deed that each needs, or one of the words above; empty where the method is not taken.
        ids: by the address's parameter, which id of the store it is.
        args: the other parameters.
        body: what is posted; ``ids`` names ids of the store.
        done: the status of a deed that was done; an address that redirects answers 302.
        only: who may do it to a row that all with the deed see; empty where all of them may.
    """

    get: str = ""
    post: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    args: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    done: int = 302
    only: frozenset[str] = frozenset()


TASKS_PEOPLE = frozenset(("coo", "brand_manager", "store_manager", "operator", "outsider"))
"""Whose a task is: its owner, its giver, and who leads the people there."""

RULES: dict[str, Rule] = {
    "today": Rule("see"), "activity": Rule("see"), "keys": Rule("see"), "proposals": Rule("see"),
    "interventions": Rule("see"), "measured": Rule("see"), "imports": Rule("see"), "runs": Rule("see"),
    "settings": Rule("see"),
    "ask": Rule(post="run", body={"kind": "propose", "token": "t"}),
    "logout": Rule(post=OPEN),
    "theme": Rule(post=OPEN), "store": Rule(post=SIGNED_IN, body={"store": OWN}),
    "welcome": Rule("open store", "open store", body={"slug": "x"}, done=200),
    "proposals-act": Rule(post="decide", body={"action": "reject", "ids": "proposal"}),
    "proposals-export": Rule("see", args={"form": "csv"}), "interventions-export": Rule("see", args={"form": "xlsx"}),
    "proposal": Rule("see", ids={"id": "proposal"}), "intervention": Rule("see", ids={"id": "done"}),
    "proposal-edit": Rule("decide", "decide", {"id": "proposal"}, body={"check": "1"}, done=200),
    "intervention-act": Rule(post="decide", ids={"id": "done"}, args={"action": "cancel"}, done=400),
    "intervention-file": Rule("see", ids={"id": "done", "entry": "entry"}, args={"number": 0}),
    "compose": Rule("propose", "propose", done=200),
    "compose-kind": Rule("propose", "propose", args={"kind": "set_price"}, body={"check": "1"}, done=200),
    "imports-receive": Rule(post="import", done=400), "upload": Rule("see", ids={"id": "upload"}),
    "upload-confirm": Rule(post="import", ids={"id": "upload"}, body={"way": "yaml", "mapping": "kind: orders"}),
    "upload-drop": Rule(post="import", ids={"id": "upload"}),
    "budgets": Rule("see"), "company": Rule("see"),
    "budgets-set": Rule(post="budget", body={"start": "2027-03-01", "end": "2027-04-01", "cap": "10"}),
    "budgets-move": Rule(post="budget", body={"source": "0", "target": "0", "amount": "1"}, done=404),
    "budgets-decide": Rule(post="budget", ids={"id": "move"}, args={"action": "approve"}, done=400),
    "people": Rule("see"), "roles": Rule("see"), "structure": Rule("see"),
    "people-give": Rule(post="people", body={"place": f"store:{CANARY}"}, done=400),
    "people-acting": Rule(post="see", body={}), "people-end": Rule(post="people", ids={"id": "grant"}),
    "people-delegate": Rule(post="see", ids={"id": "grant"}, done=404),
    "people-recall": Rule(post="see", ids={"id": "grant"}, done=404),
    "structure-brand": Rule(post="people", body={"company": "nowhere"}, done=404),
    "structure-place": Rule(post="people", body={"brand": "brand-other", "store": OWN}, done=404),
    "structure-team": Rule(post="people", body={"title": "x"}), "structure-rules": Rule(post="people"),
    "account": Rule(OWN_ACCOUNT), "account-password": Rule(post=OWN_ACCOUNT, done=400),
    "account-sessions": Rule(post=OWN_ACCOUNT), "account-factor": Rule(OWN_ACCOUNT, OWN_ACCOUNT, done=400),
    "account-factor-end": Rule(post=OWN_ACCOUNT, done=400), "account-codes": Rule(post=OWN_ACCOUNT, done=400),
    "audit": Rule("audit"), "audit-export": Rule("audit", args={"form": "csv"}),
    "invitations": Rule("people", "people", done=400),
    "invitations-revoke": Rule(post="people", args={"id": 999_999}, done=404),
    "invitations-factor": Rule(post="people", body={"subject": "company/nowhere"}, done=400),
    "inbox": Rule("see"), "inbox-give": Rule(post="propose", body={"title": "x", "owner": "0"}, done=404),
    "inbox-hand-over": Rule("see", ids={"id": "task"}),
    "inbox-comment": Rule(post="see", ids={"id": "proposal"}, done=400),
    "inbox-act": Rule(post="see", ids={"id": "task"}, args={"action": "done"}, only=TASKS_PEOPLE),
    "run": Rule("see", ids={"id": "run"}),
    "settings-budget": Rule(post="budget", body={"start": "2027-01-01", "end": "2027-02-01", "cap": "10"}),
    "settings-standing": Rule(post="standing", body={
        "practice": "purchasing", "kind": "purchase_order", "most": "1", "until": "2027-01-01"}),
    "settings-revoke": Rule(post="standing", ids={"id": "standing"}),
    "settings-stop": Rule(post="stop", body={"stop": "1"}),
    "settings-threshold": Rule(post="set", args={"practice": "purchasing", "name": "review_days"}, body={"value": "6"}),
}  # fmt: skip
PURCHASING = frozenset(("proposal", "done", "entry", "task"))
"""Ids of what belongs to one function, and so is not there for whoever holds another."""
ANYBODYS = frozenset(
    ("login", "login-code", "login-provider", "login-back", "join", "reset", "reset-confirm", "language")
)
"""The door, which knows nothing of stores."""
WHO = (*ROLES, "ended", "outsider", "")
Visit = Callable[..., Any]


@pytest.fixture
def world(ledger_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    made = world_make(tmp_path)
    for store, word, actor in ((OWN, "plain", "coo"), (FOREIGN, CANARY, "outsider")):
        made.ids[store] |= desk_fill(store, word, made.people[actor])
    tasks_fill(made)
    return made


@pytest.fixture
def visit(world: World) -> Visit:
    """Send one request as somebody and take back what it did."""
    clients: dict[str, Client] = {}

    def send(
        who: str, method: str, name: str, ids: dict[str, int], args: dict[str, Any] | None = None, **body: Any
    ) -> Any:
        rule = RULES[name]
        if who not in clients:
            clients[who] = Client(raise_request_exception=False)
            if who:
                clients[who].force_login(world.people[who])
        known = {**rule.args, **{each: ids[of] for each, of in rule.ids.items()}, **(args or {})}
        sent = {**rule.body, **body}
        if "ids" in sent:
            sent["ids"] = str(ids[sent["ids"]])
        with transaction.atomic():
            address = reverse(f"desk:{name}", kwargs=known)
            response = clients[who].post(address, sent) if method == "post" else clients[who].get(address)
            response.told = told(response)
            transaction.set_rollback(True)
        if name == "logout":
            clients.pop(who)
        return response

    return send


def told(response: Any) -> str:
    """Everything of an answer: its body and its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace") + str(dict(response.headers.items()))


def names() -> Iterator[str]:
    for pattern in urlpatterns:
        assert pattern.name, pattern
        yield pattern.name


def test_every_address_of_the_desk_is_declared_here() -> None:
    assert sorted(names()) == sorted({*RULES, *ANYBODYS})


def expected(who: str, method: str, rule: Rule, *, is_own: bool) -> int:
    deed = getattr(rule, method)
    good = rule.done if method == "post" else 200
    if not deed:
        return 405 if who or rule.post in (OPEN, SIGNED_IN) else 302
    if deed == OPEN:
        return good
    if not who:
        return 302
    if deed == OWN_ACCOUNT:
        return good
    if who == "ended":
        return 404 if deed == SIGNED_IN else 403
    if deed == SIGNED_IN:
        return 404 if who == "outsider" else good
    if deed == "open store":
        return good if who == "coo" else 403
    if deed not in ROLES["store_manager" if who == "outsider" else who].deeds:
        return 403
    named = {*rule.ids.values(), *([rule.body["ids"]] if "ids" in rule.body else [])}
    functions = ROLES.get(who, ROLES["coo"]).functions
    is_seen = is_own and (not functions or "purchasing" in functions or not named & PURCHASING)
    if is_seen and rule.only and who not in rule.only:
        return 403
    return good if is_seen or not named else 404


@pytest.mark.parametrize("who", WHO)
def test_each_role_does_what_is_its_own_and_what_is_foreign_is_not_there(world: World, visit: Visit, who: str) -> None:
    own = FOREIGN if who == "outsider" else OWN
    wrong = []
    for name, rule in RULES.items():
        for method in ("get", "post"):
            for store in (OWN, FOREIGN):
                response = visit(who, method, name, world.ids[store])
                wanted = expected(who, method, rule, is_own=store == own)
                # A bulk decision tells row by row what became of it, on the page that follows.
                wanted = 302 if wanted == 404 and name == "proposals-act" else wanted
                if response.status_code != wanted:
                    wrong.append((name, method, store, response.status_code, wanted))
                if who != "outsider" and CANARY in response.told:
                    wrong.append((name, method, store, "canary"))
    assert wrong == []


def test_a_bulk_decision_on_foreign_rows_changes_nothing(world: World) -> None:
    client = Client()
    client.force_login(world.people["coo"])
    foreign = world.ids[FOREIGN]["proposal"]
    for action in ("approve", "reject", "snooze", "undo"):
        body = {"action": action, "ids": str(foreign), "until": "2026-12-20"}
        assert client.post("/desk/proposals/act/", body, follow=True).status_code == 200
    assert Intervention.objects.get(pk=foreign).state == "proposed"


def test_any_single_foreign_id_is_as_good_as_none(world: World, visit: Visit) -> None:
    """Of an address with two numbers either may be the foreign one."""
    mixed = {**world.ids[OWN], "entry": world.ids[FOREIGN]["entry"]}
    assert visit("coo", "get", "intervention-file", mixed).status_code == 404
    mixed = {**world.ids[OWN], "done": world.ids[FOREIGN]["done"]}
    assert visit("coo", "get", "intervention-file", mixed).status_code == 404
    assert visit("coo", "get", "intervention-file", world.ids[OWN]).status_code == 200


def test_a_foreign_store_answers_as_one_that_is_not_there(visit: Visit, world: World) -> None:
    foreign, none = (visit("coo", "post", "store", {}, store=name) for name in (FOREIGN, "nowhere"))
    assert (foreign.status_code, none.status_code) == (404, 404)


def part_holder(world: World) -> None:
    person = person_make("part", PASSWORD)
    grant_give(person, "store_manager", None, store=OWN, categories=["plain-cups"])
    world.people["part"] = person


def test_whoever_holds_a_category_reads_of_no_other_and_no_total(world: World, visit: Visit) -> None:
    part_holder(world)
    wrong = []
    for name, rule in RULES.items():
        for method in ("get", "post"):
            if not getattr(rule, method):
                continue
            for ids in (world.ids[OWN], {**world.ids[OWN], "proposal": world.ids[OWN]["hidden"]}):
                text = visit("part", method, name, ids).told
                wrong += [(name, method, word) for word in (HIDDEN, CANARY, *FIGURES) if word in text]
    assert wrong == []
    assert visit("part", "get", "proposal", {"proposal": world.ids[OWN]["hidden"]}).status_code == 404
    assert visit("part", "get", "upload", world.ids[OWN]).status_code == 404
    assert visit("part", "get", "run", world.ids[OWN]).status_code == 404
    assert visit("part", "post", "settings-budget", world.ids[OWN]).status_code == 403
    assert visit("part", "post", "settings-stop", world.ids[OWN]).status_code == 403
    today = visit("part", "get", "today", {}).told
    assert "12,345,678" in today or "12.35" in today, "the figures of his own category are there"
    assert "plain-cups" in today


def test_the_canaries_can_be_seen_by_those_whose_they_are(world: World, visit: Visit) -> None:
    """The control: without it the test above would pass on empty pages."""
    seen = [visit("coo", "get", name, world.ids[OWN]).told for name in ("today", "imports", "settings", "upload")]
    assert all(HIDDEN in text for text in seen)
    assert any(figure in seen[0] for figure in FIGURES)
    assert CANARY in visit("outsider", "get", "today", world.ids[FOREIGN]).told


def test_whoever_holds_a_function_sees_its_figures_and_not_the_stores(world: World, visit: Visit) -> None:
    text = visit("buyer", "get", "today", {}).told
    assert "purchasing" in text
    shown = text + visit("buyer", "get", "imports", {}).told + visit("buyer", "get", "company", {}).told
    assert not any(figure in shown for figure in FIGURES), "neither the store's money nor how many orders it has"


def test_profit_is_shown_to_those_whose_role_says_so(world: World, visit: Visit) -> None:
    assert "Contribution profit" in visit("analyst", "get", "today", {}).told
    shown = visit("viewer", "get", "today", {}).told
    assert "Paid amount" in shown
    assert "Contribution profit" not in shown


def test_nothing_was_kept_of_all_this(world: World, visit: Visit) -> None:
    visit("coo", "post", "settings-revoke", world.ids[OWN])
    assert StandingApproval.objects.filter(revoked_at=None).count() == 2
    assert Upload.objects.filter(state="dropped").count() == 0


def test_whoever_holds_a_category_brings_no_facts_of_all(world: World, visit: Visit) -> None:
    part_holder(world)
    for name in ("imports-receive", "upload-confirm", "upload-drop"):
        assert visit("part", "post", name, world.ids[OWN]).status_code == 403, name
    assert visit("buyer", "post", "imports-receive", world.ids[OWN]).status_code == 400, "a function is no such limit"

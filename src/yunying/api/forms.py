"""What requests and answers look like. Money is whole minor units beside its currency; days are ISO dates."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StrictInt

LARGEST = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST)]
Minor = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
Day = Annotated[date, Field(ge=date(1971, 1, 1), le=date(2200, 12, 31))]
Limit = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=500)]
Action = Literal["approve", "reject", "snooze", "undo"]


class Asked(Schema):
    """A body; what it does not know it refuses, so that a misspelt field is not passed over in silence."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    row: int = Field(description="the row of the body from 1; 0 where none is meant")
    column: str
    what: str
    remedy: str


class ErrorTold(Schema):
    code: str = Field(description="a stable word for programs")
    what: str
    remedy: str
    problems: list[Problem] | None = None


class ErrorAnswer(Schema):
    error: ErrorTold


class StoreShown(Schema):
    store: str
    title: str
    currency: str
    time_zone: str
    today: date | None = Field(description="the day on which its facts stand")
    is_stopped: bool
    may: list[str] = Field(description="what this token may do in it")


class StoreList(Schema):
    items: list[StoreShown]


class MetricShown(Schema):
    slug: str
    title_en: str
    title_zh: str
    formula: str
    unit: str
    direction: str
    additivity: str
    dimensions: list[str]


class MetricList(Schema):
    items: list[MetricShown]


class MetricFigures(Schema):
    store: str
    currency: str
    start: date = Field(description="the first day that counts")
    end: date = Field(description="the first day that no longer counts")
    by: list[str]
    units: dict[str, str]
    compared: dict[str, Any] | None
    rows: list[dict[str, Any]]
    notes: list[str]


class InterventionShown(Schema):
    id: int
    store: str
    state: str
    revision: int
    origin: str
    practice: str
    kind: str
    version: int
    subject: str
    category: str
    title_en: str
    title_zh: str
    currency: str
    low_minor: int | None
    mid_minor: int | None
    high_minor: int | None
    effect_days: int
    delay_loss_minor: int
    cost_minor: int
    is_reversible: bool
    is_edited: bool
    arm: str
    as_of: date
    expires_date: date
    snoozed_until: date | None
    applied_date: date | None
    reference: str
    note: str
    owner: str | None
    created_at: datetime
    changed_at: datetime


class InterventionPage(Schema):
    items: list[InterventionShown]
    next: str | None


class Step(Schema):
    revision: int
    at: datetime
    date: date
    actor: str | None
    from_state: str
    to_state: str
    action: str
    reason: str
    detail: dict[str, Any]


class Look(Schema):
    as_of: date
    is_final: bool
    is_measured: bool
    method: str
    reason_en: str
    reason_zh: str
    currency: str
    low_minor: int | None
    mid_minor: int | None
    high_minor: int | None
    credits: list[dict[str, Any]]


class Sending(Schema):
    purpose: str
    state: str
    attempts: int
    error: str
    reference: str | None
    summary_en: str | None
    summary_zh: str | None


class InterventionWhole(InterventionShown):
    params: dict[str, Any]
    evidence: dict[str, Any]
    design: dict[str, Any]
    history: list[Step]
    sendings: list[Sending]
    measurements: list[Look]


class Decide(Asked):
    revision: Id | None = Field(None, description="the revision that was looked at; another one is refused")
    reason: Text = ""
    until: Day | None = Field(None, description="for snooze: until which day")


class DecideMany(Decide):
    action: Action
    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]
    revisions: dict[str, Id] = Field({}, description="id to the revision that was looked at", max_length=1000)
    revision: None = None


class EditAsked(Asked):
    params: dict[str, Any]
    revision: Id | None = None


class OutcomeShown(Schema):
    id: int
    is_done: bool
    error: ErrorTold | None


class Outcomes(Schema):
    items: list[OutcomeShown]


class Expected(Asked):
    low_minor: Minor
    mid_minor: Minor
    high_minor: Minor


class ComposeAsked(Asked):
    kind: Annotated[str, Field(max_length=40)]
    version: Annotated[int, Field(ge=1, le=1000)] = 1
    params: dict[str, Any]
    title: Annotated[str, Field(max_length=300)] = ""
    note: Text = ""
    expected: Expected | None = None
    effect_days: Annotated[int, Field(ge=1, le=730)] = 28


class Reason(Asked):
    reason: Text = ""


class BudgetShown(Schema):
    id: int
    store: str
    practice: str
    channel: str
    campaign: str
    person: str | None
    stops: bool
    start_date: date
    end_date: date
    currency: str
    cap_minor: int
    reserved_minor: int
    spent_minor: int


class BudgetList(Schema):
    items: list[BudgetShown]


class BudgetAsked(Asked):
    practice: Annotated[str, Field(max_length=60)] = Field("", description="empty for all practices")
    channel: Annotated[str, Field(max_length=100)] = Field("", description="empty for all channels")
    campaign: Annotated[str, Field(max_length=100)] = Field("", description="empty for all campaigns")
    person: Annotated[str, Field(max_length=150)] = Field("", description="log-in name; empty for everybody")
    stops: bool = Field(True, description="false: what does not fit is not refused, only shown")
    start_date: Day
    end_date: Day
    cap_minor: Minor


class RunShown(Schema):
    id: int
    store: str
    kind: str
    state: str
    step: str
    share: float
    requested_by: str | None
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    as_of: date | None
    error: dict[str, Any] | None


class RunWhole(RunShown):
    result: dict[str, Any]


class RunPage(Schema):
    items: list[RunShown]
    next: str | None


class RunAsked(Asked):
    kind: Literal["day", "propose", "measure", "dispatch"]


class FactTableShown(Schema):
    table: str
    meaning: str
    key: list[str]
    columns: list[dict[str, Any]]


class FactTableList(Schema):
    items: list[FactTableShown]


class FactsAsked(Asked):
    rows: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=1000)] = Field(
        description="rows by column; `id` names the row, so that it is recorded once however often it is sent"
    )


class FactsTaken(Schema):
    store: str
    table: str
    accepted: int
    duplicates: int
    conflicts: list[str]


class Trouble(Schema):
    id: int
    table: str
    kind: str
    row_id: str
    what: str
    content: dict[str, Any]
    at: datetime


class InboxShown(Schema):
    waiting: int
    set_aside: int
    items: list[Trouble]
    next: str | None


class EndpointAsked(Asked):
    url: Annotated[str, Field(max_length=500)]
    events: Annotated[list[str], Field(min_length=1, max_length=20)]


class EndpointShown(Schema):
    id: int
    store: str
    url: str
    events: list[str]
    made_at: datetime


class EndpointMade(EndpointShown):
    secret: str


class EndpointList(Schema):
    items: list[EndpointShown]


class DeliveryShown(Schema):
    id: int
    key: str
    event: str
    state: str
    attempts: int
    status: int | None
    error: str
    made_at: datetime
    done_at: datetime | None


class DeliveryPage(Schema):
    items: list[DeliveryShown]
    next: str | None


class Ended(Schema):
    is_ended: bool


class TaskShown(Schema):
    id: int
    store: str
    intervention: int | None
    title: str
    note: str
    owner: str = Field(description="log-in name of whoever is to do it")
    giver: str = Field(description="log-in name of whoever gave it")
    due_date: date | None
    state: Literal["open", "done"]
    is_returned: bool = Field(description="it came back because its owner no longer sees what it is about")
    revision: int = Field(description="counts its changes; send it back so that nothing is changed unseen")
    given_at: datetime
    done_at: datetime | None


class TaskPage(Schema):
    items: list[TaskShown]
    next: str | None


class TaskAsked(Asked):
    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    owner: Annotated[str, Field(max_length=150)] = Field(description="log-in name; whoever sees what it is about")
    intervention: Id | None = None
    due_date: Day | None = None
    note: Text = ""


class TaskChange(Asked):
    to: Annotated[str, Field(max_length=150)] = Field("", description="log-in name, to hand over")
    revision: Id | None = Field(None, description="the one that was looked at")
    note: Text = ""

"""What the ledger keeps. Only this package imports these models; states change through ``services``."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yunying.interventions import states

STATE_CHOICES = [(state, titles[0]) for state, titles in states.TITLES.items()]
ORIGINS = ("practice", "person", "standing", "observed")
PERSON = settings.AUTH_USER_MODEL


class Store(models.Model):
    """A store as the desk knows it: what every amount and date on a page stands on."""

    slug = models.CharField(max_length=63, unique=True)
    title = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=60)
    connector = models.CharField(max_length=40, default="csv")
    today_date = models.DateField(null=True)
    snapshot = models.BigIntegerField(default=0)
    is_stopped = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.slug


class Setting(models.Model):
    """A store's own value of one threshold of a practice's policy."""

    store = models.CharField(max_length=63)
    practice = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    value = models.JSONField()
    reason = models.CharField(max_length=300, blank=True)
    changed_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "practice", "name"], name="one_value_per_setting"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.practice}.{self.name} = {self.value}"


class Budget(models.Model):
    """Cash that commands may commit in a half-open period. Only conditional updates touch the counters.

    What is left empty is not limited by it: a budget of a channel covers the channel whatever the practice. One that
    does not stop only warns.
    """

    store = models.CharField(max_length=63)
    practice = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=100, blank=True)
    campaign = models.CharField(max_length=100, blank=True)
    person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    stops = models.BooleanField(default=True)
    start_date = models.DateField()
    end_date = models.DateField()
    cap_minor = models.BigIntegerField()
    reserved_minor = models.BigIntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end_date__gt=F("start_date")), name="a_budget_holds_days"),
            models.CheckConstraint(
                condition=Q(cap_minor__gte=0, reserved_minor__gte=0, spent_minor__gte=0), name="no_budget_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(stops=False) | Q(cap_minor__gte=F("reserved_minor") + F("spent_minor")),
                name="no_budget_passes_its_cap",
            ),
            models.UniqueConstraint(
                fields=["store", "practice", "channel", "campaign", "start_date"], condition=Q(person=None),
                name="one_budget_per_start",
            ),
            models.UniqueConstraint(
                fields=["store", "practice", "channel", "campaign", "person", "start_date"],
                condition=Q(person__isnull=False), name="one_budget_of_a_person_per_start",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        parts = (self.store, self.practice, self.channel, self.campaign, str(self.person_id or ""), self.start_date)
        return " ".join(str(part) for part in parts if part)


class BudgetMove(models.Model):
    """Cap moved from one budget to another: done at once, or asked for until a second person agrees."""

    STATES = ("asked", "done", "rejected", "reverted")

    store = models.CharField(max_length=63)
    source = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, default="asked")
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="a_move_moves_something"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="a_move_has_two_ends"),
        ]
        indexes: ClassVar = [models.Index(fields=["store", "-id"], name="moves_of_a_store")]

    def __str__(self) -> str:
        return f"{self.store}: {self.amount_minor} from {self.source_id} to {self.target_id}, {self.state}"


class Run(models.Model):
    """Something that the loop did or is asked to do."""

    KINDS = ("day", "propose", "dispatch", "measure", "advance", "draft", "import", "report")

    store = models.CharField(max_length=63)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=20, default="requested")
    params = models.JSONField(default=dict)
    requested_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    attempts = models.IntegerField(default=0)
    step = models.CharField(max_length=120, blank=True)
    share = models.FloatField(default=0.0)
    as_of = models.DateField(null=True)
    snapshot = models.BigIntegerField(null=True)
    record = models.CharField(max_length=120, blank=True)
    result = models.JSONField(default=dict)
    error = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "id"], name="runs_to_do"),
            models.Index(fields=["store", "-id"], name="runs_of_a_store"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.state}"


class Upload(models.Model):
    """A file that somebody gave at the desk: drafted, then imported, by requested runs."""

    STATES = ("uploaded", "drafted", "importing", "imported", "refused", "dropped")

    store = models.CharField(max_length=63)
    name = models.CharField(max_length=255)
    path = models.CharField(max_length=255)
    size = models.BigIntegerField()
    kind = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=20, default="uploaded")
    mapping = models.TextField(blank=True)
    draft = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    error = models.JSONField(null=True)
    options = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "-id"], name="uploads_of_a_store")]

    def __str__(self) -> str:
        return f"{self.store}: {self.name}"


class Trial(models.Model):
    """A window in which some units keep the old rule, drawn before it began; the lists never change."""

    store = models.CharField(max_length=63)
    practice = models.CharField(max_length=60)
    unit = models.CharField(max_length=40)
    start_date = models.DateField()
    end_date = models.DateField()
    design = models.JSONField()
    eligible = models.JSONField(default=list)
    held_out = models.JSONField(default=list)
    is_closed = models.BooleanField(default=False)
    has_control_rule = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "practice", "start_date"], name="one_trial_per_window"),
            models.CheckConstraint(condition=Q(end_date__gt=F("start_date")), name="a_trial_holds_days"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.practice} {self.start_date}"


class StandingApproval(models.Model):
    """An approval in advance: practice and kind, up to an amount each, within a budget, until a day."""

    store = models.CharField(max_length=63)
    practice = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    most_minor = models.BigIntegerField()
    budget = models.ForeignKey(Budget, null=True, on_delete=models.PROTECT, related_name="+")
    until_date = models.DateField()
    given_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(most_minor__gte=0), name="a_standing_bound_from_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.practice} {self.kind} up to {self.most_minor}"


class Intervention(models.Model):
    """One intervention, from proposal to credit. ``revision`` counts its changes; every change names the one it saw."""

    store = models.CharField(max_length=63)
    origin = models.CharField(max_length=10)
    practice = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    category = models.CharField(max_length=100, blank=True)
    channel = models.CharField(max_length=100, blank=True)
    style = models.CharField(max_length=100, blank=True)
    composer = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    first_approver = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    proposal = models.CharField(max_length=120)
    title_en = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    kind = models.CharField(max_length=40)
    version = models.IntegerField(default=1)
    params = models.JSONField()
    currency = models.CharField(max_length=3)
    low_minor = models.BigIntegerField(null=True)
    mid_minor = models.BigIntegerField(null=True)
    high_minor = models.BigIntegerField(null=True)
    effect_days = models.IntegerField(default=0)
    delay_loss_minor = models.BigIntegerField(default=0)
    cost_minor = models.BigIntegerField(default=0)
    is_reversible = models.BooleanField(default=False)
    is_edited = models.BooleanField(default=False)
    arm = models.CharField(max_length=10, default="treated")
    as_of = models.DateField()
    expires_date = models.DateField()
    state = models.CharField(max_length=20, choices=STATE_CHOICES, default=states.PROPOSED)
    revision = models.IntegerField(default=1)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    trial = models.ForeignKey(Trial, null=True, on_delete=models.SET_NULL, related_name="+")
    budget = models.ForeignKey(Budget, null=True, on_delete=models.PROTECT, related_name="+")
    reserved_minor = models.BigIntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)
    owner = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    snoozed_until = models.DateField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    applied_date = models.DateField(null=True)
    reference = models.CharField(max_length=120, blank=True)
    is_reverting = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "proposal"], name="a_proposal_is_recorded_once"),
            models.CheckConstraint(
                condition=Q(cost_minor__gte=0, reserved_minor__gte=0, spent_minor__gte=0), name="no_cost_below_zero"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["store", "state", "-delay_loss_minor", "-mid_minor", "id"], name="ranked_by_delay"),
            models.Index(fields=["store", "practice", "state", "subject"], name="open_on_a_subject"),
            models.Index(fields=["store", "-changed_at"], name="newest_changes"),
            models.Index(fields=["trial", "state"], name="interventions_of_a_trial"),
            models.Index(fields=["store", "state", "expires_date", "id"], name="ranked_by_expiry"),
            models.Index(fields=["store", "state", "-mid_minor", "id"], name="ranked_by_profit"),
            models.Index(fields=["store", "state", "-cost_minor", "id"], name="ranked_by_cost"),
            models.Index(fields=["store", "state", "-changed_at", "-id"], name="newest_of_a_state"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.pk}: {self.title_en}"


class Proof(models.Model):
    """What a proposal shows for itself, apart from its row, so that lists stay light."""

    intervention = models.OneToOneField(Intervention, on_delete=models.CASCADE, related_name="proof")
    evidence = models.JSONField()
    design = models.JSONField()

    def __str__(self) -> str:
        return f"proof of {self.intervention_id}"


class Transition(models.Model):
    """One step of an intervention's life."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="transitions")
    revision = models.IntegerField()
    at = models.DateTimeField()
    date = models.DateField()
    actor = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    action = models.CharField(max_length=30)
    reason = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict)
    is_published = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["intervention", "revision"], name="one_step_per_revision"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="steps_to_publish", condition=Q(is_published=False)),
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id}: {self.from_state} > {self.to_state}"


class BudgetEntry(models.Model):
    """One movement of a budget; the counters are the sums of these."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="entries")
    intervention = models.ForeignKey(Intervention, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    date = models.DateField(null=True)
    reserved_minor = models.BigIntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.budget_id}: {self.reserved_minor:+} {self.spent_minor:+}"


class Outbox(models.Model):
    """A command on its way to a connector; written with the approval, taken by one worker at a time."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="outbox")
    store = models.CharField(max_length=63)
    key = models.CharField(max_length=120, unique=True)
    purpose = models.CharField(max_length=10, default="apply")
    command = models.JSONField()
    state = models.CharField(max_length=20, default="waiting")
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    error = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "store", "id"], name="outbox_to_do")]

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"


class ReceiptRow(models.Model):
    """What the connector answered; one per command, however often it was sent."""

    outbox = models.OneToOneField(Outbox, on_delete=models.CASCADE, related_name="receipt")
    at = models.DateTimeField()
    content = models.JSONField()
    is_published = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"receipt of {self.outbox_id}"


class Measurement(models.Model):
    """What a trial, or one intervention, brought as far as could be told on a day."""

    store = models.CharField(max_length=63)
    practice = models.CharField(max_length=60)
    trial = models.ForeignKey(Trial, null=True, on_delete=models.CASCADE, related_name="measurements")
    intervention = models.ForeignKey(Intervention, null=True, on_delete=models.CASCADE, related_name="measurements")
    as_of = models.DateField()
    at = models.DateTimeField()
    is_final = models.BooleanField(default=False)
    is_newest = models.BooleanField(default=True)
    is_measured = models.BooleanField()
    method = models.CharField(max_length=60)
    reason_en = models.CharField(max_length=500, blank=True)
    reason_zh = models.CharField(max_length=500, blank=True)
    currency = models.CharField(max_length=3)
    low_minor = models.BigIntegerField(null=True)
    mid_minor = models.BigIntegerField(null=True)
    high_minor = models.BigIntegerField(null=True)
    early_low_minor = models.BigIntegerField(null=True)
    early_high_minor = models.BigIntegerField(null=True)
    expected_minor = models.BigIntegerField(null=True)
    interventions = models.IntegerField(default=0)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "as_of"], name="one_look_at_a_trial_per_day"),
            models.UniqueConstraint(fields=["intervention", "as_of"], name="one_look_at_an_intervention_per_day"),
            models.CheckConstraint(
                condition=Q(is_measured=False) | Q(low_minor__isnull=False, mid_minor__isnull=False),
                name="a_measurement_has_figures",
            ),
            models.CheckConstraint(
                condition=Q(is_measured=True) | (Q(mid_minor__isnull=True) & ~Q(reason_en="")),
                name="what_is_not_measured_has_a_reason_and_no_figure",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["store", "-as_of", "-id"], name="newest_measurements")]

    def __str__(self) -> str:
        return f"{self.store} {self.practice} {self.as_of}"


class Credit(models.Model):
    """A person's share of what was measured; only where the interval's lower end is above zero."""

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="credits")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    interventions = models.IntegerField()
    low_minor = models.BigIntegerField()
    mid_minor = models.BigIntegerField()
    high_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measurement", "person"], name="one_credit_per_person"),
            models.CheckConstraint(condition=Q(low_minor__gt=0), name="no_credit_without_a_measured_gain"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.mid_minor}"


class Report(models.Model):
    """What the loop worked out for the desk on a day, so that pages need no engine."""

    store = models.CharField(max_length=63)
    name = models.CharField(max_length=40)
    as_of = models.DateField()
    content = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "name", "as_of"], name="one_report_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.name} {self.as_of}"

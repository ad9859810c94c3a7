"""A proposal: what a practice or a person wants done, what it should earn, and how that will be measured."""

from dataclasses import dataclass
from datetime import date

from yunying.kernel.command import Command
from yunying.kernel.errors import InternalError
from yunying.kernel.evidence import Evidence
from yunying.kernel.results import Abstention


@dataclass(frozen=True)
class MoneyInterval:
    """A central estimate with its 80 % interval, in minor units of the store's currency; low <= mid <= high."""

    low_minor: int
    mid_minor: int
    high_minor: int

    def __post_init__(self) -> None:
        if not self.low_minor <= self.mid_minor <= self.high_minor:
            raise InternalError(f"an interval must be ordered: {self}")


@dataclass(frozen=True)
class MeasurementDesign:
    """How the effect will be measured, chosen before the intervention starts.

    Args:
        unit: what is drawn into treated and held out, such as ``product``.
        control: the rule that the held-out units keep, named.
        holdout_rate: the share of units held out, 0 to 1.
        window_days: how long the effect is measured.
        metric: the metric of the dictionary that is compared.
        guardrails: metrics that must not get worse.
    """

    unit: str
    control: str
    holdout_rate: float
    window_days: int
    metric: str
    guardrails: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """One decision, priced and explained.

    Args:
        id: stable for the same practice, store, subject and as_of.
        practice: slug of the practice, or ``person``.
        subject: the key it concerns, such as a product or a supplier.
        effect: expected change of contribution profit against not acting, over ``effect_days``.
        delay_loss_minor: expected contribution profit that one day of delay loses; the list is ordered by it.
        cost_minor: cash that the command commits.
        reversible: whether the command can be undone without loss.
        expires_date: the first store-local date on which the proposal no longer holds.
    """

    id: str
    practice: str
    store: str
    subject: str
    title_en: str
    title_zh: str
    command: Command
    currency: str
    effect: MoneyInterval
    effect_days: int
    delay_loss_minor: int
    cost_minor: int
    reversible: bool
    as_of: date
    expires_date: date
    evidence: Evidence
    design: MeasurementDesign


@dataclass(frozen=True)
class Decision:
    """What a practice answers: proposals, most urgent first, and what it declined to propose."""

    proposals: tuple[Proposal, ...]
    abstentions: tuple[Abstention, ...]

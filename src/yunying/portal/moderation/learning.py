"""What was learned from the operator's own decisions: fitted by a turn, never in a request."""

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import transaction

from yunying.audit.log import Change, audit_record
from yunying.portal.moderation.models import LearnedModel, Submission

if TYPE_CHECKING:
    from yunying.methods.moderation.model import Model

MOST_EXAMPLES, NEW_DECISIONS = 20_000, 20
STARTER_OF_EACH, STARTER_SEED = 12, 7


def spam_probability(site: str, text: str) -> float | None:
    """How likely a text is one that this site's people hide; None while nothing was learned."""
    newest = LearnedModel.objects.filter(site=site).order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return None
    return float(_loaded(newest).probability([text])[0])


def model_refit(site: str, now: datetime) -> bool:
    """Learn from the newest decisions of people beside the made posts; whether there was enough new to learn from."""
    decided = Submission.objects.filter(site=site).exclude(decided_by__in=("", "system")).exclude(state="waiting")
    count = decided.count()
    newest = LearnedModel.objects.filter(site=site).order_by("-pk").first()
    if newest is not None and count < newest.decisions + NEW_DECISIONS:
        return False
    examples = list(decided.order_by("-decided_at").values_list("title", "text", "state")[:MOST_EXAMPLES])
    content = _fitted([(f"{title} {text}".strip(), int(state == "hidden")) for title, text, state in examples])
    with transaction.atomic():
        row = LearnedModel.objects.create(site=site, content=content, decisions=count, made_at=now)
        LearnedModel.objects.filter(site=site, pk__lt=row.pk).delete()
        change = Change("moderation-model", f"model/{row.pk}", after={"decisions": count, "bytes": len(content)})
        audit_record(site, "system", now, [change])
    return True


def _fitted(examples: list[tuple[str, int]]) -> bytes:
    # The numerical libraries take a third of a second to load, which a page that judges nothing need not wait for.
    import numpy as np

    from yunying.methods.moderation.model import fit
    from yunying.methods.moderation.starter import starter_texts

    texts, labels = starter_texts(np.random.default_rng(STARTER_SEED), STARTER_OF_EACH)
    return fit(
        [*texts, *(text for text, _label in examples)], [*labels, *(label for _text, label in examples)]
    ).dumped()


@lru_cache(maxsize=4)
def _loaded(number: int) -> "Model":
    from yunying.methods.moderation.model import model_load

    return model_load(bytes(LearnedModel.objects.get(pk=number).content))

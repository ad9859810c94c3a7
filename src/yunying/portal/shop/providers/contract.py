"""What every payment provider does, and how its notices are read."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Protocol

from django.conf import settings

from yunying.kernel.errors import OperatorError

KINDS = ("paid", "failed")


@dataclass(frozen=True)
class Due:
    """What is to be paid, under a reference of ours."""

    reference: str
    amount_minor: int
    currency: str
    order_number: str


@dataclass(frozen=True)
class Start:
    """How the buyer goes on: a page of the provider, or the words for a transfer; neither where nothing is to do."""

    pay_at: str = ""
    transfer_words: str = ""


@dataclass(frozen=True)
class Notice:
    """One thing that a provider says happened. Its identity is the notice's, its charge is the money's."""

    identity: str
    reference: str
    kind: str
    charge: str
    amount_minor: int
    currency: str


class Provider(Protocol):
    """A way to pay.

    Attributes:
        slug: its name in rows and addresses.
        hold: how long an order's stock is held for its payment.
        accepts_unpaid: whether the order is shipped before it is paid.
    """

    slug: str
    hold: timedelta
    accepts_unpaid: bool

    def start(self, due: Due) -> Start:
        """Begin a payment; again with the same reference is the same payment."""

    def read(self, body: bytes, signature: str) -> Sequence[Notice]:
        """The notices of a body, if the signature is the provider's; else OperatorError."""

    def known(self, reference: str) -> Sequence[Notice]:
        """All that the provider knows of a payment; ConnectorError where it does not answer."""

    def refund(self, charge: str, amount_minor: int, currency: str, *, key: str) -> str:
        """Send money back once for a key: ``done``, or ``asked`` where a person has to do it."""


class ByHand:
    """What providers share that nobody can ask: people report for them, and send money back."""

    slug: str

    def read(self, body: bytes, signature: str) -> Sequence[Notice]:
        """The notices of a body; see ``Provider``."""
        return notices_read(self.slug, body, signature)

    def known(self, reference: str) -> Sequence[Notice]:
        """Nothing: it is not asked, it reports."""
        return ()

    def refund(self, charge: str, amount_minor: int, currency: str, *, key: str) -> str:
        """Asked for: a transfer that a person makes."""
        return "asked"


def notices_written(slug: str, notices: Sequence[Notice]) -> tuple[bytes, str]:
    """A body of notices with its signature, as whoever reports for a provider sends it."""
    body = json.dumps([asdict(notice) for notice in notices], ensure_ascii=False).encode()
    return body, _signature(slug, body)


def notices_read(slug: str, body: bytes, signature: str) -> tuple[Notice, ...]:
    """The notices of a signed body."""
    if not hmac.compare_digest(signature.encode(), _signature(slug, body).encode()):
        raise OperatorError("bad-signature", "The notice is not signed by the provider.", "Check the provider's key.")
    try:
        rows = json.loads(body)
        return tuple(_notice(row) for row in rows)
    except (ValueError, TypeError, KeyError) as error:
        raise OperatorError(
            "bad-notice", f"The notice cannot be read: {error}.", "Send it in the agreed form."
        ) from error


def _notice(row: dict[str, Any]) -> Notice:
    notice = Notice(**row)
    texts = (notice.identity, notice.reference, notice.charge, notice.currency)
    is_form = (
        all(isinstance(text, str) and len(text) <= 80 for text in texts)
        and notice.identity and notice.kind in KINDS and (notice.charge or notice.kind == "failed")
        and type(notice.amount_minor) is int and 0 <= notice.amount_minor < 2**53 and len(notice.currency) == 3
        and len(notice.reference) <= 40
    )  # fmt: skip
    if not is_form:
        raise ValueError("a field is missing or out of range")
    return notice


def _signature(slug: str, body: bytes) -> str:
    key = hashlib.sha256(f"shop notices {slug} {settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, body, hashlib.sha256).hexdigest()

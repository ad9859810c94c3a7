"""A simulated payment gateway with books of its own, which can misbehave in the ways that real ones do."""

import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from yunying.kernel.errors import ConnectorError, OperatorError
from yunying.portal.shop.models import SimulatedCharge
from yunying.portal.shop.providers.contract import Due, Notice, Start, notices_read, notices_written

Delivery = tuple[bytes, str]
MISCHIEF = (
    "none", "early", "late", "double", "two-charges", "amount", "currency", "lost", "slow", "out-of-order", "down",
)  # fmt: skip
"""How it misbehaves. ``slow`` charges and then does not answer in time; ``down`` does not answer at all."""


class GatewaySimulator:
    """Charges at its own page. ``deliver`` takes what is sent before the answer to ``start``."""

    slug = "gateway-simulator"
    hold = timedelta(minutes=30)
    accepts_unpaid = False

    def __init__(self, mischief: str = "none", deliver: Callable[[bytes, str], object] | None = None) -> None:
        self.mischief = mischief
        self.deliver = deliver

    def start(self, due: Due) -> Start:
        if self.mischief == "down":
            raise ConnectorError("The gateway does not answer.", retryable=True)
        SimulatedCharge.objects.get_or_create(
            reference=due.reference, defaults={"amount_minor": due.amount_minor, "currency": due.currency}
        )
        if self.mischief == "early" and self.deliver is not None:
            for body, signature in self.pay(due.reference):
                self.deliver(body, signature)
        if self.mischief == "slow":
            self.pay(due.reference)
            raise ConnectorError("The gateway did not answer in time.", retryable=True)
        return Start(pay_at=reverse("shop:gateway", args=[due.reference]))

    def pay(self, reference: str) -> list[Delivery]:
        """The buyer pays at the gateway's page; what it sends to the shop, in the order in which it arrives."""
        with transaction.atomic():
            row = self._row(reference)
            if row.state != "open":
                return []
            amount = row.amount_minor + (1 if self.mischief == "amount" else 0)
            currency = {"CNY": "USD"}.get(row.currency, "CNY") if self.mischief == "currency" else row.currency
            count = 2 if self.mischief == "two-charges" else 1
            row.charges = [
                {"charge": f"{reference}.{secrets.token_hex(4)}", "amount_minor": amount, "currency": currency}
                for _ in range(count)
            ]
            row.state = "paid"
            row.save(update_fields=["charges", "state"])
        if self.mischief in ("lost", "slow"):
            return []
        notices = self._paid(row)
        if self.mischief == "double":
            # The same notice again, and the same money under another notice.
            notices = [notices[0], notices[0], *self._paid(row, again="-again")]
        if self.mischief == "out-of-order":
            notices = [*notices, Notice(f"n_{reference}_first_try", reference, "failed", "", amount, currency)]
        return [notices_written(self.slug, [notice]) for notice in notices]

    def decline(self, reference: str) -> list[Delivery]:
        """The buyer, or his bank, says no."""
        if not SimulatedCharge.objects.filter(reference=reference, state="open").update(state="declined"):
            return []
        return [notices_written(self.slug, self.known(reference))]

    def read(self, body: bytes, signature: str) -> Sequence[Notice]:
        return notices_read(self.slug, body, signature)

    def known(self, reference: str) -> Sequence[Notice]:
        if self.mischief == "down":
            raise ConnectorError("The gateway does not answer.", retryable=True)
        row = SimulatedCharge.objects.filter(reference=reference).first()
        if row is None:
            return ()
        if row.state == "declined":
            return (Notice(f"n_{reference}_declined", reference, "failed", "", row.amount_minor, row.currency),)
        return tuple(self._paid(row))

    def refund(self, charge: str, amount_minor: int, currency: str, *, key: str) -> str:
        if self.mischief == "down":
            raise ConnectorError("The gateway does not answer.", retryable=True)
        with transaction.atomic():
            row = SimulatedCharge.objects.select_for_update().filter(reference=charge.partition(".")[0]).first()
            if row is None:
                raise ConnectorError("The gateway knows no such charge.", retryable=False)
            taken = sum(each["amount_minor"] for each in row.charges)
            if key not in row.refunds:
                if sum(row.refunds.values()) + amount_minor > taken or currency != row.currency:
                    raise ConnectorError("The gateway refuses a refund above the charge.", retryable=False)
                row.refunds[key] = amount_minor
                row.save(update_fields=["refunds"])
        if self.mischief == "slow":
            raise ConnectorError("The gateway did not answer in time.", retryable=True)
        return "done"

    def due_at(self, reference: str) -> SimulatedCharge:
        """What its page shows."""
        row = SimulatedCharge.objects.filter(reference=reference).first()
        if row is None:
            raise OperatorError("no-payment", "The gateway knows no such payment.", "Open your order again.")
        return row

    def _row(self, reference: str) -> SimulatedCharge:
        row = SimulatedCharge.objects.select_for_update().filter(reference=reference).first()
        if row is None:
            raise OperatorError("no-payment", "The gateway knows no such payment.", "Open your order again.")
        return row

    def _paid(self, row: SimulatedCharge, again: str = "") -> list[Notice]:
        return [
            Notice(f"n_{each['charge']}{again}", row.reference, "paid", each["charge"], each["amount_minor"],
                   each["currency"])
            for each in row.charges
        ]  # fmt: skip

"""Refusals in the visitor's language: services answer in English with a stable code, which is translated here."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunying.kernel.errors import OperatorError

KNOWN = {
    "out-of-stock": (
        gettext_noop("There is not enough of it any more."), gettext_noop("Take fewer, or something else."),
    ),
    "basket-changed": (
        gettext_noop("The basket or a price has changed."), gettext_noop("Look at the new total and order again."),
    ),
    "basket-empty": (gettext_noop("The basket is empty."), gettext_noop("Put something into it first.")),
    "basket-ordered": (gettext_noop("This basket was ordered already."), gettext_noop("Look at your order.")),
    "basket-full": (gettext_noop("The basket is full."), gettext_noop("Order what is in it first.")),
    "key-reused": (gettext_noop("This was sent before, with other details."), gettext_noop("Look at your order.")),
    "bad-quantity": (gettext_noop("This is not a quantity."), gettext_noop("Give a whole number from 0 to 999.")),
    "not-for-sale": (gettext_noop("Something is not for sale any more."), gettext_noop("Take it out first.")),
    "no-shipping": (gettext_noop("This way of shipping does not go there."), gettext_noop("Choose another one.")),
    "order-too-large": (gettext_noop("This order is too large."), gettext_noop("Split it into several.")),
    "coupon-unknown": (
        gettext_noop("This coupon does not hold."), gettext_noop("Check the code, or go on without it."),
    ),
    "coupon-minimum": (
        gettext_noop("The goods are worth too little for this coupon."), gettext_noop("Add something to it."),
    ),
    "coupon-used-up": (gettext_noop("This coupon is used up."), gettext_noop("Take it out and go on without it.")),
    "coupon-used-by-you": (
        gettext_noop("You have used this coupon already."), gettext_noop("Take it out and go on without it."),
    ),
    "weak-password": (
        gettext_noop("The password is too weak."), gettext_noop("Give at least 10 characters, no usual word."),
    ),
    "name-taken": (gettext_noop("This name is taken."), gettext_noop("Choose another one.")),
    "bad-name": (
        gettext_noop("This is no name to sign in with."), gettext_noop("Use 2 to 150 letters, digits and . @ + - _"),
    ),
    "too-many-guesses": (gettext_noop("Too many attempts."), gettext_noop("Wait a while, then try again.")),
    "wrong-password": (
        gettext_noop("Name and password do not fit."), gettext_noop("Check both, and capital letters."),
    ),
    "wrong-code": (gettext_noop("The code is wrong or was used."), gettext_noop("Wait for the next one.")),
    "bad-email": (gettext_noop("This is no mail address."), gettext_noop("Check it.")),
    "bad-proof": (gettext_noop("This link does not hold any more."), gettext_noop("Ask for another one.")),
    "not-a-member": (gettext_noop("This account works here."), gettext_noop("Ask whoever gave you the account.")),
    "book-full": (gettext_noop("The address book is full."), gettext_noop("Remove one first.")),
    "review-closed": (gettext_noop("Only what was delivered is reviewed."), gettext_noop("Wait until it is there.")),
    "no-stars": (gettext_noop("The stars are missing."), gettext_noop("Give one to five.")),
    "reviewed-already": (gettext_noop("This was reviewed already."), gettext_noop("Look at what you wrote.")),
    "nothing-said": (gettext_noop("There is no text."), gettext_noop("Write something.")),
    "conversation-full": (gettext_noop("This conversation is too long."), gettext_noop("Begin another one.")),
    "bad-question": (
        gettext_noop("Something is missing or too long."), gettext_noop("Look at the fields below."),
    ),
    "wrong-state": (gettext_noop("The order is past that."), gettext_noop("Look at where it stands below.")),
    "return-closed": (
        gettext_noop("Things are sent back within seven days of the delivery."), gettext_noop("Write to the shop."),
    ),
    "nothing-returned": (gettext_noop("Nothing is chosen."), gettext_noop("Choose what you send back.")),
    "returned-already": (gettext_noop("So many were not bought."), gettext_noop("Choose fewer.")),
    "no-purchase": (gettext_noop("There is no such purchase order."), gettext_noop("Check its number.")),
    "more-than-ordered": (
        gettext_noop("More came than are on their way."), gettext_noop("Receive the rest without a purchase order."),
    ),
    "books-disagree": (
        gettext_noop("The shop takes no orders and no money for a moment."),
        gettext_noop("Your basket stays as it is; come back soon."),
    ),
    "gateway-down": (gettext_noop("The payment page does not answer."), gettext_noop("Open this page again soon.")),
}  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    what: str
    remedy: str


def refusal_words(error: OperatorError) -> Refusal:
    """What the visitor reads; a code that he should never meet is shown as the service said it."""
    # What only the shop's people meet is listed word by word in their own room.
    what, remedy = KNOWN.get(error.code, (error.what, error.remedy))
    return Refusal(_(what), _(remedy))

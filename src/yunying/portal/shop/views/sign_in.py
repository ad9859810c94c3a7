"""Signing in and out, registering, and proving an address: for shoppers and for the shop's people alike."""

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yunying.accounts.addresses import address_of
from yunying.accounts.admission import admission_held, admission_hold, admitted
from yunying.accounts.guesses import guess_begin, guess_keys, guess_right
from yunying.accounts.people import Person, person_numbered
from yunying.accounts.second_factor import factor_check, factor_is_set
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.members import (
    Brought,
    member_by_email,
    member_join,
    member_prove,
    member_renew,
    proof_code,
    proof_read,
    proof_send,
)
from yunying.portal.shop.models import Shop
from yunying.portal.shop.views.frame import page as framed
from yunying.portal.shop.views.frame import shop_named, text_given

INVITE_COOKIE = "members_invite"
"""Where a browser keeps the code of the link by which somebody invited, until he registers."""


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, shop: str) -> HttpResponse:
    """A name or e-mail address and a password; an unknown name and a wrong password are answered alike."""
    the_shop = shop_named(shop)
    wanted = ours(request, the_shop, request.POST.get("next") or request.GET.get("next", ""))
    if request.method != "POST":
        return redirect(wanted) if request.user.is_authenticated else _gate(request, the_shop, wanted, None)
    name, password = text_given(request.POST, "username", 150), request.POST.get("password", "")[:4096]
    keys = guess_keys(name, address_of(request), request.COOKIES.get("device", ""))
    if guess_begin(keys, timezone.now()):
        return _gate(request, the_shop, wanted, _wait(), 429)
    person = authenticate(request, username=name, password=password)
    if person is None and (owner := member_by_email(name)) is not None:
        person = authenticate(request, username=owner.get_username(), password=password)
    if person is None:
        error = OperatorError("wrong-password", "Name and password do not fit.", "Check both, and capital letters.")
        return _gate(request, the_shop, wanted, error)
    guess_right(keys, timezone.now())
    if not factor_is_set(person):
        return _done(request, person, wanted)
    admission_hold(request, person, wanted)
    return redirect("shop:sign-in-code", shop)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, shop: str) -> HttpResponse:
    """The second step, where the account has one: a code by time, or one of recovery."""
    the_shop = shop_named(shop)
    held = admission_held(request)
    if held is None:
        return redirect("shop:sign-in", shop)
    person, wanted = held
    problem = None
    if request.method == "POST":
        try:
            if factor_check(person, request.POST.get("code", "")[:40], timezone.now()):
                return _done(request, person, ours(request, the_shop, wanted))
            problem = OperatorError("wrong-code", "The code is wrong or was used.", "Wait for the next one.")
        except OperatorError as error:
            problem = error
    return framed(request, the_shop, "sign_in_code", {}, problem)


@require_POST
def sign_out(request: HttpRequest, shop: str) -> HttpResponse:
    logout(request)
    return redirect("shop:list", shop)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, shop: str) -> HttpResponse:
    """Where mail is set up, by a link to an address; else by a name, and no order of a guest is joined."""
    the_shop = shop_named(shop)
    has_mail, sent, problem = bool(settings.EMAIL_HOST and settings.SHOP_ADDRESS), False, None
    if request.method == "POST":
        now, email = timezone.now(), text_given(request.POST, "email", 254)
        try:
            # Without mail nobody gives one, and a count that all share would keep everybody waiting.
            counted = [f"reset/{email.casefold()}"] if has_mail else []
            if guess_begin([*counted, f"address/{address_of(request)}"], now):
                raise _wait()
            if not has_mail:
                name = text_given(request.POST, "username", 150)
                brought = _brought(request, shop, "")
                person = member_join(name, request.POST.get("password", "")[:4096], now, brought=brought)
                return _done(request, person, reverse("shop:account", args=[shop]))
            _validated(email)
            proof_send(the_shop, email, now, code=_brought(request, shop, "").code)
            sent = True
        except OperatorError as error:
            problem = error
    content = {"has_mail": has_mail, "sent": sent, "name": text_given(request.POST, "username", 150)}
    return framed(request, the_shop, "register", content, problem)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def proof(request: HttpRequest, shop: str, proof: str) -> HttpResponse:
    """What a link from a mail opens: a new account, a new password, or an address for the account."""
    the_shop, now, problem = shop_named(shop), timezone.now(), None
    try:
        email, number = proof_read(proof)
    except OperatorError as error:
        return framed(request, the_shop, "register", {"has_mail": bool(settings.EMAIL_HOST), "sent": False}, error)
    owner = person_numbered(number) if number else member_by_email(email)
    if request.method == "POST":
        try:
            if number and owner is not None:
                member_prove(owner, email, now)
                return redirect("shop:account", shop)
            password = request.POST.get("password", "")[:4096]
            if owner is None:
                joined = member_join(
                    email, password, now, email=email, brought=_brought(request, shop, proof_code(proof))
                )
                return _done(request, joined, reverse("shop:account", args=[shop]))
            member_renew(owner, password, now)
            return redirect("shop:sign-in", shop)
        except OperatorError as error:
            problem = error
    content = {"email": email, "is_known": owner is not None, "is_of_account": bool(number)}
    return framed(request, the_shop, "proof", content, problem)


@require_POST
def prove(request: HttpRequest, shop: str) -> HttpResponse:
    """Ask for a link that proves an address of one's account."""
    the_shop, now = shop_named(shop), timezone.now()
    if not request.user.is_authenticated:
        return redirect("shop:sign-in", shop)
    email = text_given(request.POST, "email", 254)
    if settings.EMAIL_HOST and not guess_begin([f"reset/{email.casefold()}", f"address/{address_of(request)}"], now):
        _validated(email)
        proof_send(the_shop, email, now, request.user)
    return redirect(f"{reverse('shop:account', args=[shop])}?sent=1")


def ours(request: HttpRequest, shop: Shop, wanted: str) -> str:
    """An address of this site, or the account's page."""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else reverse("shop:account", args=[shop.slug])


def _brought(request: HttpRequest, shop: str, code: str) -> Brought:
    """The invitation that this browser opened, or that the mail's link remembers."""
    kept = code or request.COOKIES.get(INVITE_COOKIE, "")
    is_code = kept.isascii() and kept.isalnum() and len(kept) <= 16
    return Brought(shop, kept if is_code else "", request.COOKIES.get("device", "")[:500])


def _done(request: HttpRequest, person: Person, wanted: str) -> HttpResponse:
    return admitted(request, person, wanted, "/shop/")


def _gate(
    request: HttpRequest, shop: Shop, wanted: str, problem: OperatorError | None, status: int = 200
) -> HttpResponse:  # fmt: skip
    response = framed(
        request, shop, "sign_in", {"next": wanted, "name": text_given(request.POST, "username", 150)}, problem
    )
    response.status_code = status if status != 200 else response.status_code
    return response


def _wait() -> OperatorError:
    return OperatorError("too-many-guesses", "Too many attempts.", "Wait a while, then try again.")


def _validated(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise OperatorError("bad-email", "This is no mail address.", "Check it.") from error

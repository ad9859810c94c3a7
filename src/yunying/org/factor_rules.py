"""Where a second factor is required: in a company, or for a role wherever it is held."""

from datetime import datetime

from django.utils import timezone

from yunying.accounts.people import Person
from yunying.accounts.second_factor import factor_rule_set, factor_rules
from yunying.kernel.errors import OperatorError
from yunying.org.grants import grants_of, scope_of
from yunying.org.models import Company, Grant, Shop
from yunying.org.roles import ROLES
from yunying.org.scope import holds_on


def factor_is_required(person: Person) -> bool:
    """Whether a rule asks for the person's second factor today."""
    rules = set(factor_rules())
    if not rules:
        return False
    if person.is_superuser:
        return True
    today = timezone.now().date()
    return any(
        f"role/{grant.role}" in rules or f"company/{_company_of(grant)}" in rules
        for grant in grants_of(person) if holds_on(today, grant.start_date, grant.end_date)
    )  # fmt: skip


def factor_require(
    actor: Person | None, *, company: str = "", role: str = "", is_required: bool, now: datetime
) -> None:
    """Ask the people of a company, or of a role everywhere, for a second factor, or no longer.

    Raises:
        OperatorError: the company or role is unknown, or the actor does not lead every store that it is about.
    """
    if bool(company) == bool(role):
        raise OperatorError("bad-place", "A rule is about one thing.", "Name a company or a role.")
    if role and role not in ROLES:
        raise OperatorError("unknown-role", f"There is no role {role!r}.", f"Use one of: {', '.join(ROLES)}.")
    if company and not (Company.objects.filter(slug=company).exists() and _leads(actor, company)):
        raise OperatorError("unknown-company", f"There is no company {company!r}.", "Choose one of yours.")
    if role and not _leads(actor, ""):
        raise OperatorError("not-allowed", "A role is held in every company.", "Ask whoever leads all of them.")
    subject = f"company/{company}" if company else f"role/{role}"
    factor_rule_set(f"org/{company}" if company else "accounts", subject, is_required=is_required, actor=actor, now=now)


def factor_subjects(actor: Person) -> list[tuple[str, str, bool]]:
    """What the actor may rule on: kind, slug, and whether a second factor is required there."""
    rules = set(factor_rules())
    companies = [slug for slug in Company.objects.order_by("slug").values_list("slug", flat=True)
                 if _leads(actor, slug)]  # fmt: skip
    roles = list(ROLES) if companies and _leads(actor, "") else []
    pairs = [("company", slug) for slug in companies] + [("role", slug) for slug in roles]
    return [(kind, slug, f"{kind}/{slug}" in rules) for kind, slug in pairs]


def _leads(actor: Person | None, company: str) -> bool:
    """Whether the actor holds the highest rank over every store of a company, or of all companies."""
    if actor is None or actor.is_superuser:
        return True
    rows = Shop.objects.filter(brand__company__slug=company) if company else Shop.objects.all()
    scope, top = scope_of(actor, timezone.now().date()), ROLES["coo"].rank
    stores = list(rows.values_list("store", flat=True))
    return bool(stores) and all(scope.rank(store) >= top for store in stores)


def _company_of(grant: Grant) -> str:
    if grant.company is not None:
        return str(grant.company.slug)
    brand = grant.brand or grant.shop.brand
    return str(brand.company.slug)

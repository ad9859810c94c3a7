"""What roles of the organisation allow in the portal's shop of the same name as their store."""

from django.utils import timezone

from yunying.accounts.people import Person
from yunying.org.grants import scope_of

DEEDS = {
    "see": "see", "orders": "propose", "answer": "propose", "stock": "import", "money": "decide", "catalogue": "decide",
    "coupons": "decide", "members": "decide", "reviews": "decide", "talk": "decide", "rules": "decide",
}  # fmt: skip
"""Each deed of the portal, and the one of the organisation that it takes."""


def role_allows(person: Person, deed: str, shop: str) -> bool:
    """Whether a role that the person holds over the store of this name allows the deed."""
    scope = scope_of(person, timezone.now().date())
    if not scope.has_rules and not person.is_staff:
        # While nobody has a role, everybody may look at the desk; a shop's customers are not for everybody.
        return False
    # Who holds a part of the store only works at the desk, where each thing says which part it is.
    return any(area.is_whole for area in scope.areas_for(DEEDS[deed], shop))

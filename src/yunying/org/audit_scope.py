"""Which chains of the audit log a person may read."""

from yunying.org.models import Shop
from yunying.org.scope import Scope


def audit_chains_seen(scope: Scope, store: str) -> list[str]:
    """The store's own chain, its company's for who reads all its stores, and the accounts' for who reads everything.

    Somebody who sees a part of a store reads nothing: an entry does not say which part it is about.
    """
    if not scope.may("audit", store):
        return []
    shops = {row["store"]: row["brand__company__slug"]
             for row in Shop.objects.values("store", "brand__company__slug")}  # fmt: skip
    read = {each for each in shops if scope.may("audit", each)}
    company = shops.get(store)
    own = {each for each, slug in shops.items() if slug == company}
    return [store, *([f"org/{company}"] if company and own <= read else []),
            *(["accounts"] if read == set(shops) else [])]  # fmt: skip

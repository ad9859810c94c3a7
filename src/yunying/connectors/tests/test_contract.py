"""Every connector that is found keeps the contract, and the contract notices every way of breaking it."""

from pathlib import Path

import pytest

from yunying.connectors.contract import RULES, Bench
from yunying.connectors.manifest import connector_named, connectors_found
from yunying.connectors.trial import trial_of


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("slug", connectors_found())
def test_a_connector_keeps_the_rule(slug: str, rule: str, tmp_path: Path) -> None:
    RULES[rule](Bench(connector_named(slug), trial_of(slug), tmp_path))

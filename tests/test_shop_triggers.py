"""What the database does by itself for the shop, on PostgreSQL too, whose triggers are written apart."""

from pathlib import Path

import pytest

from tests.databases import own_environment
from tests.starting_line import asked

CHILD = Path(__file__).parent / "shop_triggers_child.py"


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def test_the_catalogues_version_moves_with_what_pages_show_and_invoices_stay(kind: str, tmp_path: Path) -> None:
    with own_environment(kind, tmp_path / "home") as environment:
        told = asked({**environment, "PYTHONPATH": str(CHILD.parents[1])}, CHILD)
    still = [name for name, moved in told["changes"].items() if not moved]
    assert still == []
    assert len(told["changes"]) >= 14
    assert told["plenty"] is False, "no page tells how many there are of what is there in plenty"
    assert told["undone"] is False, "a change that was taken back is no change"
    assert told["invoice"] == {"amount": "refused", "number": "refused", "gone": "refused", "unchanged": 1}

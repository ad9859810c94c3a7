"""Setting a layout by command: once for its key, with a dry run, and taken back only while nobody changed it since."""

import pytest
from django.test import Client

from yunying.audit.models import AuditEntry
from yunying.kernel.errors import OperatorError
from yunying.portal.facade import command_apply, command_undo
from yunying.portal.news.models import HomePage
from yunying.portal.news.tests.conftest import NOW
from yunying.portal.news.tests.written import column_found

PARTS = [{"kind": "newest", "count": 2, "heading": "Fresh"}, {"kind": "column", "column": "industry/ecommerce"}]


def applied(params: dict, key: str = "k1", **other: bool) -> object:
    return command_apply("teahouse", "set-layout", params, key=key, actor="desk", now=NOW, **other)


def kinds(page: HomePage) -> list[str]:
    page.refresh_from_db()
    return [block.block_type for block in page.layout]


def test_a_layout_is_set_once_and_taken_back(reader: Client, portal: HomePage) -> None:
    params = {"page": "home", "parts": PARTS}
    assert applied(params, dry_run=True).state == "would-apply"
    assert kinds(portal) == []
    receipt = applied(params)
    assert receipt.state == "applied"
    assert kinds(portal) == ["newest", "column"]
    assert "Fresh" in reader.get("/").content.decode()
    assert applied(params) == receipt, "the same key again is the same receipt"
    assert AuditEntry.objects.filter(store="teahouse", action="shop-set-layout").count() == 1
    assert command_undo("teahouse", "k1", actor="desk", now=NOW).state == "undone"
    assert kinds(portal) == []
    assert "Fresh" not in reader.get("/").content.decode()


def test_what_somebody_changed_since_is_not_undone(portal: HomePage) -> None:
    applied({"page": "industry", "parts": PARTS[:1]})
    applied({"page": "industry", "parts": PARTS}, key="k2")
    with pytest.raises(OperatorError, match="Somebody changed"):
        command_undo("teahouse", "k1", actor="desk", now=NOW)
    command_undo("teahouse", "k2", actor="desk", now=NOW)
    command_undo("teahouse", "k1", actor="desk", now=NOW)
    assert kinds(column_found("industry")) == []


def test_a_draft_of_an_editor_is_not_run_over(portal: HomePage) -> None:
    column = column_found("industry")
    column.title = "A draft"
    column.save_revision()
    with pytest.raises(OperatorError, match="editing"):
        applied({"page": "industry", "parts": PARTS[:1]})
    assert column_found("industry").title == "Industry news"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"page": "home", "parts": []}, "parts"),
        ({"page": "home", "parts": [{"kind": "banner"}]}, "kind"),
        ({"page": "home", "parts": [{"kind": "newest", "count": 0}]}, "count"),
        ({"page": "home", "parts": [{"kind": "newest", "column": "industry"}]}, "no column"),
        ({"page": "home", "parts": ["newest"]}, "object"),
        ({"page": "home", "parts": [{"kind": "column", "column": "nothing"}]}, "no such column"),
        ({"page": "nothing", "parts": PARTS}, "no such column"),
        ({"parts": PARTS}, "page"),
        ({"page": "home", "parts": [{"kind": "newest", "heading_zh": "公司現(xiàn)在關(guān)注"}]}, "broken"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(portal: HomePage, params: dict, words: str) -> None:
    with pytest.raises(OperatorError, match=words):
        applied(params)
    assert kinds(portal) == []

"""The map of a file's columns as a form: one choice per column, written back into the draft's YAML."""

from collections.abc import Mapping
from typing import Any

import yaml


def mapping_columns(draft: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The file's columns with their samples and the field that each is read as."""
    return [
        {"name": f"c-{number}", "column": each.get("column", ""), "field": each.get("field") or "",
         "samples": [str(sample) for sample in each.get("samples", [])][:3]}
        for number, each in enumerate(draft.get("columns", []))
    ]  # fmt: skip


def mapping_fields(draft: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The fields that a column of such a file can hold; those that are needed come first."""
    fields = draft.get("fields", [])
    offered = fields.get(kind, []) if isinstance(fields, Mapping) else fields
    named = [each if isinstance(each, Mapping) else {"name": each, "is_needed": False} for each in offered]
    return sorted((dict(each) for each in named), key=lambda each: not each.get("is_needed"))


def mapping_from(text: str, posted: Mapping[str, str]) -> str:
    r"""The draft's YAML with the choices in it; a column whose field is empty is left out, other keys stay.

    The form carries each column's name beside its choice.

    >>> print(mapping_from("kind: stock\ncolumns:\n  product: 编码\n", {"c-0": "product", "c-0-name": "货号",
    ...       "c-1": "", "c-1-name": "备注", "kind": "stock"}), end="")
    kind: stock
    columns:
      product: 货号
    """
    try:
        draft = yaml.safe_load(text) or {}
    except yaml.YAMLError:
        return text
    if not isinstance(draft, dict):
        return text
    if posted.get("kind"):
        draft["kind"] = posted["kind"]
    draft["columns"] = {
        field: posted[f"{name}-name"] for name, field in posted.items()
        if name.startswith("c-") and name[2:].isdigit() and f"{name}-name" in posted and field
    }  # fmt: skip
    return yaml.safe_dump(draft, allow_unicode=True, sort_keys=False)


def fields_chosen_twice(posted: Mapping[str, str]) -> list[str]:
    """Fields that two columns were given to; a map can read each from one column only."""
    chosen = [field for name, field in posted.items() if name.startswith("c-") and name[2:].isdigit() and field]
    return sorted({field for field in chosen if chosen.count(field) > 1})

"""The fact tables as a page: docs/facts.md is written from the schema and cannot differ from it."""

from yunying.facts.schema import TABLES, Column, FactTable

_HEAD = """\
# Facts 事实表

This page is written by `python -m yunying.facts`; change `src/yunying/facts/schema.py`, not the page.

Facts are append-only Delta tables, partitioned by store. Amounts and quantities are positive, the state gives the sign;
unit prices are decimals in major units, amounts whole minor units of the store's one currency; dates are store-local.
The same key with other content supersedes the older row when it is published; readers see published snapshots only.

| table | 中文 | a row is |
|---|---|---|
"""


def facts_page() -> str:
    """The whole page as Markdown."""
    contents = "".join(f"| [`{t.name}`](#{t.name}) | {t.title_zh} | {t.meaning} |\n" for t in TABLES.values())
    return _HEAD + contents + "\n" + "\n".join(_entry(table) for table in TABLES.values())


def _entry(table: FactTable) -> str:
    merges = "\nAn empty cell of a correction keeps what was known.\n" if table.merges_nulls else ""
    rows = "".join(_row(column) for column in table.columns)
    return (
        f"## {table.name}\n\n{table.title_zh}: {table.meaning}.\n\n"
        f"Key: {', '.join(f'`{name}`' for name in table.key)}; `as_of` cuts `{table.date_column}`.\n{merges}\n"
        f"| column | type | empty? | allowed | meaning |\n|---|---|---|---|---|\n{rows}"
    )


def _row(column: Column) -> str:
    bounds = [f"at least {column.minimum}"] if column.minimum is not None else []
    bounds += [f"at most {column.maximum}"] if column.maximum is not None else []
    allowed = ", ".join(column.choices) or ", ".join(bounds)
    empty = "yes" if column.nullable else "no"
    return f"| `{column.name}` | {column.type} | {empty} | {allowed} | {column.meaning} |\n"

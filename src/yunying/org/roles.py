"""The one table of who may do what: roles, their deeds, their functions and up to what amount they approve.

The manual prints it (docs/roles.md); a store may set other amounts for its own people.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

DEEDS: Mapping[str, tuple[str, str]] = {
    "see": ("see proposals, interventions, figures", "查看建议、干预和数据"),
    "profit": ("see figures that tell costs, margins and profit", "查看成本、毛利和利润数据"),
    "propose": ("compose interventions", "新建干预"),
    "decide": ("approve, edit, reject, put off, take back", "批准、修改、拒绝、推迟、撤回"),
    "import": ("import files", "导入文件"),
    "run": ("ask the loop for a run", "请求运行"),
    "set": ("change thresholds of practices", "修改职能的阈值"),
    "budget": ("set budgets and move money between them", "制定和调整预算"),
    "standing": ("approve in advance", "预先批准"),
    "stop": ("stop a store's commands", "停止店铺的执行"),
    "people": ("invite people and give them roles", "邀请人员、授予角色"),
    "audit": ("read the audit log", "查看审计日志"),
}

READING = frozenset({"see", "profit", "audit"})
"""Deeds that change nothing; whoever holds no other only looks."""

FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "purchasing": ("purchasing",),
    "sales": ("assortment", "business"),
    "promotion": ("promotion", "marketing"),
    "members": ("members",),
    "content": ("content", "website"),
    "community": ("community",),
}
"""What a company divides its work by, and the practices that each function owns."""

_LEAD = frozenset(DEEDS)
_WORK = frozenset({"see", "profit", "propose", "decide", "import", "run"})
_PART = frozenset({"see", "propose", "decide"})


@dataclass(frozen=True)
class Role:
    """One post.

    Args:
        deeds: what it may do within its scope.
        functions: whose practices it decides on; empty for all.
        most_major: the largest amount it approves alone, in major units of the store's currency; None for any.
        rank: who may give roles to whom: only to ranks below one's own.
    """

    slug: str
    title_en: str
    title_zh: str
    deeds: frozenset[str]
    functions: tuple[str, ...]
    most_major: int | None
    rank: int


ROLES: Mapping[str, Role] = {
    role.slug: role
    for role in (
        Role("coo", "Chief operating officer", "运营总监", _LEAD, (), None, 100),
        Role("brand_manager", "Brand manager", "品牌经理", _LEAD, (), 1_000_000, 80),
        Role("store_manager", "Store manager", "店长", _LEAD, (), 200_000, 60),
        Role("operator", "Operator", "运营", _WORK, (), 5_000, 40),
        Role("buyer", "Buyer", "采购", _WORK, ("purchasing",), 50_000, 40),
        Role("marketer", "Marketer", "推广", _WORK, ("promotion",), 20_000, 40),
        Role("content_editor", "Content editor", "内容编辑", _PART, ("content",), 0, 30),
        Role("community_manager", "Community manager", "社区运营", _PART, ("community", "members"), 2_000, 30),
        Role("sales", "BD and sales", "商务", _PART, ("sales",), 5_000, 30),
        Role("customer_service", "Customer service", "客服", frozenset({"see", "propose"}), ("members",), 0, 20),
        Role("analyst", "Analyst", "数据分析", frozenset({"see", "profit", "run", "audit"}), (), 0, 20),
        Role("viewer", "Viewer", "只读", frozenset({"see"}), (), 0, 10),
    )
}  # fmt: skip

FOUR_EYES_MAJOR = 50_000
"""Above this amount a second person approves, unless the store says otherwise; in major units."""


def functions_of(practices: Collection[str]) -> tuple[str, ...]:
    """The functions that own any of some practices.

    >>> functions_of({"marketing", "purchasing"})
    ('purchasing', 'promotion')
    """
    return tuple(name for name, owned in FUNCTIONS.items() if set(owned) & set(practices))


def practices_of_role(role: Role) -> frozenset[str]:
    """The practices that a role decides on; empty for all.

    >>> sorted(practices_of_role(ROLES["marketer"])), practices_of_role(ROLES["coo"])
    (['marketing', 'promotion'], frozenset())
    """
    return frozenset(practice for name in role.functions for practice in FUNCTIONS[name])


def roles_page() -> str:
    """The table as the manual prints it."""
    names = list(DEEDS)
    head = "| role | 角色 | functions | approves up to | " + " | ".join(names) + " |\n"
    rule = "|---" * (4 + len(names)) + "|\n"
    rows = "".join(
        f"| `{role.slug}` {role.title_en} | {role.title_zh} | {', '.join(role.functions) or 'all'} | "
        f"{'any amount' if role.most_major is None else f'{role.most_major:,}'} | "
        + " | ".join("yes" if name in role.deeds else "" for name in names)
        + " |\n"
        for role in ROLES.values()
    )
    deeds = "".join(f"- `{name}`: {en} {zh}\n" for name, (en, zh) in DEEDS.items())
    functions = "".join(
        f"- `{name}`: {', '.join(f'`{each}`' for each in slugs)}\n" for name, slugs in FUNCTIONS.items()
    )
    return (
        "# Roles\n\nWho may do what. The table stands in `org/roles.py`; this page is written from it by "
        "`python -m yunying.org`.\nAmounts are major units of the store's currency; a store may set its own. Above "
        f"{FOUR_EYES_MAJOR:,} a second person approves.\n\n{head}{rule}{rows}\n## Deeds\n\n{deeds}\n"
        f"## Functions\n\nThe practices that each owns:\n\n{functions}"
    )

"""The life of an intervention: its states, their names, and which may follow which."""

from collections.abc import Mapping

PROPOSED, SNOOZED, APPROVED, DISPATCHED = "proposed", "snoozed", "approved", "dispatched"
APPLIED, PARTLY_APPLIED, FAILED, REVERTED = "applied", "partly_applied", "failed", "reverted"
REJECTED, EXPIRED, SUPERSEDED, CANCELLED = "rejected", "expired", "superseded", "cancelled"
MEASURED, NOT_MEASURED, CREDITED = "measured", "not_measured", "credited"

TITLES: Mapping[str, tuple[str, str]] = {
    PROPOSED: ("Proposed", "待审批"),
    SNOOZED: ("Snoozed", "已推迟"),
    APPROVED: ("Approved", "已批准"),
    DISPATCHED: ("Being done", "执行中"),
    APPLIED: ("Done", "已执行"),
    PARTLY_APPLIED: ("Partly done", "部分执行"),
    FAILED: ("Failed", "执行失败"),
    REVERTED: ("Taken back", "已撤回"),
    REJECTED: ("Rejected", "已拒绝"),
    EXPIRED: ("Expired", "已过期"),
    SUPERSEDED: ("Superseded", "已被替代"),
    CANCELLED: ("Cancelled", "已取消"),
    MEASURED: ("Measured", "已测量"),
    NOT_MEASURED: ("Not measured", "未能测量"),
    CREDITED: ("Credited", "已记功"),
}

OPEN = (PROPOSED, SNOOZED)
"""Waiting for a person."""
RUNNING = (APPROVED, DISPATCHED)
"""Decided, and not yet done."""
DONE = (APPLIED, PARTLY_APPLIED, MEASURED, NOT_MEASURED, CREDITED)
"""Acting in the store now."""

FOLLOWS: Mapping[str, tuple[str, ...]] = {
    PROPOSED: (APPROVED, REJECTED, SNOOZED, EXPIRED, SUPERSEDED, PROPOSED),
    SNOOZED: (PROPOSED, APPROVED, REJECTED, EXPIRED, SUPERSEDED, SNOOZED),
    APPROVED: (DISPATCHED, CANCELLED, PROPOSED, EXPIRED),
    DISPATCHED: (APPLIED, PARTLY_APPLIED, FAILED, APPROVED),
    APPLIED: (REVERTED, MEASURED, NOT_MEASURED),
    PARTLY_APPLIED: (REVERTED, MEASURED, NOT_MEASURED),
    FAILED: (DISPATCHED, APPLIED, PARTLY_APPLIED),
    REJECTED: (PROPOSED,),
    MEASURED: (CREDITED, REVERTED, MEASURED),
    NOT_MEASURED: (REVERTED, MEASURED),
    CREDITED: (REVERTED,),
    CANCELLED: (PROPOSED,),
    REVERTED: (),
    EXPIRED: (),
    SUPERSEDED: (),
}
"""From each state, those that may come next; a state that follows itself is an edit or a new measurement.

What was claimed and not begun when a store was stopped is approved again; an answer may come after a failure was told.
"""

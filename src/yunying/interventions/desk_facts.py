"""What the loop tells the desk: stores and reports; and what the desk tells the loop: settings and uploads."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import JSONField, Value
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.interventions.ledger import SYSTEM, Ledger, store_row
from yunying.interventions.models import Report, Run, Setting, Store, Upload
from yunying.interventions.rights import deed_check, opening_check
from yunying.interventions.runs import run_request
from yunying.interventions.uploads import upload_saw
from yunying.kernel.errors import OperatorError
from yunying.org.scope import Piece

__all__ = [
    "report_save", "setting_change", "setting_reset", "settings_of", "store_save", "upload_confirm", "upload_drop",
    "upload_named", "upload_receive", "upload_saw",
]  # fmt: skip


def store_save(
    slug: str,
    *,
    title: str,
    currency: str,
    time_zone: str,
    connector: str | None = None,
    today_date: date | None = None,
    snapshot: int | None = None,
    actor: Person | None = None,
) -> Store:
    """Tell the desk of a store, or what changed of it; its day and snapshot go on by themselves and are not logged."""
    fields: dict[str, Any] = {"title": title, "currency": currency, "time_zone": time_zone}
    fields |= {"connector": connector} if connector else {}
    fields |= {"today_date": today_date} if today_date else {}
    fields |= {"snapshot": snapshot} if snapshot is not None else {}
    with transaction.atomic():
        known = Store.objects.filter(slug=slug).first()
        after = {name: value for name, value in fields.items() if name not in ("today_date", "snapshot")}
        before = {name: getattr(known, name) for name in after} if known else {}
        saved = Store.objects.update_or_create(slug=slug, defaults=fields)[0]
        if before != after:
            _tell(slug, actor, Change("store_save", f"store/{slug}", before=before, after=after))
    return saved


def report_save(store: str, name: str, as_of: date, content: Mapping[str, Any]) -> None:
    """Keep what the loop worked out for a day."""
    Report.objects.update_or_create(
        store=store, name=name, as_of=as_of, defaults={"content": dict(content), "made_at": timezone.now()}
    )


def settings_of(store: str, practice: str) -> dict[str, Any]:
    """A store's own values of a practice's thresholds."""
    return dict(Setting.objects.filter(store=store, practice=practice).values_list("name", "value"))


def setting_change(store: str, practice: str, name: str, value: Any, actor: Person, *, reason: str = "") -> None:
    """Set a threshold that was checked against its bounds; the practice's default returns with ``setting_reset``."""
    _setting(store, practice, name, {"value": value, "reason": reason[:300]}, actor)


def setting_reset(store: str, practice: str, name: str, actor: Person) -> None:
    """Give a threshold its default again."""
    _setting(store, practice, name, None, actor)


def upload_receive(
    store: str,
    name: str,
    path: str,
    size: int,
    actor: Person,
    *,
    kind: str = "",
    options: Mapping[str, Any] | None = None,
) -> Upload:
    """A file lies under the home folder: ask for a draft of how it would be read.

    Args:
        path: below the home folder.
        options: currency, time_zone of a new store, stock_date.
    """
    opening_check(actor, store, "import")
    with transaction.atomic():
        upload = Upload.objects.create(
            store=store, name=name[:255], path=path, size=size, kind=kind, uploaded_by=actor,
            uploaded_at=timezone.now(), options=dict(options or {}),
        )  # fmt: skip
        run_request(store, "draft", key=f"draft-{upload.pk}", actor=actor, params={"upload": upload.pk})
        after = {"name": upload.name, "size": size, "kind": kind}
        _tell(store, actor, Change("upload_receive", f"upload/{upload.pk}", after=after))
    return upload


def upload_confirm(
    upload_id: int, store: str, actor: Person, *, mapping: str, kind: str = "", set_aside: bool = False,
    options: Mapping[str, Any] | None = None,
) -> Run:  # fmt: skip
    """Ask for the import of a drafted file with a map of its columns."""
    opening_check(actor, store, "import")
    now = timezone.now()
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id, store=store)
        merged = {**upload.options, **dict(options or {}), "set_aside": set_aside}
        Upload.objects.filter(pk=upload.pk).update(
            state="importing", mapping=mapping, kind=kind or upload.kind, options=merged, error=None
        )
        key = f"import-{upload.pk}-{now:%Y%m%d%H%M%S%f}"
        run = run_request(store, "import", key=key, actor=actor, params={"upload": upload.pk})
        before = {"state": upload.state, "mapping": upload.mapping, "kind": upload.kind}
        after = {"state": "importing", "mapping": mapping, "kind": kind or upload.kind, "set_aside": set_aside}
        _tell(store, actor, Change("upload_confirm", f"upload/{upload.pk}", before=before, after=after))
    return run


def upload_drop(upload_id: int, store: str, actor: Person) -> None:
    """Give a file up."""
    opening_check(actor, store, "import")
    with transaction.atomic():
        rows = Upload.objects.filter(pk=upload_id, store=store).exclude(state__in=("imported", "importing", "dropped"))
        if rows.update(state="dropped"):
            _tell(store, actor, Change("upload_drop", f"upload/{upload_id}", after={"state": "dropped"}))


def _setting(store: str, practice: str, name: str, fields: Mapping[str, Any] | None, actor: Person) -> None:
    deed_check(actor, "set", store, Piece(practice))
    row_of_store, now = store_row(store), timezone.now()
    with transaction.atomic():
        rows = Setting.objects.select_for_update().filter(store=store, practice=practice, name=name)
        before = rows.first()
        if fields is None:
            rows.delete()
        else:
            Setting.objects.update_or_create(
                store=store, practice=practice, name=name,
                defaults={**fields, "value": _json(fields["value"]), "changed_by": actor, "changed_at": now},
            )  # fmt: skip
        ledger = Ledger(store, actor, now, row_of_store.today_date or now.date())
        ledger.record(
            "setting", f"setting/{practice}.{name}", reason=str((fields or {}).get("reason", "")),
            before={"value": before.value if before else None}, after={"value": (fields or {}).get("value")},
        )  # fmt: skip
        ledger.flush()


def upload_named(upload_id: int) -> Upload:
    """An upload, for the loop.

    Raises:
        OperatorError: there is none.
    """
    found = Upload.objects.filter(pk=upload_id).first()
    if found is None:
        raise OperatorError("unknown-upload", f"There is no upload {upload_id}.", "Upload the file again.")
    return found


def _tell(store: str, actor: Person | None, change: Change) -> None:
    audit_record(store, actor.get_username() if actor else SYSTEM, timezone.now(), [change])


def _json(value: Any) -> Any:
    """None as JSON's null: "no limit" is a value, and the column holds one."""
    return Value(None, JSONField()) if value is None else value

"""Imports 导入 and the health of facts: a file comes in here, is looked at by the loop, confirmed by a person."""

import re
import secrets
import unicodedata
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import yaml
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yunying.console.access import DeskRequest, desk_deed, desk_page
from yunying.console.mapping_form import fields_chosen_twice, mapping_columns, mapping_fields, mapping_from
from yunying.interventions.desk_facts import upload_confirm, upload_drop, upload_receive
from yunying.interventions.selectors.reports import abstentions_seen, report_seen, upload_shown, uploads_of
from yunying.kernel.errors import OperatorError

KINDS = ("", "orders", "products", "stock", "purchases", "ad_spend", "suppliers", "rates")
MOST_SHOWN = 30
MOST_FILES = 20
MOST_FILE_BYTES = 200 * 1024 * 1024


@desk_page
def imports(request: DeskRequest) -> HttpResponse:
    """Give files, see what became of others, and what the facts hold and lack."""
    desk = request.desk
    tables = report_seen(desk.slug, "facts").get("tables", {})
    rows = list(uploads_of(desk.slug)[:MOST_SHOWN])
    context = {
        "uploads": rows, "kinds": KINDS, "tables": [{"name": name, **each} for name, each in tables.items()],
        "findings": report_seen(desk.slug, "health").get("findings", []),
        "lacking": abstentions_seen(desk.slug),
        "is_busy": any(each.state in ("uploaded", "importing") for each in rows),
    }  # fmt: skip
    return render(request, "console/imports.html", context)


@desk_deed("import")
def receive(request: DeskRequest) -> HttpResponse:
    """Keep the files below the home folder and ask for drafts of how they would be read."""
    desk, files = request.desk, request.FILES.getlist("files")
    if not files:
        raise OperatorError("no-file", _("No file was chosen."), _("Choose one or more files."))
    if len(files) > MOST_FILES or any((each.size or 0) > MOST_FILE_BYTES for each in files):
        raise OperatorError("too-large", _("That is too much at once."), _("At most 20 files of 200 MB each."))
    kind = request.POST.get("kind", "")
    for each in files:
        path = _kept(each)
        upload_receive(desk.slug, each.name or path.name, str(path), each.size or 0, desk.person,
                       kind=kind if kind in KINDS else "")  # fmt: skip
    messages.success(request, _("Received. Each file is being read; then it waits for your look."))
    return redirect("desk:imports")


@desk_page
def upload(request: DeskRequest, id: int) -> HttpResponse:
    """One file: how it would be read, or what is wrong with it, or what came of it."""
    found = upload_shown(request.desk.slug, id)
    error, kind = found.error or {}, found.kind or found.draft.get("kind") or ""
    context = {
        "upload": found, "draft": found.draft, "columns": mapping_columns(found.draft),
        "fields": mapping_fields(found.draft, kind), "mapping": found.mapping or found.draft.get("mapping", ""),
        "problems": error.get("problems", []), "draft_problems": found.draft.get("problems", []),
        "can_confirm": request.desk.may("import") and found.state in ("drafted", "refused"),
        "is_busy": found.state in ("uploaded", "importing"), "kinds": KINDS[1:],
        "kind": kind,
    }  # fmt: skip
    return render(request, "console/upload.html", context)


@desk_deed("import")
def confirm(request: DeskRequest, id: int) -> HttpResponse:
    """Import the file as the person says."""
    found = upload_shown(request.desk.slug, id)
    if found.state not in ("drafted", "refused"):
        raise OperatorError("changed", _("It changed while you were deciding."), _("Look at it again."))
    text = request.POST.get("mapping", "").replace("\r\n", "\n")
    if request.POST.get("way") != "yaml":
        if twice := fields_chosen_twice(request.POST.dict()):
            what = _("Two columns were given to the same field: %(fields)s.") % {"fields": ", ".join(twice)}
            raise OperatorError("twice", what, _("Choose one column for each field."))
        text = mapping_from(text, request.POST.dict())
    _yaml_check(text)
    options: dict[str, Any] = {}
    if currency := request.POST.get("currency", "").strip().upper():
        options["currency"] = currency
    if (zone := request.POST.get("time_zone", "").strip()) and zone in available_timezones():
        options["time_zone"] = zone
    kind = request.POST.get("kind", "")
    upload_confirm(
        found.pk, request.desk.slug, request.desk.person, mapping=text, kind=kind if kind in KINDS else "",
        set_aside=request.POST.get("set_aside") == "1", options=options,
    )  # fmt: skip
    messages.success(request, _("The import is asked for; this page shows what comes of it."))
    return redirect("desk:upload", found.pk)


@desk_deed("import")
def drop(request: DeskRequest, id: int) -> HttpResponse:
    """Give a file up."""
    found = upload_shown(request.desk.slug, id)
    upload_drop(found.pk, request.desk.slug, request.desk.person)
    messages.success(request, _("Given up; nothing of it was imported."))
    return redirect("desk:imports")


def safe_name(name: str) -> str:
    """A file's name without folders, control characters or anything that a shell or a disk minds.

    >>> safe_name("../../etc/passwd"), safe_name("订单 导出.csv"), safe_name("..")
    ('passwd', '订单_导出.csv', 'file')
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    clean = re.sub(r"[^\w.\-]+", "_", last).strip("._")
    stem, dot, suffix = clean.rpartition(".")
    short = f"{stem[:60]}{dot}{suffix[:10]}" if dot else clean[:60]
    return short or "file"


def _kept(given: UploadedFile) -> Path:
    """Write the file piece by piece; returns its path below the home folder."""
    below = Path("uploads") / secrets.token_hex(12) / safe_name(given.name or "")
    path = Path(settings.HOME) / below
    path.parent.mkdir(parents=True, mode=0o700)
    with path.open("xb") as handle:
        for piece in given.chunks():
            handle.write(piece)
    return below


def _yaml_check(text: str) -> None:
    try:
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise OperatorError("bad-yaml", _("The map is no YAML."), f"{error}") from error

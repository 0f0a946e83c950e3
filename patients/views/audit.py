"""What does an auditor read: who saw, wrote, decided or exported what, from where and when?

The search is posted and comes back with its answer, page by page: no address holds a patient's number. Reading and
exporting are in the trail themselves.
"""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import tzinfo
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crsweb.spreadsheet import Cell, writer
from patients.actions.seeing import saw_audit
from patients.audit_chain import written
from patients.audit_search import PAGE, Cursor, Line, Search, lines
from patients.forms.audit import AuditForm
from patients.models import Ward
from patients.views.act_page import open_and_post
from patients.views.bedside import signed_in

MOST: Final = 50_000  # entries of one export: well under half a minute, after which a web server gives up
COLUMNS: Final = (
    *("chain", "number", "at (UTC)", "event", "in words", "user name", "person", "patient's number", "address"),
    *("session", "details", "previous hash", "hash"),
)


@open_and_post
def audit(request: HttpRequest) -> HttpResponse:
    """GET: the latest entries. POST: those that were searched for, 100 a page."""
    user = signed_in(request)
    wards = list(user.wards.all())
    with timezone.override(_zone(wards)):
        form = AuditForm(request.POST if request.method == "POST" else None, wards=wards)
        if form.is_bound and not form.ready:
            return render(request, "patients/audit.html", _context(form, wards), status=200 if form.filled else 422)
        found = form.search.entries(PAGE + 1)
        context = _context(form, wards) | {"lines": lines(found[:PAGE]), "read": True}
        if len(found) > PAGE:
            context["next"] = str(Cursor(found[PAGE - 1].at, found[PAGE - 1].pk))
        saw_audit(by=user, event="audit-seen", search=form.told)
        return render(request, "patients/audit.html", context)


@require_POST
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """What was searched for as a file of comma-separated values, whole or not at all; at most `MOST` entries."""
    user = signed_in(request)
    wards = list(user.wards.all())
    with timezone.override(_zone(wards)):
        form = AuditForm(request.POST, wards=wards)
        if not form.ready:
            return render(request, "patients/audit.html", _context(form, wards), status=422)
        file = _written(form.search)
        if file is None:
            form.add_error("since", f"More than {MOST:,} entries, and a file holds no more: choose a shorter time.")
            return render(request, "patients/audit.html", _context(form, wards), status=422)
        saw_audit(by=user, event="audit-exported", search=form.told)
        name = f"audit-{timezone.now():%Y-%m-%d}.csv"
        return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _written(search: Search) -> IO[bytes] | None:
    """The file, read from its beginning; None where it would hold more than `MOST` entries."""
    with ExitStack() as closing:
        file = closing.enter_context(TemporaryFile())
        text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        row, count = writer(text), 0
        row(COLUMNS)
        for page in search.pages(MOST + 1):
            count += len(page)
            for line in lines(page):
                row(_cells(line))
        text.detach()
        if count > MOST:
            return None
        file.seek(0)
        closing.pop_all()  # whoever sends it closes it
        return file


def _cells(line: Line) -> list[Cell]:
    one = line.entry
    told = json.dumps(one.details, sort_keys=True, ensure_ascii=False)
    whom: list[Cell] = [line.username, line.by, line.number, one.address, one.session]
    return [line.ward, one.number, written(one.at), one.event, one.words, *whom, told, one.previous, one.hash]


def _context(form: AuditForm, wards: Sequence[Ward]) -> dict[str, object]:
    return {"form": form, "wards": wards, "zone": timezone.get_current_timezone_name(), "on_audit": True}


def _zone(wards: Sequence[Ward]) -> tzinfo | None:
    """The clock of the wards where they have one in common, else UTC."""
    zones = {ward.time_zone for ward in wards}
    return wards[0].zone if len(zones) == 1 else None

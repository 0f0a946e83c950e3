"""What does the ward board show, and has it changed since a workstation drew it?"""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from patients.assignments import mine
from patients.board import board_patients, board_rows, board_version
from patients.models import User, Ward
from patients.permissions import ASSIGNED, may, ward_patients
from patients.views.bedside import allowed, signed_in
from patients.views.worklist import WAITING_HEADER
from patients.waiting import how_many_wait

PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the user's wards is shown: one ward, one's own patients, which page. Keys only: addresses are logged."""

    ward: Ward | None
    mine: frozenset[int] | None  # the keys of the user's own patients in this shift; None: everybody's
    page: str

    @classmethod
    def of(cls, request: HttpRequest, wards: list[Ward], now: datetime) -> "Filters":
        """Raises `Http404` for a ward that is none of the user's."""
        asked = request.GET.get("ward", "")
        ward = next((one for one in wards if str(one.pk) == asked), None)
        if asked and ward is None:
            raise Http404("No such ward among yours.")
        own = mine(signed_in(request), now) if request.GET.get("mine") == "1" else None
        page = request.GET.get("page", "1")
        return cls(ward, own, page if re.fullmatch("[0-9]{1,4}", page, re.ASCII) else "1")

    def query(self, **changes: Any) -> str:
        """The filters as the end of an address."""
        asked = {
            "ward": self.ward.pk if self.ward else None,
            "mine": None if self.mine is None else 1,
            "page": self.page if self.page != "1" else None,
        }
        chosen = {name: value for name, value in (asked | changes).items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The patients on the user's wards, who needs someone first in front."""
    user = signed_in(request)
    wards = list(user.wards.all())
    now = timezone.now()
    filters = Filters.of(request, wards, now)
    links = [{"ward": ward, "query": filters.query(ward=ward.pk, page=None)} for ward in wards]
    context = _rows(user, wards, filters, now) | {"wards": wards, "of_wards": links}
    return render(request, "patients/board.html", context)


@require_safe
def board_rows_of(request: HttpRequest) -> HttpResponse:
    """The rows alone, for a board that is open: 304 while what it has is what would be drawn now."""
    user = signed_in(request)
    wards = list(user.wards.all())
    now = timezone.now()
    filters = Filters.of(request, wards, now)
    tag = _tag(user, wards, filters, now)
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": tag})
    response = render(request, "patients/_board_rows.html", _rows(user, wards, filters, now))
    response.headers["ETag"] = tag
    if may(user, "sign"):
        response.headers[WAITING_HEADER] = str(how_many_wait(list(ward_patients(user).present()), now))
    return response


def _shown(wards: list[Ward], filters: Filters) -> list[Ward]:
    return [filters.ward] if filters.ward else wards


def _tag(user: User, wards: list[Ward], filters: Filters, now: datetime) -> str:
    """Of what is shown, to whom: another role has other links."""
    version = board_version(_shown(wards, filters), now)
    own = None if filters.mine is None else sorted(filters.mine)
    return f'"{sha256(repr((version, user.pk, user.role, filters.query(), own)).encode()).hexdigest()[:32]}"'


def _rows(user: User, wards: list[Ward], filters: Filters, now: datetime) -> dict[str, Any]:
    tag = _tag(user, wards, filters, now)  # before the rows are read: a write in between is fetched again
    patients = board_patients(ward_patients(user), _shown(wards, filters))
    rows = board_rows([one for one in patients if filters.mine is None or one.pk in filters.mine], now)
    page = Paginator(rows, PAGE).get_page(filters.page)
    return {
        "rows": page.object_list,
        "page": page,
        "filters": filters,
        "shown_wards": _shown(wards, filters),
        "several_wards": len(_shown(wards, filters)) > 1,
        "tag": tag,
        "now": now,
        "may": allowed(user),
        "everywhere": filters.query(ward=None, page=None),
        "assigned": user.role in ASSIGNED,
        "own": filters.query(mine=1, page=None),
        "everybody": filters.query(mine=None, page=None),
        "before": filters.query(page=page.previous_page_number() if page.has_previous() else None),
        "after": filters.query(page=page.next_page_number() if page.has_next() else None),
    }

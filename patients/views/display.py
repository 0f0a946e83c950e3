"""Which screens show this ward on a wall, and who lets another one in or ends one?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from patients import actions
from patients.displays import code_ends_at, code_of, displays_of
from patients.forms.display import DisplayForm, RevokeForm
from patients.models import User, WallDisplay
from patients.permissions import require
from patients.views.act_page import Group, Page, act_page, open_and_post, posted
from patients.views.bedside import allowed, signed_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One display as its ward's page shows it. `code` to whom opened it, until a screen was let in or it runs out."""

    display: WallDisplay
    form: RevokeForm
    paired: bool
    code: str
    until: datetime
    waits: bool


@open_and_post
def wall_displays(request: HttpRequest, pk: int) -> HttpResponse:
    """The displays of one of the user's wards, and the form that opens one. Another ward is 404."""
    user = signed_in(request)
    ward = get_object_or_404(user.wards, pk=pk)
    require(user, "open_display")
    with timezone.override(ward.zone):
        form = DisplayForm(posted(request))

        def record() -> str:
            actions.open_display(
                by=user,
                submission_id=form.cleaned_data["submission_id"],
                ward=ward,
                label=form.cleaned_data["label"],
            )
            return reverse("wall_displays", args=[ward.pk])

        page = Page(
            heading=f"Wall displays of {ward}",
            done="a display. Type its code on the screen",
            lead="A display shows this ward on a big screen: beds and grades, no names. It can open nothing else, "
            "records nothing, and stays on until it is revoked here.",
            groups=(Group([form["label"]]),),
            save=f"Open a display of {ward}",
            template="patients/wall_displays.html",
        )
        context: dict[str, Any] = {
            "may": allowed(user),
            "back": reverse("wards"),
            "save": page.save,
            "ward": ward,
            "displays": [_shown(one, user) for one in displays_of(ward.pk)],
            "address": request.build_absolute_uri(reverse("wall")),
        }
        return act_page(request, form, page, record, context)


@require_POST
def revoke_display(request: HttpRequest, pk: int, display: int) -> HttpResponse:
    user = signed_in(request)
    ward = get_object_or_404(user.wards, pk=pk)
    require(user, "revoke_display")
    found = get_object_or_404(WallDisplay.objects.filter(ward=ward), pk=display)
    form = RevokeForm(request.POST)
    if form.is_valid():
        try:
            actions.revoke_display(by=user, submission_id=form.cleaned_data["submission_id"], display=found)
            messages.success(request, f"Recorded: {found} is revoked and shows nothing any more.")
        except actions.Refused as refused:
            messages.warning(request, str(refused))
    return redirect("wall_displays", ward.pk)


def _shown(display: WallDisplay, user: User) -> Shown:
    paired = hasattr(display, "pairing")
    waits = not paired and code_ends_at(display) > timezone.now()
    own = display.entered_by_id == user.pk
    return Shown(
        display=display,
        form=RevokeForm(),
        paired=paired,
        code=code_of(display) if waits and own else "",
        until=code_ends_at(display),
        waits=waits,
    )

"""Which numbers does a ward work with, who set them when, and how does an administrator set others?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from patients import actions
from patients.forms.ward import WardSettingsForm
from patients.models import User, Ward
from patients.permissions import require
from patients.views.act_page import Group, Page, act_page, open_and_post, posted
from patients.views.bedside import allowed, signed_in
from patients.views.replaced import HoldsAnother, asked_once_more, changed_since_opened


@require_safe
def wards(request: HttpRequest) -> HttpResponse:
    """The user's wards, with what is set there: where an administrator begins, who sees no patient."""
    user = signed_in(request)
    own = list(user.wards.all())
    context = {"wards": own, "may": allowed(user), "on_wards": True}
    return render(request, "patients/wards.html", context)


@open_and_post
def ward_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """The settings of one of the user's wards as a form, with their history. Another ward is 404."""
    user = signed_in(request)
    ward = get_object_or_404(user.wards, pk=pk)
    require(user, "change_ward_settings")
    with timezone.override(ward.zone):
        return asked_once_more(lambda: _settings_page(request, user, ward))


def _settings_page(request: HttpRequest, user: User, ward: Ward) -> HttpResponse:
    current = ward.settings_rows.select_related("entered_by").latest("id")
    form = WardSettingsForm(
        posted(request),
        holds=current,
        changed=changed_since_opened(request, ward.settings_rows.all(), current, timezone.now(), WardSettingsForm.said),
        initial=WardSettingsForm.initial_of(current),
    )

    def record() -> str:
        try:
            actions.change_ward_settings(
                by=user,
                submission_id=form.cleaned_data["submission_id"],
                ward=ward,
                document=form.document,
                default_protocol=form.cleaned_data["default_protocol"],
                concern_minutes=int(form.cleaned_data["concern_minutes"]),
                concern_contacts=form.cleaned_data["concern_contacts"],
                shift_starts=form.cleaned_data["shift_starts"],
                pause_minutes=int(form.cleaned_data["pause_minutes"]),
                idle_minutes=int(form.cleaned_data["idle_minutes"]),
                opened_on=form.cleaned_data["opened_on"] or 0,
            )
        except actions.HoldsNoMore as another:
            raise HoldsAnother from another
        return reverse("ward_settings", args=[ward.pk])

    page = Page(
        heading=f"Settings of {ward}",
        done="new settings, in force from now on",
        lead="A new version holds from its recording on, and every patient of the ward is graded anew. "
        "A stored grade names the version that it was made with.",
        groups=(
            Group([form["default_protocol"], form["spo2_limit_percent"], form["older_age_years"]], "Grading"),
            Group(form.rounds(), "Reassess after", "By the highest grade that the last assessment allows.", short=True),
            Group(form.windows(), "A charted value counts for", "Past this time it is unknown.", short=True),
            Group([form["concern_minutes"], form["concern_contacts"]], "Concerns", wide=("concern_contacts",)),
            Group([form["shift_starts"], form["pause_minutes"]], "Shifts, and patients off the ward"),
            Group([form["idle_minutes"]], "Workstations"),
            Group([form["brands"]], "Names", wide=("brands",)),
        ),
        template="patients/ward_settings.html",
    )
    context = {
        "may": allowed(user),
        "back": reverse("wards"),
        "save": f"Record for {ward}",
        "ward": ward,
        "current": current,
        "history": ward.settings_rows.select_related("entered_by").order_by("-id")[:100],
    }
    return act_page(request, form, page, record, context)

"""Who of the wards, or at their workstations, was locked out, and how does the charge nurse let them in again?"""

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from patients import actions
from patients.lockouts import tried_on
from patients.models import User
from patients.permissions import require
from patients.views.bedside import signed_in


@require_safe
def locked_names(request: HttpRequest) -> HttpResponse:
    """The people of the user's wards, and at their workstations, on whom wrong passwords or codes were typed."""
    user = signed_in(request)
    require(user, "unlock")
    wards = list(user.wards.all())
    context = {"wards": wards, "tried": tried_on(wards), "limit": settings.AXES_FAILURE_LIMIT}
    return render(request, "patients/locked_names.html", context)


@require_POST
def unlock(request: HttpRequest, person: int) -> HttpResponse:
    """One press. A person of no ward of the user's, who was not tried on at one of theirs either, is 404."""
    user = signed_in(request)
    require(user, "unlock")
    wards = list(user.wards.all())
    tried = [one.person.pk for one in tried_on(wards)]
    found = get_object_or_404(User.objects.filter(Q(wards__in=wards) | Q(pk__in=tried)).distinct(), pk=person)
    actions.unlock(by=user, person=found)
    messages.success(request, f"{found} can sign in again now.")
    return redirect("locked_names")

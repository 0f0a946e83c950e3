"""Was anything written about this patient since their page was drawn? A line says so, and replaces nothing."""

from hashlib import sha256

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from patients.models import Submission, Ward
from patients.permissions import patients_for
from patients.views.bedside import signed_in
from patients.writes import writes_of


def version_of(patient: int, written: int, ward: Ward) -> str:
    """Changes with every write about the patient, and with the settings of their ward. Opaque, as an entity tag.

    `written` (`patients.writes`) is counted before anything of the patient is read: what is recorded while a page is
    drawn is then told on it.
    """
    parts = (patient, written, ward.pk, ward.current.pk)
    return f'"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


@require_safe
def patient_changed(request: HttpRequest, pk: int) -> HttpResponse:
    """The line for a page with the entity tag sent: 304 while nothing was written since."""
    written = writes_of([pk])[pk]
    patient = patients_for(signed_in(request)).filter(pk=pk).first()
    if patient is None or patient.ward is None:
        raise Http404("No such patient on your wards.")
    tag = version_of(pk, written, patient.ward)
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": tag})
    moved_here = Q(act="move_to_patient", values__to=patient.pk)
    acts = Submission.objects.filter(Q(patient=patient) | moved_here).select_related("entered_by")
    with timezone.override(patient.ward.zone):
        context = {"patient": patient, "tag": tag, "change": acts.order_by("-entered_at").first()}
        response = render(request, "patients/_changed.html", context)
    response.headers["ETag"] = tag
    return response

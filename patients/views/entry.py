"""Is this entry in the record? Asked by the page that stands while the database does not answer; of one's own only."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from crsweb.unanswered import ENTRY_HEADER
from patients import actions
from patients.fate import Fate
from patients.permissions import patients_for
from patients.views.bedside import signed_in

NEXT_HEADER: Final = "X-Entry-Next"  # the submission id under which what was not recorded can be sent again
PAGE_HEADER: Final = "X-Entry-Page"  # where what was recorded is looked at


@require_safe
def entry(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Says a `Fate` in a header; 404 for what somebody else recorded.

    «Not recorded» is final: the id that was asked for is closed, and the answer names the one to go on with. That
    changes nothing that anybody could read, so it is asked with GET.
    """
    user = signed_in(request)
    settled = actions.settle(submission_id, by=user)
    found = settled.recorded
    if found is None:
        said = {ENTRY_HEADER: Fate.NOT_RECORDED.value, NEXT_HEADER: str(settled.goes_on_as)}
        return HttpResponse(status=204, headers=said)
    if found.entered_by_id != user.pk:
        raise Http404("No such entry of yours.")
    seen = found.patient_id is not None and patients_for(user).filter(pk=found.patient_id).exists()
    page = reverse("patient_detail", args=[found.patient_id]) if seen else reverse("board")
    return HttpResponse(status=204, headers={ENTRY_HEADER: Fate.RECORDED.value, PAGE_HEADER: page})

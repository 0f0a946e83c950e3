"""Where in the history does this one row stand? What a reference to a row leads to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from patients.views.bedside import Bedside, bedside
from patients.views.history import PAGE, Places


@require_safe
@bedside()
def row(request: HttpRequest, here: Bedside, kind: str, row: int) -> HttpResponse:
    """The line of the row; 404 for one that is not on this patient's record."""
    keys = Places(here).keys(here.patient)
    if (kind, row) not in keys:
        raise Http404("No such row on this record.")
    number = keys.index((kind, row)) // PAGE + 1
    page = f"?page={number}" if number > 1 else ""
    return redirect(f"{reverse('history', args=[here.patient.pk])}{page}#{kind}-{row}")

"""How is a result entered: with which units and limits offered, beside which results already there?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from grading.drugs import TOCILIZUMAB, generic
from grading.numbers import measurement, shown_unit
from grading.record import Laboratory
from grading.units import FACTORS, units_of
from grading.words import ANALYTES
from patients import actions
from patients.forms.laboratory import Before, LaboratoryForm, ResultForm, last_words
from patients.models import LaboratoryResult, Patient
from patients.views.act_page import Group, Page, open_and_post, patient_act, posted
from patients.views.bedside import Bedside, bedside
from patients.views.names import ANALYTE_NAMES
from patients.views.paper_entry import from_paper, people_of

NAMES = ("analyte", "value", "unit", "lower_limit", "upper_limit", "at")


@dataclass(frozen=True, slots=True)
class Offered:
    """What is offered for one analyte: its known units, and the unit and limits of the patient's last result."""

    analyte: str
    name: str
    units: tuple[str, ...]
    last: str  # «mg/L, up to 5»; empty for none
    last_value: str
    last_at: datetime | None
    open: bool  # the analyte that is in the form


@open_and_post
@bedside("enter_result")
def enter_result(request: HttpRequest, here: Bedside) -> HttpResponse:
    before = before_of(here.patient, here.ward.current.as_settings().brands)
    form = ResultForm(posted(request), before=before)
    page = Page(
        heading="Enter a result",
        done="a result",
        lead="As the laboratory prints it: value and limits of normal in one unit. It is kept as typed.",
        groups=(Group([form[name] for name in NAMES], wide=("analyte",)), from_paper(form)),
        lists={"analytes": ANALYTE_NAMES, "people": people_of(here.ward)},
        template="patients/result.html",
    )

    def record(entry: Mapping[str, Any]) -> object:
        said = {name: form.cleaned_data[name] for name in (*NAMES, "observed_by")}
        return actions.enter_result(patient=here.patient, typed=form.typed, confirmed=form.confirmed, **said, **entry)

    return patient_act(request, here, form, page, record, {"offered": _offered(form, before)})


def before_of(patient: Patient, brands: Mapping[str, str]) -> Before:
    """The patient's results that stand, and the times of tocilizumab under any of its names."""
    rows = patient.results.standing().order_by("at", "id")
    given = patient.treatments.standing().values_list("drug", "at")
    doses = tuple(at for drug, at in given if generic(drug, brands) == TOCILIZUMAB)
    return Before(tuple(as_typed(row) for row in rows), doses)


def as_typed(row: LaboratoryResult) -> Laboratory:
    return Laboratory(
        at=row.at,
        analyte=row.analyte,
        value=row.value,
        unit=row.unit,
        lower_limit=row.lower_limit,
        upper_limit=row.upper_limit,
        ref=row,
    )


def _offered(form: LaboratoryForm, before: Before) -> list[Offered]:
    """An entry for every analyte that has units of its own or a result before."""
    had = dict.fromkeys(result.analyte for result in before.results)
    return [_offer(analyte, form.of == analyte, before.last(analyte)) for analyte in dict.fromkeys((*FACTORS, *had))]


def _offer(analyte: str, open_: bool, last: Laboratory | None) -> Offered:
    value = (
        "" if last is None or last.value is None else f"{measurement(last.value)} {shown_unit(last.unit or '')}".strip()
    )
    return Offered(
        analyte=analyte,
        name=ANALYTES.get(analyte, analyte),
        units=units_of(analyte) if analyte != "inr" else (),
        last=last_words(last) if last else "",
        last_value=value,
        last_at=last.at if last else None,
        open=open_,
    )
